//! Remaining time, and how urgent it is.

use jiff::SignedDuration;

use crate::domain::time::{Lifespan, Now};

/// What is left when less than it counts as little, however large its share is.
const LOW: SignedDuration = SignedDuration::from_mins(15);
const CRITICAL: SignedDuration = SignedDuration::from_mins(5);
/// From this lifespan on; of a shorter one, such as a code's ten minutes, only the share counts.
const LONG: SignedDuration = SignedDuration::from_mins(30);

/// The time that a lifespan has left at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Remaining {
    pub(crate) time: SignedDuration,
    /// Between 1 and 0, as a share of the whole lifespan.
    pub(crate) share: f64,
    /// The whole lifespan.
    pub(crate) total: SignedDuration,
}

impl Remaining {
    pub(crate) fn of(lifespan: &Lifespan, now: Now) -> Self {
        Remaining { time: lifespan.left(now), share: lifespan.share_left(now), total: lifespan.total() }
    }

    pub(crate) fn urgency(&self) -> Urgency {
        let is_long = self.total >= LONG;
        let is_below = |share: f64, time: SignedDuration| self.share <= share || (is_long && self.time <= time);
        if self.time.is_zero() || self.share <= 0.0 {
            Urgency::Over
        } else if is_below(0.10, CRITICAL) {
            Urgency::Critical
        } else if is_below(0.25, LOW) {
            Urgency::Low
        } else {
            Urgency::None
        }
    }

    /// `00:47:12`.
    pub(crate) fn clock(&self) -> String {
        let seconds = self.time.as_secs().max(0);
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// How near the end is; colours and marks follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// More than that.
    None,
    /// A quarter or 15 minutes, or less.
    Low,
    /// A tenth or 5 minutes, or less.
    Critical,
    /// Nothing is left.
    Over,
}

impl Urgency {
    /// Shows the urgency without colour.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Urgency::None => "",
            Urgency::Low => "!",
            Urgency::Critical => "!!",
            Urgency::Over => "✗",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgency_changes_by_share_and_in_a_long_life_by_time_too() {
        // Seconds that are left, minutes of the whole.
        let table = [
            (3_600, 60, Urgency::None),
            (15 * 60 + 1, 60, Urgency::None),
            (15 * 60, 60, Urgency::Low),
            (6 * 60 + 1, 60, Urgency::Low),
            (6 * 60, 60, Urgency::Critical),
            (1, 60, Urgency::Critical),
            (0, 60, Urgency::Over),
            // Half of it.
            (15 * 60, 30, Urgency::Low),
            (5 * 60, 30, Urgency::Critical),
            // A day.
            (2 * 3_600, 480, Urgency::Low),
            (48 * 60, 480, Urgency::Critical),
            // Short lives: the share alone.
            (15 * 60, 15, Urgency::None),
            (10 * 60, 10, Urgency::None),
            (5 * 60, 10, Urgency::None),
            (150, 10, Urgency::Low),
            (60, 10, Urgency::Critical),
        ];
        for (seconds, minutes, urgency) in table {
            let (time, total) = (SignedDuration::from_secs(seconds), SignedDuration::from_mins(minutes));
            let remaining = Remaining { time, share: time.as_secs_f64() / total.as_secs_f64(), total };
            assert_eq!(remaining.urgency(), urgency, "{seconds} s of {minutes} min");
        }
    }
}
