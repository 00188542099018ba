//! Whether a gate that asks for duty opens without an elevation.

use jiff::Timestamp;

use super::duty::{Duty, RotaDuty, Standing, Unknown, handout_end};
use super::evidence::Evidence;
use crate::domain::time::in_whole_seconds;

/// What is known of somebody's duty where a gate may ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// No gate asks, or nobody looked.
    NotAsked,
    /// They are on duty.
    OnDuty(OnDutyProof),
    /// AWS has not said yet who they are.
    UserUnknown,
    /// They are not on duty, or it cannot be told.
    Refused(NotOnDuty),
}

/// That somebody is on duty, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDutyProof {
    /// Until when credentials are handed out: a while longer than the shift.
    pub handed_out_until: Timestamp,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// Why somebody does not count as being on duty, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotOnDuty(String);

impl From<Standing> for Admission {
    fn from(standing: Standing) -> Self {
        if let Some(until) = standing.until() {
            let evidence = standing.evidence().cloned().collect();
            return Admission::OnDuty(OnDutyProof { handed_out_until: handout_end(until), evidence });
        }
        match standing.refusal() {
            Some(RotaDuty { duty: Duty::Unknown(Unknown::User), .. }) => Admission::UserUnknown,
            Some(refusal) => Admission::Refused(NotOnDuty(words(refusal))),
            None => Admission::Refused(NotOnDuty("the policy names no rota".to_owned())),
        }
    }
}

fn words(refusal: &RotaDuty) -> String {
    let rota = &refusal.rota;
    match &refusal.duty {
        Duty::Unknown(why) => format!("it cannot be told who is on call: rota {rota}: {why}"),
        Duty::On { until } => format!("rota {rota} has you until {}", in_whole_seconds(*until)),
        Duty::Off { on_duty, next } => {
            let on = on_duty.iter().map(|one| format!("{} until {}", one.who, in_whole_seconds(one.until)));
            let on = on.collect::<Vec<_>>().join(" and ");
            let who = if on.is_empty() { "nobody".to_owned() } else { on };
            let next = next.map(|next| format!("; yours begins {}", in_whole_seconds(next))).unwrap_or_default();
            format!("not on call; rota {rota} says {who}{next}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::on_call::OnDuty;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 / 3600 * 3600 + hour * 3600).unwrap()
    }

    fn standing(duties: Vec<Duty>) -> Standing {
        let each = duties.into_iter().map(|duty| RotaDuty { rota: "payments".to_owned(), duty, evidence: None });
        Standing::of(each.collect())
    }

    #[test]
    fn duty_on_every_rota_admits_until_a_while_after_the_earliest_end() {
        let both = standing(vec![Duty::On { until: at(2) }, Duty::On { until: at(1) }]);
        let Admission::OnDuty(proof) = Admission::from(both) else { panic!("on duty on both") };
        assert_eq!(proof.handed_out_until, at(1) + jiff::SignedDuration::from_mins(15));
    }

    #[test]
    fn whatever_else_is_known_admits_nobody() {
        let bob = OnDuty { who: "bob".into(), until: at(0) };
        let off = Duty::Off { on_duty: vec![bob], next: None };
        let refused = |duties: Vec<Duty>| match Admission::from(standing(duties)) {
            Admission::Refused(why) => why.to_string(),
            other => panic!("{other:?}"),
        };
        let says = format!("not on call; rota payments says bob until {}", in_whole_seconds(at(0)));
        assert_eq!(refused(vec![Duty::On { until: at(1) }, off.clone()]), says);
        assert_eq!(refused(vec![Duty::Unknown(Unknown::User), off]), says, "what is known counts first");
        assert_eq!(refused(vec![]), "the policy names no rota");
        let unread = Duty::Unknown(Unknown::NotRead("timed out".into()));
        assert_eq!(refused(vec![unread]), "it cannot be told who is on call: rota payments: timed out");
        assert_eq!(Admission::from(standing(vec![Duty::Unknown(Unknown::User)])), Admission::UserUnknown);
    }
}
