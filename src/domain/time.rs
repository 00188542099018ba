//! Time as a value: the wall clock for what AWS says, the boot clock for what has surely passed.

use jiff::tz::TimeZone;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use serde::{Deserialize, Serialize};

/// One reading of both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The wall clock, which may be wrong and may step.
    pub wall: Timestamp,
    /// The clock that counts from boot, suspended time included; absent where the system has none.
    pub boot: Option<BootReading>,
    /// The latest time that AWS has told any process of this state folder. It outlives a reboot, so that a wall
    /// clock set back does not bring back what has ended. Belongs to the reading, not to what was obtained then.
    #[serde(skip)]
    pub latest_aws_time: Option<Timestamp>,
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
    /// AWS's clock minus our wall clock at that moment: zero where they agree, `None` where AWS had not told its time.
    pub aws_offset: Option<SignedDuration>,
}

impl Stamp {
    /// AWS's time at `now`, as far as can be told.
    ///
    /// The latest of what is known: the wall clock corrected by the offset, the stamp plus what the boot clock
    /// proves has passed, and the latest time that AWS told us. A wall clock that steps back, or a machine that
    /// slept where the boot clock stood still, can so only make things expire early, never late.
    pub fn aws_time(&self, now: Now) -> Timestamp {
        let by_wall = later(now.wall, self.offset());
        by_wall.max(self.proven_aws_time(now)).max(now.latest_aws_time.unwrap_or(Timestamp::MIN))
    }

    /// AWS's time at `now` as far as it is proven whatever the wall clock says: the stamp, plus what the boot clock has
    /// counted since, where it is the same boot.
    pub fn proven_aws_time(&self, now: Now) -> Timestamp {
        let passed = match (self.at.boot, now.boot) {
            (Some(then), Some(here)) if then.boot_id == here.boot_id => here.millis.saturating_sub(then.millis),
            _ => 0,
        };
        let passed = SignedDuration::from_millis(i64::try_from(passed).unwrap_or(i64::MAX));
        later(self.aws_time_then(), passed)
    }

    /// AWS's time at the stamp itself.
    pub fn aws_time_then(&self) -> Timestamp {
        later(self.at.wall, self.offset())
    }

    /// An AWS instant in terms of our own wall clock, for consumers on this machine that compare with it.
    pub fn to_local(&self, aws: Timestamp) -> Timestamp {
        later(aws, -self.offset())
    }

    /// Clocks that nobody compared are taken to agree.
    fn offset(&self) -> SignedDuration {
        self.aws_offset.unwrap_or(SignedDuration::ZERO)
    }

    /// How long until `aws`; zero once it has passed.
    pub fn left_until(&self, aws: Timestamp, now: Now) -> SignedDuration {
        aws.duration_since(self.aws_time(now)).max(SignedDuration::ZERO)
    }
}

/// From when to when something may be used, kept apart from the thing itself. Its end is after its start: what
/// would have no positive lifetime has no `Lifespan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct Lifespan {
    obtained: Stamp,
    ends_at: Timestamp,
}

/// The fields of a [`Lifespan`] before they are checked against each other.
#[derive(Deserialize)]
struct Bounds {
    obtained: Stamp,
    ends_at: Timestamp,
}

/// An end that does not come after the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it ends before it begins")]
pub struct NoLifetime;

impl TryFrom<Bounds> for Lifespan {
    type Error = NoLifetime;
    fn try_from(bounds: Bounds) -> Result<Self, NoLifetime> {
        Lifespan::new(bounds.obtained, bounds.ends_at).ok_or(NoLifetime)
    }
}

impl Lifespan {
    /// From `obtained` until `ends_at` (AWS's clock), where that is later.
    pub fn new(obtained: Stamp, ends_at: Timestamp) -> Option<Self> {
        (ends_at > obtained.aws_time_then()).then_some(Lifespan { obtained, ends_at })
    }

    /// From `obtained` on for `length`, where that is more than nothing.
    pub fn lasting(obtained: Stamp, length: SignedDuration) -> Option<Self> {
        Lifespan::new(obtained, later(obtained.aws_time_then(), length))
    }

    /// From `from` on for `length`, or for a millisecond where that is less: the life of an elevation, whose limit the
    /// policy keeps above zero, and of what the screen shows for a while.
    pub fn countdown(from: Stamp, length: SignedDuration) -> Self {
        let length = length.max(SignedDuration::from_millis(1));
        Lifespan { obtained: from, ends_at: later(from.aws_time_then(), length) }
    }

