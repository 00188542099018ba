//! Time as a value: the wall clock for what AWS says, the boot clock for what has surely passed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One reading of both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The wall clock, which may be wrong and may step.
    pub wall: Timestamp,
    /// The clock that counts from boot, suspended time included; absent where the system has none.
    pub boot: Option<BootReading>,
}

/// A reading of the boot clock; comparable only within the same boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootReading {
    /// Which boot this is.
    pub boot_id: u64,
    /// Milliseconds since that boot.
    pub millis: u64,
}

/// When something came from AWS, by our clocks and by AWS's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Our clocks at that moment.
    pub at: Now,
    /// AWS's clock minus our wall clock at that moment; zero where they agree.
    pub aws_offset: SignedDuration,
}

impl Stamp {
    /// AWS's time at `now`, as far as can be told.
    ///
    /// The later of two readings: the wall clock corrected by the offset, and the stamp plus what the boot
    /// clock proves has passed. A wall clock that steps back, or a machine that slept where the boot clock
    /// stood still, can so only make things expire early, never late.
    pub fn aws_time(&self, now: Now) -> Timestamp {
        let by_wall = later(now.wall, self.aws_offset);
        match (self.at.boot, now.boot) {
            (Some(then), Some(here)) if then.boot_id == here.boot_id => {
                let passed = i64::try_from(here.millis.saturating_sub(then.millis)).unwrap_or(i64::MAX);
                let by_boot = later(later(self.at.wall, self.aws_offset), SignedDuration::from_millis(passed));
                by_wall.max(by_boot)
            }
            _ => by_wall,
        }
    }

    /// AWS's time at the stamp itself.
    pub fn aws_time_then(&self) -> Timestamp {
        later(self.at.wall, self.aws_offset)
    }

    /// An AWS instant in terms of our own wall clock, for consumers on this machine that compare with it.
    pub fn to_local(&self, aws: Timestamp) -> Timestamp {
        later(aws, -self.aws_offset)
    }

    /// How long until `aws`; zero once it has passed.
    pub fn left_until(&self, aws: Timestamp, now: Now) -> SignedDuration {
        aws.duration_since(self.aws_time(now)).max(SignedDuration::ZERO)
    }
}

/// From when to when something may be used, kept apart from the thing itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifespan {
    /// When it was obtained.
    pub obtained: Stamp,
    /// When it ends (AWS's clock).
    pub ends_at: Timestamp,
}

impl Lifespan {
    /// How long it may still be used; zero once it is over.
    pub fn left(&self, now: Now) -> SignedDuration {
        self.obtained.left_until(self.ends_at, now)
    }

    /// How long it lives in all.
    pub fn total(&self) -> SignedDuration {
        self.ends_at.duration_since(self.obtained.aws_time_then())
    }

    /// The share that is left, from 1 down to 0.
    pub fn share_left(&self, now: Now) -> f64 {
        let total = self.total().as_secs_f64();
        if total > 0.0 { (self.left(now).as_secs_f64() / total).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Its end in terms of this machine's wall clock.
    pub fn ends_at_local(&self) -> Timestamp {
        self.obtained.to_local(self.ends_at)
    }
}

/// `time + by`, held at the ends of what a timestamp can say.
pub fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// Shows a time left: `6h 12m`, `47m 05s`, `9s`, or `expired` at zero.
pub fn left_words(left: SignedDuration) -> String {
    let seconds = left.as_secs().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, seconds) {
        (0, 0, 0) => "expired".to_owned(),
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m {s:02}s"),
        (h, m, _) => format!("{h}h {m:02}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(wall: i64, boot: Option<(u64, u64)>) -> Now {
        Now {
            wall: Timestamp::from_second(wall).unwrap(),
            boot: boot.map(|(boot_id, seconds)| BootReading { boot_id, millis: seconds * 1000 }),
        }
    }

    #[test]
    fn aws_time_is_the_later_of_wall_and_boot_clock() {
        let table = [
            // (stamp wall, offset, stamp boot, now wall, now boot, AWS time)
            (1000, 0, Some((1, 10)), 1060, Some((1, 70)), 1060),
            (1000, 0, Some((1, 10)), -2600, Some((1, 70)), 1060), // stepped back
            (1000, 0, Some((1, 10)), 9000, Some((1, 70)), 9000),  // slept unseen by the boot clock
            (1000, 3600, Some((1, 10)), 1060, Some((1, 70)), 4660), // ours is an hour behind
            (1000, 0, Some((1, 10)), 1060, Some((2, 5)), 1060),   // rebooted
            (1000, 0, None, 1060, None, 1060),
        ];
        for (then, offset, then_boot, wall, boot, expected) in table {
            let stamp = Stamp { at: now(then, then_boot), aws_offset: SignedDuration::from_secs(offset) };
            assert_eq!(stamp.aws_time(now(wall, boot)).as_second(), expected, "{wall} {boot:?}");
        }
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let stamp = Stamp {
            at: Now { wall: Timestamp::MAX, boot: Some(BootReading { boot_id: 1, millis: 0 }) },
            aws_offset: SignedDuration::MAX,
        };
        let now = Now { wall: Timestamp::MIN, boot: Some(BootReading { boot_id: 1, millis: u64::MAX }) };
        assert_eq!(stamp.aws_time(now), Timestamp::MAX);
    }

    #[test]
    fn time_left_reads_well() {
        let table = [(22_320, "6h 12m"), (2_825, "47m 05s"), (9, "9s"), (0, "expired"), (-5, "expired")];
        for (seconds, words) in table {
            assert_eq!(left_words(SignedDuration::from_secs(seconds)), words);
        }
    }
}
