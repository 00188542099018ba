//! The end of the process waits for a write to the keyring: what is written there is whole or was never begun.
//!
//! Until the first write a signal ends the process at once, as the system has it. From then on a thread takes the
//! signals, waits for the write that is going on, and lets the signal end the process after all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// Longer than a write may take at a keyring that asks nobody.
const LONGEST_WRITE: Duration = Duration::from_secs(4);

/// The writes of this process.
static WRITES: Writes = Writes::new();
/// Whether signals are ours to handle once there are writes.
static HANDLES_SIGNALS: AtomicBool = AtomicBool::new(false);

/// What is done before a signal ends this process.
static BEFORE_THE_END: OnceLock<fn()> = OnceLock::new();

#[cfg(unix)]
static WATCHED: std::sync::Once = std::sync::Once::new();

/// From the first write to the keyring on, SIGINT, SIGTERM and SIGHUP end this process when no write is going on. For
/// commands: the terminal UI takes these signals itself.
pub fn finish_writes_on_signals() {
    HANDLES_SIGNALS.store(true, Ordering::Relaxed);
}

/// From now on, another part of this process handles signals.
pub fn leave_signals() {
    HANDLES_SIGNALS.store(false, Ordering::Relaxed);
}

/// From now on, SIGINT, SIGTERM and SIGHUP end this process after `act` was done: it gives a terminal back, which must not
/// stay as this program uses it.
pub fn before_a_signal_ends(act: fn()) {
    // A command uses the terminal in one such way; a second call says the same.
    let _ = BEFORE_THE_END.set(act);
    #[cfg(unix)]
    WATCHED.call_once(signals::watch);
}

/// Where a file size limit is set, a write beyond it fails from now on instead of ending this process. A program that this
/// process starts or becomes has the signal as our caller had it.
pub fn outlive_the_file_size_limit() {
    #[cfg(unix)]
    signals::catch_file_size_limit();
}

/// Waits for the writes that are going on. No other begins after this, and nobody goes on from one.
pub fn finish_writes() {
    WRITES.close(LONGEST_WRITE);
}

/// Runs `write`, which the end of this process waits for.
pub fn write_to_the_end<T>(write: impl FnOnce() -> T) -> T {
    #[cfg(unix)]
    if HANDLES_SIGNALS.load(Ordering::Relaxed) {
        WATCHED.call_once(signals::watch);
    }
    WRITES.run(write)
}

/// Writes that are going on, and whether others may begin.
struct Writes {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    going_on: usize,
    closed: bool,
}

impl Writes {
    const fn new() -> Self {
        Writes { state: Mutex::new(State { going_on: 0, closed: false }), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of the state is a single assignment, so a panic elsewhere cannot have left it half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<T>(&self, write: impl FnOnce() -> T) -> T {
        self.stay_while_closed(self.state()).going_on += 1;
        let going_on = GoingOn(self);
        let outcome = write();
        drop(going_on);
        // Whoever went on from here could report a success or a failure before the process has ended as it should.
        drop(self.stay_while_closed(self.state()));
        outcome
    }

    /// Stays until the process has ended; one that does not end is no reason to stay for ever.
    fn stay_while_closed<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout_while(state, 2 * LONGEST_WRITE, |state| state.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Lets no write begin any more, and waits up to `within` for those that are going on.
    fn close(&self, within: Duration) {
        let mut state = self.state();
        state.closed = true;
        drop(self.changed.wait_timeout_while(state, within, |state| state.going_on > 0));
    }
}

/// A write that is going on.
struct GoingOn<'a>(&'a Writes);

impl Drop for GoingOn<'_> {
    fn drop(&mut self) {
        self.0.state().going_on -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(unix)]
mod signals {
    //! The thread that takes the signals.

    use std::sync::atomic::Ordering;
    use std::sync::{Arc, mpsc};
    use std::thread;

    use rustix::process::{Resource, Signal, getrlimit};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    /// Takes the signals from now on. Where the system refuses that, they go on ending the process at once.
    pub fn watch() {
        let (ready, taken) = mpsc::sync_channel(1);
        let watcher = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let signals = Signals::new(ending());
            // The write waits for this and begins when the signals are taken.
            let _ = ready.send(());
            let is_ours = |_: &i32| super::HANDLES_SIGNALS.load(Ordering::Relaxed);
            if let Some(number) = signals.ok().and_then(|mut signals| signals.forever().find(is_ours)) {
                if let Some(act) = super::BEFORE_THE_END.get() {
                    act();
                }
                super::finish_writes();
                // It ends this process; whoever started it sees by which signal.
                let _ = emulate_default_handler(number);
            }
        });
        match watcher {
            Ok(_) => drop(taken.recv()),
            Err(error) => tracing::warn!(%error, "a signal ends this process even during a write"),
        }
    }

    /// Catches the signal instead of ignoring it, because what is caught is back at its default in another program.
    pub fn catch_file_size_limit() {
        // Without a limit it does not come, and reading what is ignored takes a tenth of this program's start.
        if getrlimit(Resource::Fsize).current.is_none() {
            return;
        }
        let number = Signal::XFSZ.as_raw();
        if ignored_mask() & (1 << (number - 1)) == 0 {
            // Where the system refuses, such a write goes on ending this process.
            let _ = signal_hook::flag::register(number, Arc::default());
        }
    }

    /// The signals that end this process: one that it was started to ignore, as by `nohup`, stays ignored, and is
    /// ignored by a program that it becomes.
    fn ending() -> impl Iterator<Item = i32> {
        let ignored = ignored_mask();
        let numbers = [Signal::INT, Signal::TERM, Signal::HUP].map(Signal::as_raw);
        numbers.into_iter().filter(move |number| ignored & (1 << (number - 1)) == 0)
    }

    /// The signals that are ignored, one bit each, where the system tells.
    #[cfg(target_os = "linux")]
    fn ignored_mask() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }

    #[cfg(not(target_os = "linux"))]
    fn ignored_mask() -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn the_end_waits_for_the_write_that_is_going_on_and_nobody_goes_on_from_it() {
        static WRITES: Writes = Writes::new();
        let (release, released) = mpsc::channel();
        let (went_on, listens) = mpsc::channel();
        std::thread::spawn(move || {
            WRITES.run(|| released.recv().unwrap());
            went_on.send("from the first").unwrap();
        });
        while WRITES.state().going_on == 0 {
            std::thread::yield_now();
        }
        let end = std::thread::spawn(|| WRITES.close(LONG));
        while !WRITES.state().closed {
            std::thread::yield_now();
        }
        assert!(!end.is_finished());
        release.send(()).unwrap();
        end.join().unwrap();
        assert_eq!(WRITES.state().going_on, 0);
        assert!(listens.try_recv().is_err());
    }

    #[test]
    fn a_write_that_does_not_end_is_not_waited_for_any_longer_than_said() {
        let writes = Writes::new();
        writes.state().going_on = 1;
        writes.close(Duration::from_millis(1));
        assert!(writes.state().closed);
    }
}