    /// The same with an end no later than `limit`, where anything is left then.
    pub fn ending_by(self, limit: Timestamp) -> Option<Self> {
        Lifespan::new(self.obtained, self.ends_at.min(limit))
    }

    /// When it was obtained.
    pub fn obtained(&self) -> Stamp {
        self.obtained
    }

    /// When it ends (AWS's clock).
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// How long it may still be used; zero once it is over.
    pub fn left(&self, now: Now) -> SignedDuration {
        self.obtained.left_until(self.ends_at, now)
    }

    /// Whether it is over.
    pub fn is_over(&self, now: Now) -> bool {
        self.left(now).is_zero()
    }

    /// Whether the machine was started anew since it began, as far as can be told.
    pub fn is_of_another_boot(&self, now: Now) -> bool {
        let boots = self.obtained.at.boot.zip(now.boot);
        boots.is_some_and(|(then, now)| then.boot_id != now.boot_id)
    }

    /// How long it lives in all.
    pub fn total(&self) -> SignedDuration {
        self.ends_at.duration_since(self.obtained.aws_time_then())
    }

    /// The share that is left, from 1 down to 0.
    pub fn share_left(&self, now: Now) -> f64 {
        (self.left(now).as_secs_f64() / self.total().as_secs_f64()).clamp(0.0, 1.0)
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

/// `time` in RFC 3339, in whole seconds and never later than it is: the oldest SDKs and `jq` read no fractions.
pub fn in_whole_seconds(time: Timestamp) -> String {
    let second = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Floor);
    time.round(second).unwrap_or(time).to_string()
}

/// `time` as people in `zone` read it, `09:27 CET`, with its date where that is not the one of `now`.
pub fn local_words(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (time, now) = (time.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let pattern = if time.date() == now.date() { "%H:%M %Z" } else { "%Y-%m-%d %H:%M %Z" };
    time.strftime(pattern).to_string()
}

/// A time of day within the coming hours is clear without its date.
const SOON: SignedDuration = SignedDuration::from_hours(20);

/// Shows `at` as the clocks of `zone` do, with the day where that is not clear at `now`.
pub fn clock_time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let coming = at.duration_since(now);
    let is_soon = coming.is_positive() && coming < SOON;
    let (at, today) = (zone.to_datetime(at), zone.to_datetime(now));
    let pattern = if is_soon || at.date() == today.date() { "%H:%M" } else { "%b %d %H:%M" };
    at.strftime(pattern).to_string()
}

/// Shows a time left: `4d 23h` from two days on, `6h 12m`, `47m 05s`, `9s`, or `expired` at zero.
pub fn left_words(left: SignedDuration) -> String {
    let seconds = left.as_secs().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, seconds) {
        (0, 0, 0) => "expired".to_owned(),
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m {s:02}s"),
        (h, m, _) if h < 48 => format!("{h}h {m:02}m"),
        (h, _, _) => format!("{}d {}h", h / 24, h % 24),
    }
}

