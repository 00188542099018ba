//! Whether a gate that asks for duty opens without an elevation.

use jiff::Timestamp;

use super::duty::{Duty, RotaDuty, Standing, Unknown};
use super::evidence::Evidence;

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
#[error("{words}")]
pub struct NotOnDuty {
    words: String,
    /// Until when what was fetched on duty is handed out all the same.
    handed_out_until: Option<Timestamp>,
}

impl Admission {
    /// Until when what was fetched on duty is handed out: while the person is on duty, and a while longer.
    pub fn handed_out_until(&self) -> Option<Timestamp> {
        match self {
            Admission::OnDuty(proof) => Some(proof.handed_out_until),
            Admission::Refused(why) => why.handed_out_until,
            Admission::NotAsked | Admission::UserUnknown => None,
        }
    }

    /// Whether it is the while after a shift, in which nothing new is fetched.
    pub fn is_after_shift(&self) -> bool {
        matches!(self, Admission::Refused(NotOnDuty { handed_out_until: Some(_), .. }))
    }
}

impl From<Standing> for Admission {
    fn from(standing: Standing) -> Self {
        let handed_out_until = standing.handed_out_until();
        if let (Some(_), Some(handed_out_until)) = (standing.until(), handed_out_until) {
            let evidence = standing.evidence().cloned().collect();
            return Admission::OnDuty(OnDutyProof { handed_out_until, evidence });
        }
        let refused = |words| Admission::Refused(NotOnDuty { words, handed_out_until });
        match standing.refusal() {
            Some(RotaDuty { duty: Duty::Unknown(Unknown::User), .. }) => Admission::UserUnknown,
            Some(refusal) => refused(words(refusal)),
            None => refused("the policy names no rota".to_owned()),
        }
    }
}

fn words(refusal: &RotaDuty) -> String {
    let rota = &refusal.rota;
    match &refusal.duty {
        Duty::Unknown(why) => format!("it cannot be told who is on call: rota {rota}: {why}"),
        Duty::On { until } => format!("rota {rota} has you until {}", utc(*until)),
        Duty::Off { on_duty, next, just_ended: _ } => {
            let on = on_duty.iter().map(|one| format!("{} until {}", one.who, utc(one.until)));
            let on = on.collect::<Vec<_>>().join(" and ");
            let who = if on.is_empty() { "nobody".to_owned() } else { on };
            let next = next.map(|next| format!("; yours begins {}", utc(next))).unwrap_or_default();
            format!("not on call; rota {rota} says {who}{next}")
        }
    }
}

/// A refusal is written into records too, so its times are those of no zone in particular.
fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
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
    fn a_while_after_the_shift_nobody_is_admitted_and_what_was_fetched_is_still_handed_out() {
        let off = |just_ended| Duty::Off { on_duty: Vec::new(), next: None, just_ended };
        let over = Admission::from(standing(vec![off(Some(at(1)))]));
        assert!(matches!(over, Admission::Refused(_)) && over.is_after_shift());
        assert_eq!(over.handed_out_until(), Some(at(1) + jiff::SignedDuration::from_mins(15)));
        let gone = Admission::from(standing(vec![off(None)]));
        assert_eq!((gone.handed_out_until(), gone.is_after_shift()), (None, false));
    }

    #[test]
    fn whatever_else_is_known_admits_nobody() {
        let bob = OnDuty { who: "bob".into(), until: at(0) };
        let off = Duty::Off { on_duty: vec![bob], next: None, just_ended: None };
        let refused = |duties: Vec<Duty>| match Admission::from(standing(duties)) {
            Admission::Refused(why) => why.to_string(),
            other => panic!("{other:?}"),
        };
        let says = "not on call; rota payments says bob until 2026-09-21 14:00 UTC";
        assert_eq!(refused(vec![Duty::On { until: at(1) }, off.clone()]), says);
        assert_eq!(refused(vec![Duty::Unknown(Unknown::User), off]), says, "what is known counts first");
        assert_eq!(refused(vec![]), "the policy names no rota");
        let unread = Duty::Unknown(Unknown::NotRead("timed out".into()));
        assert_eq!(refused(vec![unread]), "it cannot be told who is on call: rota payments: timed out");
        assert_eq!(Admission::from(standing(vec![Duty::Unknown(Unknown::User)])), Admission::UserUnknown);
    }
}
