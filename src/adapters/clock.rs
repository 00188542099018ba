//! The system's clocks and its random numbers.

use std::path::{Path, PathBuf};
#[cfg(target_os = "linux")]
use std::sync::OnceLock;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::files::{ensure_private_dir, read_bounded, write_private};
use crate::domain::time::{BootReading, Now, later};
use crate::error::{Error, Result};
use crate::ports::{Clock, Entropy};

/// The latest time that AWS told us is written down when it is this much later than what is written.
const WORTH_WRITING: SignedDuration = SignedDuration::from_secs(60);
/// A time further ahead of our own clock than this is not believed: it would end everything for good.
const MOST_AHEAD: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The clocks of this machine, and the latest time that AWS told any process of one state folder.
pub struct SystemClock {
    started: Instant,
    latest_file: PathBuf,
    /// What the file says and what was learned since; read with the first look at the clock.
    latest: Mutex<Option<Latest>>,
}

#[derive(Clone, Copy, Default)]
struct Latest {
    seen: Option<Timestamp>,
    written: Option<Timestamp>,
}

impl SystemClock {
    /// A clock whose `elapsed` counts from now, and which remembers AWS's time in `state_folder`.
    pub fn new(state_folder: &Path) -> Self {
        SystemClock {
            started: Instant::now(),
            latest_file: state_folder.join("latest-aws-time"),
            latest: Mutex::new(None),
        }
    }

    fn latest(&self) -> MutexGuard<'_, Option<Latest>> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.is_none() {
            // What cannot be read is not known; the other two clocks still count.
            let bytes = read_bounded(&self.latest_file, 64).ok().flatten().unwrap_or_default();
            let written = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse().ok());
            *latest = Some(Latest { seen: written, written });
        }
        latest
    }

    #[expect(clippy::disallowed_methods, reason = "this adapter is where the time comes in")]
    fn wall() -> Timestamp {
        Timestamp::now()
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Now {
        let latest_aws_time = self.latest().and_then(|latest| latest.seen);
        Now { wall: SystemClock::wall(), boot: boot_reading(), latest_aws_time }
    }

    fn saw_aws_time(&self, time: Timestamp) {
        if time > later(SystemClock::wall(), MOST_AHEAD) {
            return;
        }
        let mut latest = self.latest();
        let known = latest.unwrap_or_default();
        if known.seen.is_none_or(|seen| seen < time) {
            *latest = Some(Latest { seen: Some(time), ..known });
        }
    }

    fn keep_aws_time(&self) {
        let Latest { seen: Some(seen), written } = self.latest().unwrap_or_default() else { return };
        let due = written.is_none_or(|written| seen.duration_since(written) >= WORTH_WRITING);
        if due && self.write(seen) {
            *self.latest() = Some(Latest { seen: Some(seen), written: Some(seen) });
        }
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl SystemClock {
    /// Not to remember a time is no reason to fail.
    fn write(&self, time: Timestamp) -> bool {
        let folder = self.latest_file.parent().unwrap_or(Path::new("."));
        let written =
            ensure_private_dir(folder).and_then(|()| write_private(&self.latest_file, time.to_string().as_bytes()));
        if let Err(error) = &written {
            tracing::debug!(%error, "AWS's time could not be written down");
        }
        written.is_ok()
    }
}

/// Time since boot, suspended time included. Linux alone names its boots, so elsewhere there is no reading
/// that could be compared across processes.
#[cfg(target_os = "linux")]
fn boot_reading() -> Option<BootReading> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let millis = u64::try_from(time.tv_nsec).ok()? / 1_000_000;
    Some(BootReading { boot_id: boot_id()?, millis: seconds.saturating_mul(1000).saturating_add(millis) })
}

#[cfg(not(target_os = "linux"))]
fn boot_reading() -> Option<BootReading> {
    None
}

/// The first 64 bits of the kernel's name for this boot.
#[cfg(target_os = "linux")]
fn boot_id() -> Option<u64> {
    static BOOT_ID: OnceLock<Option<u64>> = OnceLock::new();
    *BOOT_ID.get_or_init(|| {
        let name = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let digits: String = name.chars().filter(char::is_ascii_hexdigit).take(16).collect();
        u64::from_str_radix(&digits, 16).ok()
    })
}

/// The system's random generator.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes)
            .map_err(|source| Error::System { action: "get random numbers from the system", source: source.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On Linux there is always a reading, so a test that compared two missing ones would prove nothing.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_boot_clock_counts_on_within_one_boot() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::new(folder.path());
        let first = clock.now().boot.unwrap();
        let rounds = (0..1_000_000).map(|_| clock.now().boot.unwrap()).take_while(|now| now.millis == first.millis);
        assert!(rounds.count() < 1_000_000, "it stands still");
        let second = clock.now().boot.unwrap();
        assert_eq!(first.boot_id, second.boot_id);
        assert_ne!(first.boot_id, 0);
        assert!(first.millis < second.millis);
    }

    #[test]
    fn the_latest_aws_time_outlives_the_process_and_never_goes_back() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::new(folder.path());
        assert_eq!(clock.now().latest_aws_time, None);
        let now = clock.now().wall;
        let minutes = |count| later(now, SignedDuration::from_mins(count));
        for (told, latest) in [(0, 0), (10, 10), (5, 10), (-60, 10), (24 * 60, 24 * 60), (32 * 24 * 60, 24 * 60)] {
            clock.saw_aws_time(minutes(told));
            assert_eq!(clock.now().latest_aws_time, Some(minutes(latest)), "{told}");
        }
        assert_eq!(SystemClock::new(folder.path()).now().latest_aws_time, None, "nothing is written unasked");
        clock.keep_aws_time();
        assert_eq!(SystemClock::new(folder.path()).now().latest_aws_time, Some(minutes(24 * 60)));
    }
}
