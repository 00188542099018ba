//! The judgement whether somebody is on duty.

use jiff::{SignedDuration, Timestamp};

use super::evidence::Evidence;
use super::names::PersonNames;
use super::shift::Shifts;
use crate::domain::text::Untrusted;
use crate::domain::time::later;

/// How long credentials that were fetched on duty are handed out beyond the end of the shift, for work that is being handed
/// over. Nothing new is fetched in that time.
pub const HANDOUT_GRACE: SignedDuration = SignedDuration::from_mins(15);

/// Until when credentials are handed out to whoever is on duty until `shift_end`.
pub fn handout_end(shift_end: Timestamp) -> Timestamp {
    later(shift_end, HANDOUT_GRACE)
}

/// Whether somebody is on duty on one rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Duty {
    /// They are.
    On {
        /// Until when, without a break.
        until: Timestamp,
    },
    /// They are not.
    Off {
        /// Who is.
        on_duty: Vec<OnDuty>,
        /// When their next shift begins, as far as the rota was read.
        next: Option<Timestamp>,
        /// When their last shift ended, where what was fetched in it is still handed out.
        just_ended: Option<Timestamp>,
    },
    /// That cannot be told.
    Unknown(Unknown),
}

/// Somebody on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// What they are called in the rota.
    pub who: Untrusted,
    /// Until when they are.
    pub until: Timestamp,
}

/// Why it cannot be told whether somebody is on duty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// AWS has not said yet who has signed in.
    #[error("AWS has not said yet who you are")]
    User,
    /// The policy has no such rota.
    #[error("the policy has no such rota")]
    NoSuchRota,
    /// The rota could not be read; says why.
    #[error("{0}")]
    NotRead(Untrusted),
}

impl Duty {
    /// Whether `who` is on duty at `now` by these shifts.
    pub fn judge(shifts: &Shifts, who: &PersonNames, now: Timestamp) -> Self {
        match shifts.on_duty_until(who, now) {
            Some(until) => Duty::On { until },
            None => Duty::Off {
                on_duty: OnDuty::at(shifts, now),
                next: shifts.next_of(who, now),
                just_ended: shifts.last_end_of(who, now).filter(|end| now < handout_end(*end)),
            },
        }
    }
}

impl OnDuty {
    /// Everybody who is on duty at `now` by these shifts.
    pub fn at(shifts: &Shifts, now: Timestamp) -> Vec<Self> {
        let people = shifts.on_duty(now).into_iter();
        people.filter_map(|who| Some(OnDuty { who: who.first(), until: shifts.on_duty_until(who, now)? })).collect()
    }
}

/// The judgement about one rota, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaDuty {
    /// The rota.
    pub rota: String,
    /// Whether the person is on duty on it.
    pub duty: Duty,
    /// What that rests on; none where nothing was read.
    pub evidence: Option<Evidence>,
}

/// Whether somebody is on duty on each of several rotas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing(Vec<RotaDuty>);

impl Standing {
    /// The judgement that these make together.
    pub fn of(each: Vec<RotaDuty>) -> Self {
        Standing(each)
    }

    /// Until when the person is on duty on every rota; none where they are not, or where there is no rota at all.
    pub fn until(&self) -> Option<Timestamp> {
        self.earliest(|duty| match duty {
            Duty::On { until } => Some(*until),
            Duty::Off { .. } | Duty::Unknown(_) => None,
        })
    }

    /// Until when what was fetched on duty is handed out; none where the person is not on duty on every rota and was not a
    /// moment ago.
    pub fn handed_out_until(&self) -> Option<Timestamp> {
        let shift_end = self.earliest(|duty| match duty {
            Duty::On { until } => Some(*until),
            Duty::Off { just_ended, .. } => *just_ended,
            Duty::Unknown(_) => None,
        });
        shift_end.map(handout_end)
    }

    /// The earliest of what `of` says about each rota; none where it says nothing about one, or there is no rota.
    fn earliest(&self, of: impl Fn(&Duty) -> Option<Timestamp>) -> Option<Timestamp> {
        self.0.iter().map(|one| of(&one.duty)).collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// The rota that says best why the person is not on duty: one that knows rather than one that could not be read.
    pub fn refusal(&self) -> Option<&RotaDuty> {
        let is_off = |one: &&RotaDuty| matches!(one.duty, Duty::Off { .. });
        let is_unknown = |one: &&RotaDuty| matches!(one.duty, Duty::Unknown(_));
        self.0.iter().find(is_off).or_else(|| self.0.iter().find(is_unknown))
    }

    /// What it rests on.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.0.iter().filter_map(|one| one.evidence.as_ref())
    }

