//! The system's clocks and its random numbers.

#[cfg(target_os = "linux")]
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::time::{BootReading, Now};
use crate::error::{Error, Result};
use crate::ports::{Clock, Entropy};

/// The clocks of this machine.
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose `elapsed` counts from now.
    pub fn new() -> Self {
        SystemClock { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this adapter is where the time comes in")]
    fn now(&self) -> Now {
        Now { wall: Timestamp::now(), boot: boot_reading() }
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
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
            .map_err(|error| Error::failed("the system gives no random numbers").because(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_clock_never_goes_back() {
        let clock = SystemClock::new();
        let (first, second) = (clock.now(), clock.now());
        assert_eq!(first.boot.map(|boot| boot.boot_id), second.boot.map(|boot| boot.boot_id));
        assert!(first.boot.map(|boot| boot.millis) <= second.boot.map(|boot| boot.millis));
    }
}
