//! The simulator's clock: a time source, an offset by which tests advance it, and a skew for `Date` headers.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::options::TimeSource;

/// A time of the simulator's clock, in milliseconds since 1970, UTC.
pub(super) type Millis = i64;

/// The clock for every expiry, interval and rate.
pub(super) struct SimClock {
    source: TimeSource,
    advanced_ms: AtomicI64,
    date_skew_s: AtomicI64,
}

impl SimClock {
    pub(super) fn new(source: TimeSource, date_skew_s: i64) -> Self {
        SimClock { source, advanced_ms: AtomicI64::new(0), date_skew_s: AtomicI64::new(date_skew_s) }
    }

    /// The time now.
    pub(super) fn now(&self) -> Millis {
        let source = match self.source.read().duration_since(UNIX_EPOCH) {
            Ok(since) => millis(since),
            Err(before) => -millis(before.duration()),
        };
        source.saturating_add(self.advanced_ms.load(Ordering::SeqCst))
    }

    /// Advances the clock by `by`.
    pub(super) fn advance(&self, by: Duration) {
        self.advanced_ms.fetch_add(millis(by), Ordering::SeqCst);
    }

    /// Changes the skew of the `Date` header.
    pub(super) fn set_date_skew(&self, seconds: i64) {
        self.date_skew_s.store(seconds, Ordering::SeqCst);
    }

    /// The value of the `Date` header; `None` where the skewed time is out of range.
    pub(super) fn date(&self) -> Option<String> {
        let skew = self.date_skew_s.load(Ordering::SeqCst).saturating_mul(1000);
        let shown = Timestamp::from_millisecond(self.now().saturating_add(skew)).ok()?;
        DateTimePrinter::new().timestamp_to_rfc9110_string(&shown).ok()
    }
}

/// `duration` in whole milliseconds, at most what the clock can hold.
pub(super) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 4)
}

/// `duration` in whole seconds, at most what the clock can hold.
pub(super) fn seconds(duration: Duration) -> i64 {
    millis(duration) / 1000
}

/// RFC 3339 in whole seconds, as AWS writes it in XML.
pub(super) fn rfc3339(at: Millis) -> String {
    Timestamp::from_second(at.div_euclid(1000)).map(|stamp| stamp.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_the_clock_and_the_skew_moves_only_the_date_header() {
        let clock = SimClock::new(TimeSource::new(|| UNIX_EPOCH), 0);
        assert_eq!(clock.date().unwrap(), "Thu, 01 Jan 1970 00:00:00 GMT");
        clock.advance(Duration::from_secs(90));
        clock.set_date_skew(3_600);
        assert_eq!((clock.now(), clock.date().unwrap().as_str()), (90_000, "Thu, 01 Jan 1970 01:01:30 GMT"));
        assert_eq!(rfc3339(clock.now()), "1970-01-01T00:01:30Z");
    }
}