    /// The judgement about each rota.
    pub fn each(&self) -> &[RotaDuty] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::on_call::{Shift, Window};

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    fn rota(rota: &str, duty: Duty) -> RotaDuty {
        RotaDuty { rota: rota.to_owned(), duty, evidence: None }
    }

    #[test]
    fn off_duty_says_who_is_on_and_when_the_next_shift_begins() {
        let shift = |names: &[&str], from, until| Shift::new(PersonNames::new(names.to_vec()), at(from), at(until));
        let rows = [
            shift(&["Bob", "bob@acme.example"], 8, 16),
            shift(&["bob@acme.example"], 16, 20),
            shift(&["Carol"], 9, 12),
            shift(&["Alice"], 20, 28),
        ];
        let shifts = Shifts::within(Window { from: at(0), until: at(100) }, rows.into_iter().flatten());
        let alice = PersonNames::new(["alice"]);
        let on_duty = |who: &str, until| OnDuty { who: who.into(), until: at(until) };
        let off = |on_duty, next: Option<i64>, ended: Option<i64>| Duty::Off {
            on_duty,
            next: next.map(at),
            just_ended: ended.map(at),
        };
        let table = [
            (7, off(Vec::new(), Some(20), None)),
            (10, off(vec![on_duty("Bob", 20), on_duty("Carol", 12)], Some(20), None)),
            (20, Duty::On { until: at(28) }),
            (28, off(Vec::new(), None, Some(28))),
            (29, off(Vec::new(), None, None)),
        ];
        for (now, expected) in table {
            assert_eq!(Duty::judge(&shifts, &alice, at(now)), expected, "{now}");
        }
        assert!(
            matches!(Duty::judge(&shifts, &PersonNames::default(), at(10)), Duty::Off { .. }),
            "nobody has no duty"
        );
    }

    #[test]
    fn the_person_must_be_on_duty_on_every_rota_and_the_earliest_end_counts() {
        let on = |until| Duty::On { until: at(until) };
        let off = Duty::Off { on_duty: Vec::new(), next: None, just_ended: None };
        let unknown = Duty::Unknown(Unknown::NoSuchRota);
        let both = Standing::of(vec![rota("a", on(9)), rota("b", on(7))]);
        assert_eq!((both.until(), both.refusal()), (Some(at(7)), None));
        let table =
            [vec![on(9), off.clone()], vec![on(9), unknown.clone()], vec![unknown.clone(), off.clone()], vec![]];
        for duties in table {
            let standing = Standing::of(duties.iter().map(|duty| rota("a", duty.clone())).collect());
            assert_eq!(standing.until(), None, "{duties:?}");
            if duties.contains(&off) {
                assert_eq!(standing.refusal().map(|one| &one.duty), Some(&off), "what is known says more");
            }
        }
    }

    #[test]
    fn a_shift_has_just_ended_for_a_quarter_of_an_hour() {
        let alice = PersonNames::new(["Alice"]);
        let rows = Shift::new(alice.clone(), at(8), at(10));
        let shifts = Shifts::within(Window { from: at(0), until: at(100) }, rows);
        let minutes = |minutes| later(at(10), SignedDuration::from_mins(minutes));
        for (after, expected) in [(0, true), (14, true), (15, false)] {
            let Duty::Off { just_ended, .. } = Duty::judge(&shifts, &alice, minutes(after)) else { panic!("{after}") };
            assert_eq!(just_ended, expected.then_some(at(10)), "{after}");
        }
    }

    #[test]
    fn what_was_fetched_is_handed_out_until_the_earliest_end_whether_or_not_that_has_passed() {
        let on = Duty::On { until: at(12) };
        let ended = |end| Duty::Off { on_duty: Vec::new(), next: None, just_ended: Some(at(end)) };
        let off = Duty::Off { on_duty: Vec::new(), next: None, just_ended: None };
        let until = |duties: Vec<Duty>| {
            Standing::of(duties.into_iter().map(|duty| rota("a", duty)).collect()).handed_out_until()
        };
        assert_eq!(until(vec![on.clone(), ended(10)]), Some(handout_end(at(10))));
        assert_eq!(until(vec![on.clone()]), Some(handout_end(at(12))));
        for nothing in [vec![on.clone(), off], vec![on, Duty::Unknown(Unknown::NoSuchRota)], vec![]] {
            assert_eq!(until(nothing), None);
        }
    }

    #[test]
    fn credentials_are_handed_out_a_quarter_of_an_hour_beyond_the_shift() {
        assert_eq!(handout_end(at(10)), later(at(10), SignedDuration::from_mins(15)));
        assert_eq!(handout_end(Timestamp::MAX), Timestamp::MAX);
    }
}
