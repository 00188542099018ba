//! Remaining time, and how urgent it is.

use jiff::SignedDuration;

use crate::domain::time::{Lifespan, Now};

/// The time that a lifespan has left at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Remaining {
    pub(crate) time: SignedDuration,
    /// Between 1 and 0, as a share of the whole lifespan.
    pub(crate) share: f64,
}

impl Remaining {
    pub(crate) fn of(lifespan: &Lifespan, now: Now) -> Self {
        Remaining { time: lifespan.left(now), share: lifespan.share_left(now) }
    }

    pub(crate) fn urgency(&self) -> Urgency {
        if self.time.is_zero() { Urgency::Over } else { Urgency::of(self.share) }
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
    /// More than a quarter is left.
    None,
    /// A quarter or less.
    Low,
    /// A tenth or less.
    Critical,
    /// Nothing is left.
    Over,
}

impl Urgency {
    fn of(share: f64) -> Self {
        match share {
            share if share <= 0.0 => Urgency::Over,
            share if share <= 0.10 => Urgency::Critical,
            share if share <= 0.25 => Urgency::Low,
            _ => Urgency::None,
        }
    }

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
    fn urgency_changes_at_a_quarter_and_a_tenth() {
        let table = [
            (1.0, Urgency::None),
            (0.251, Urgency::None),
            (0.25, Urgency::Low),
            (0.101, Urgency::Low),
            (0.1, Urgency::Critical),
            (0.0, Urgency::Over),
        ];
        for (share, urgency) in table {
            assert_eq!(Urgency::of(share), urgency, "{share}");
        }
    }
}
