//! Shifts, and the part of a rota around the present that is kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::names::PersonNames;
use crate::domain::time::later;

/// From when until when somebody is on duty. It ends after it begins: what does not is no shift.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Shift {
    from: Timestamp,
    until: Timestamp,
    who: PersonNames,
}

#[derive(Deserialize)]
struct Fields {
    from: Timestamp,
    until: Timestamp,
    who: PersonNames,
}

impl TryFrom<Fields> for Shift {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        Shift::new(fields.who, fields.from, fields.until).ok_or("it is no shift")
    }
}

impl Shift {
    /// The shift of `who`, where it lasts and is somebody's.
    pub fn new(who: PersonNames, from: Timestamp, until: Timestamp) -> Option<Self> {
        (from < until && !who.is_empty()).then_some(Shift { from, until, who })
    }

    /// Whose it is.
    pub fn who(&self) -> &PersonNames {
        &self.who
    }

    /// When it begins.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// When it ends; at that moment it is over.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

/// The time around a moment that is read of a rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// What ended by then is left out.
    pub from: Timestamp,
    /// So is what begins then or later.
    pub until: Timestamp,
}

impl Window {
    /// A day back, for clocks that are wrong, and five weeks on, for the next shift.
    pub fn around(now: Timestamp) -> Self {
        Window {
            from: later(now, SignedDuration::from_hours(-24)),
            until: later(now, SignedDuration::from_hours(5 * 7 * 24)),
        }
    }

    /// Whether something from `from` until `until` lies in it, at least in part.
    pub fn touches(&self, from: Timestamp, until: Timestamp) -> bool {
        from < self.until && until > self.from
    }
}

/// The shifts of a rota within a window, by their beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Shift>")]
pub struct Shifts(Vec<Shift>);

impl From<Vec<Shift>> for Shifts {
    fn from(shifts: Vec<Shift>) -> Self {
        Shifts::sorted(shifts)
    }
}

impl Shifts {
    /// The most that are kept: five weeks in which somebody else begins every half an hour.
    const MOST: usize = 2_000;

    /// Those of `shifts` that touch `window`; where there are too many, the ones that begin first.
    pub fn within(window: Window, shifts: impl IntoIterator<Item = Shift>) -> Self {
        Shifts::sorted(shifts.into_iter().filter(|shift| window.touches(shift.from, shift.until)).collect())
    }

