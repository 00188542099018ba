//! The moment that `policy test` asks about.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A moment as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// RFC 3339.
    Moment(Timestamp),
    /// `HH:MM` of today, by the local clock.
    Today(Time),
}

impl At {
    /// Takes `text` as a moment.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(time) = clock_time(text) {
            return Ok(At::Today(time));
        }
        text.parse().map(At::Moment).map_err(|_| "not a time such as 2026-11-21T02:00:00Z or, of today, 02:00")
    }

    /// The moment that is meant at `now` in `zone`. Where the clock skips the time, it is the one after the gap, and where
    /// it shows it twice, the first.
    pub fn moment(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            At::Moment(moment) => moment,
            At::Today(time) => {
                let today: Date = Zoned::new(now, zone.clone()).date();
                zone.to_ambiguous_timestamp(today.to_datetime(time)).compatible().unwrap_or(now)
            }
        }
    }
}

fn clock_time(text: &str) -> Option<Time> {
    let is_digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let has_form = text.len() == 5 && [0, 1, 3, 4].into_iter().all(is_digit);
    let (hour, minute) = text.split_once(':').filter(|_| has_form)?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_clock_is_todays_in_the_local_zone() {
        let now: Timestamp = "2026-11-20T23:30:00Z".parse().unwrap();
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (text, expected) in [
            ("02:00", "2026-11-21T01:00:00Z"),
            ("23:59", "2026-11-21T22:59:00Z"),
            ("2026-11-21T02:00:00Z", "2026-11-21T02:00:00Z"),
            ("2026-11-21T02:00:00+05:30", "2026-11-20T20:30:00Z"),
        ] {
            let moment = At::parse(text).unwrap().moment(now, &berlin);
            assert_eq!(moment, expected.parse::<Timestamp>().unwrap(), "{text}");
        }
        let before_the_gap: Timestamp = "2026-03-29T00:30:00Z".parse().unwrap();
        let skipped = At::parse("02:30").unwrap().moment(before_the_gap, &berlin);
        assert_eq!(skipped.to_string(), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["", "2", "24:00", "02:60", "2:00", "+2:00", "02:00:00", "2026-11-21", "2026-11-21T02:00:00", "é:00"]
        {
            assert!(At::parse(text).is_err(), "{text}");
        }
    }
}
