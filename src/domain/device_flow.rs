//! When to poll for a device authorization, and when to stop (RFC 8628, sections 3.4 and 3.5).

use std::time::Duration;

/// The interval where AWS names none or nonsense.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// What each `slow_down` adds, for good.
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// What a poll brought, as far as the pace is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollOutcome {
    /// The person has not confirmed yet.
    Pending,
    /// The same, and we ask too often.
    SlowDown,
    /// AWS takes no requests just now (429).
    Throttled,
    /// No answer could be had, or none that says anything.
    Unreachable,
}

/// The pace of one device authorization.
#[derive(Debug, Clone)]
pub struct Pace {
    interval: Duration,
    backoff: u32,
    lifetime: Duration,
}

impl Pace {
    /// A pace for what StartDeviceAuthorization said: `interval` in seconds, if any, and the code's lifetime.
    pub fn new(interval: Option<i64>, lifetime: Duration) -> Self {
        let interval = interval
            .and_then(|seconds| u64::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0)
            .map_or(DEFAULT_INTERVAL, Duration::from_secs);
        Pace { interval, backoff: 0, lifetime }
    }

    /// How long to wait before the next poll when `elapsed` has passed since the code was issued; `None` where
    /// the code expires first.
    pub fn wait(&self, elapsed: Duration) -> Option<Duration> {
        let gap = self.interval.saturating_mul(2_u32.saturating_pow(self.backoff));
        (elapsed.saturating_add(gap) < self.lifetime).then_some(gap)
    }

    /// What is left of the code's life after `elapsed`.
    pub fn left(&self, elapsed: Duration) -> Duration {
        self.lifetime.saturating_sub(elapsed)
    }

    /// Takes account of an answer.
    pub fn note(&mut self, answer: PollOutcome) {
        match answer {
            PollOutcome::Pending => self.backoff = 0,
            PollOutcome::SlowDown => {
                self.backoff = 0;
                self.interval = self.interval.saturating_add(SLOW_DOWN);
            }
            PollOutcome::Throttled | PollOutcome::Unreachable => self.backoff = self.backoff.saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments of the polls, in seconds, until the script or the code's life ends.
    fn polls(interval: Option<i64>, lifetime: u64, answers: &[PollOutcome]) -> Vec<u64> {
        let mut pace = Pace::new(interval, Duration::from_secs(lifetime));
        let mut elapsed = Duration::ZERO;
        let mut moments = Vec::new();
        for answer in answers {
            let Some(wait) = pace.wait(elapsed) else { break };
            elapsed += wait;
            moments.push(elapsed.as_secs());
            pace.note(*answer);
        }
        moments
    }

    #[test]
    fn pending_polls_keep_the_interval() {
        assert_eq!(polls(Some(2), 600, &[PollOutcome::Pending; 4]), [2, 4, 6, 8]);
    }

    #[test]
    fn a_missing_or_senseless_interval_is_five_seconds() {
        for interval in [None, Some(0), Some(-1)] {
            assert_eq!(polls(interval, 600, &[PollOutcome::Pending; 2]), [5, 10]);
        }
    }

    #[test]
    fn an_interval_beyond_the_codes_life_never_polls() {
        assert!(polls(Some(1_000_000_000), 600, &[PollOutcome::Pending]).is_empty());
        assert!(polls(Some(i64::MAX), 600, &[PollOutcome::Pending]).is_empty());
    }

    #[test]
    fn slow_down_adds_five_seconds_for_good() {
        use PollOutcome::{Pending, SlowDown};
        let moments = polls(Some(5), 600, &[SlowDown, Pending, SlowDown, Pending, Pending]);
        assert_eq!(moments, [5, 15, 25, 40, 55]);
    }

    #[test]
    fn connection_errors_double_the_gap_until_the_code_expires() {
        assert_eq!(polls(Some(5), 100, &[PollOutcome::Unreachable; 20]), [5, 15, 35, 75]);
    }

    #[test]
    fn polling_ends_with_the_code() {
        assert_eq!(polls(Some(5), 18, &[PollOutcome::Pending; 20]), [5, 10, 15]);
    }
}