/// The same without seconds while there are minutes, for what is read and not watched: `47m`.
pub fn left_in_minutes(left: SignedDuration) -> String {
    let minutes = left.as_mins();
    if (1..60).contains(&minutes) { format!("{minutes}m") } else { left_words(left) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(wall: i64, boot: Option<(u64, u64)>) -> Now {
        Now {
            wall: Timestamp::from_second(wall).unwrap(),
            boot: boot.map(|(boot_id, seconds)| BootReading { boot_id, millis: seconds * 1000 }),
            latest_aws_time: None,
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
            (1000, 0, Some((1, 10)), 1060, Some((2, 500)), 1060), // rebooted, and up for longer than before
            (1000, 0, None, 1060, None, 1060),
            (1000, 0, None, 400, None, 1000), // before the stamp itself it cannot be
        ];
        for (then, offset, then_boot, wall, boot, expected) in table {
            let stamp = Stamp { at: now(then, then_boot), aws_offset: Some(SignedDuration::from_secs(offset)) };
            assert_eq!(stamp.aws_time(now(wall, boot)).as_second(), expected, "{wall} {boot:?}");
        }
    }

    #[test]
    fn the_share_that_is_left_falls_from_one_to_nothing() {
        let stamp = Stamp { at: now(1000, None), aws_offset: None };
        let life = Lifespan::lasting(stamp, SignedDuration::from_secs(200)).unwrap();
        let shares = [900, 1000, 1050, 1150, 1200, 1300].map(|second| life.share_left(now(second, None)));
        assert_eq!(shares, [1.0, 1.0, 0.75, 0.25, 0.0, 0.0]);
    }

    #[test]
    fn times_are_whole_seconds_and_never_later_than_they_are() {
        let table = [
            ("2026-11-21T09:00:00.999999999Z", "2026-11-21T09:00:00Z"),
            ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"),
        ];
        for (time, shown) in table {
            assert_eq!(in_whole_seconds(time.parse().unwrap()), shown);
        }
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let stamp = Stamp {
            at: Now { wall: Timestamp::MAX, boot: Some(BootReading { boot_id: 1, millis: 0 }), latest_aws_time: None },
            aws_offset: Some(SignedDuration::MAX),
        };
        let now = Now {
            wall: Timestamp::MIN,
            boot: Some(BootReading { boot_id: 1, millis: u64::MAX }),
            latest_aws_time: None,
        };
        assert_eq!(stamp.aws_time(now), Timestamp::MAX);
    }

    #[test]
    fn what_aws_said_before_a_reboot_holds_against_a_clock_set_back() {
        let stamp = Stamp { at: now(1000, Some((1, 10))), aws_offset: None };
        let seen = Timestamp::from_second(5000).unwrap();
        let rebooted = Now { latest_aws_time: Some(seen), ..now(1200, Some((2, 5))) };
        assert_eq!(stamp.aws_time(rebooted), seen);
        assert_eq!(
            stamp.aws_time(Now { wall: later(seen, SignedDuration::from_secs(1)), ..rebooted }).as_second(),
            5001
        );
    }

    #[test]
    fn a_lifetime_is_positive_or_does_not_exist() {
        let stamp = Stamp { at: now(1000, None), aws_offset: Some(SignedDuration::from_secs(60)) };
        let second = |second| Timestamp::from_second(second).unwrap();
        for (ends_at, exists) in [(1061, true), (1060, false), (1059, false), (0, false), (-5, false)] {
            assert_eq!(Lifespan::new(stamp, second(ends_at)).is_some(), exists, "{ends_at}");
            let json = serde_json::json!({ "obtained": stamp, "ends_at": second(ends_at) });
            assert_eq!(serde_json::from_value::<Lifespan>(json).is_ok(), exists, "{ends_at}");
        }
        for (seconds, exists) in [(1, true), (0, false), (-1, false)] {
            assert_eq!(Lifespan::lasting(stamp, SignedDuration::from_secs(seconds)).is_some(), exists, "{seconds}");
        }
        let life = Lifespan::lasting(stamp, SignedDuration::from_secs(10)).unwrap();
        assert_eq!(life.ending_by(second(1065)).unwrap().total(), SignedDuration::from_secs(5));
        assert_eq!(life.ending_by(second(9999)), Some(life));
        assert_eq!(life.ending_by(second(1060)), None);
    }

    #[test]
    fn time_left_reads_well() {
        let table = [
            (430_000, "4d 23h", "4d 23h"),
            (172_800, "2d 0h", "2d 0h"),
            (172_799, "47h 59m", "47h 59m"),
            (22_320, "6h 12m", "6h 12m"),
            (3_600, "1h 00m", "1h 00m"),
            (2_825, "47m 05s", "47m"),
            (60, "1m 00s", "1m"),
            (59, "59s", "59s"),
            (9, "9s", "9s"),
            (0, "expired", "expired"),
            (-5, "expired", "expired"),
        ];
        for (seconds, words, in_minutes) in table {
            let left = SignedDuration::from_secs(seconds);
            assert_eq!((left_words(left).as_str(), left_in_minutes(left).as_str()), (words, in_minutes));
        }
    }

    #[test]
    fn a_local_time_names_its_zone_and_the_date_of_another_day() {
        let zone = TimeZone::posix("CET-1").unwrap();
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        let table = [
            ("2026-11-21T08:27:59Z", "09:27 CET"),
            ("2026-11-20T23:00:00Z", "00:00 CET"),
            ("2026-11-20T22:59:00Z", "2026-11-20 23:59 CET"),
        ];
        for (time, shown) in table {
            assert_eq!(local_words(time.parse().unwrap(), now, &zone), shown);
        }
    }
}