    fn sorted(mut shifts: Vec<Shift>) -> Self {
        shifts.sort();
        shifts.dedup();
        shifts.truncate(Self::MOST);
        Shifts(shifts)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Shift> {
        self.0.iter()
    }

    /// Until when `who` is on duty without a break, if at `now`.
    pub fn on_duty_until(&self, who: &PersonNames, now: Timestamp) -> Option<Timestamp> {
        let mut until = None;
        for shift in self.0.iter().filter(|shift| shift.who.is(who)) {
            // By their beginning: whatever begins later than what was joined so far leaves a gap.
            if shift.from <= until.unwrap_or(now) && shift.until > until.unwrap_or(now) {
                until = Some(shift.until);
            }
        }
        until
    }

    /// When the last shift of `who` that is over at `now` ended.
    pub fn last_end_of(&self, who: &PersonNames, now: Timestamp) -> Option<Timestamp> {
        self.0.iter().filter(|shift| shift.until <= now && shift.who.is(who)).map(Shift::until).max()
    }

    /// When a shift of `who` begins next after `now`.
    pub fn next_of(&self, who: &PersonNames, now: Timestamp) -> Option<Timestamp> {
        self.0.iter().filter(|shift| shift.from > now && shift.who.is(who)).map(Shift::from).min()
    }

    /// The most people on duty at once that are told apart, for people to read.
    const MOST_TOLD: usize = 20;

    /// Each person on duty at `now`; of a great many, the first.
    pub fn on_duty(&self, now: Timestamp) -> Vec<&PersonNames> {
        let mut people: Vec<&PersonNames> = Vec::new();
        for shift in self.0.iter().filter(|shift| shift.from <= now && now < shift.until) {
            if people.len() == Self::MOST_TOLD {
                break;
            }
            if !people.iter().any(|known| known.is(&shift.who)) {
                people.push(&shift.who);
            }
        }
        people
    }

    /// Who begins next after `now`, and when.
    pub fn next(&self, now: Timestamp) -> Option<&Shift> {
        self.0.iter().find(|shift| shift.from > now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    fn person(name: &str) -> PersonNames {
        PersonNames::new([name])
    }

    fn shifts(table: &[(&str, i64, i64)]) -> Shifts {
        let window = Window { from: at(0), until: at(1000) };
        Shifts::within(
            window,
            table.iter().filter_map(|(who, from, until)| Shift::new(person(who), at(*from), at(*until))),
        )
    }

    #[test]
    fn of_a_great_many_on_duty_at_once_the_first_are_told_and_each_is_on_duty() {
        let names: Vec<String> = (0..100).map(|number| format!("p{number}")).collect();
        let rows: Vec<(&str, i64, i64)> = names.iter().map(|name| (name.as_str(), 8, 16)).collect();
        let rota = shifts(&rows);
        assert_eq!(rota.on_duty(at(9)).len(), Shifts::MOST_TOLD);
        assert!(names.iter().all(|name| rota.on_duty_until(&person(name), at(9)) == Some(at(16))));
    }

    #[test]
    fn shifts_of_one_person_that_touch_or_overlap_count_as_one() {
        let rota =
            shifts(&[("alice", 8, 16), ("Alice ", 16, 24), ("bob", 16, 30), ("alice", 20, 22), ("alice", 25, 30)]);
        let table = [(7, None), (8, Some(24)), (15, Some(24)), (23, Some(24)), (24, None), (25, Some(30)), (30, None)];
        for (now, until) in table {
            assert_eq!(rota.on_duty_until(&person("alice"), at(now)), until.map(at), "{now}");
        }
        assert_eq!(rota.next_of(&person("ALICE"), at(16)), Some(at(20)));
        assert_eq!(rota.next_of(&person("bob"), at(16)), None);
    }

    #[test]
    fn what_does_not_last_or_is_nobodys_is_no_shift() {
        assert!(Shift::new(person("alice"), at(5), at(5)).is_none());
        assert!(Shift::new(person("alice"), at(6), at(5)).is_none());
        assert!(Shift::new(person(" "), at(5), at(6)).is_none());
        let json = r#"[{"from":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z","who":["a"]}]"#;
        assert!(serde_json::from_str::<Shifts>(json).is_err());
    }

    #[test]
    fn the_set_is_bounded_and_keeps_what_begins_first() {
        let window = Window { from: at(0), until: at(100_000) };
        let many = (0..5_000).rev().filter_map(|hour| Shift::new(person("alice"), at(hour), at(hour + 1)));
        let kept = Shifts::within(window, many);
        assert_eq!(kept.iter().count(), Shifts::MOST);
        assert_eq!(kept.iter().next().map(Shift::from), Some(at(0)));
    }

    proptest! {
        #[test]
        fn whoever_is_on_duty_has_a_shift_that_runs_and_no_gap_before_the_end(
            table in proptest::collection::vec((0..3_u8, 0..60_i64, 1..12_i64), 0..30), now in 0..60_i64,
        ) {
            let named: Vec<(String, i64, i64)> =
                table.iter().map(|(who, from, long)| (format!("p{who}"), *from, from + long)).collect();
            let rows: Vec<(&str, i64, i64)> = named.iter().map(|(who, from, until)| (who.as_str(), *from, *until)).collect();
            let rota = shifts(&rows);
            // Hour by hour: shifts begin and end on the hour.
            let covered = |hour: i64| named.iter().any(|(who, from, until)| who == "p0" && *from <= hour && hour < *until);
            let end = (now..200).find(|hour| !covered(*hour)).unwrap();
            let expected = (end > now).then(|| at(end));
            prop_assert_eq!(rota.on_duty_until(&person("p0"), at(now)), expected);
        }
    }
}
