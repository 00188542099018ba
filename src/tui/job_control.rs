//! Job control: the terminal belongs to one process group at a time, and a shell decides to which.

use std::io::stdin;

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use rustix::process::{getpgrp, getppid, getsid, kill_current_process_group};
use rustix::termios::tcgetpgrp;

/// Whether a shell in the same session takes the terminal when the process stops.
pub(crate) fn has_shell() -> bool {
    let session = getsid(None).ok();
    let parent = getppid().and_then(|parent| getsid(Some(parent)).ok());
    session.is_some() && session == parent
}

/// Why this job stops, which the shell tells the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The person asked for it.
    Asked,
    /// It was continued in the background, where it can do nothing.
    NeedsTerminal,
}

/// Stops this job; returns once it is continued, or at once if the shell that would continue it is gone.
pub(crate) fn stop(why: Stop) {
    let signal = match why {
        Stop::Asked if has_shell() => rustix::process::Signal::STOP,
        Stop::Asked => return,
        // The kernel itself does not stop by this signal what no shell can continue.
        Stop::NeedsTerminal => rustix::process::Signal::TTOU,
    };
    if let Err(error) = kill_current_process_group(signal) {
        tracing::warn!(%error, "the program could not be stopped");
    }
}

/// Whether the terminal is this process group's to change.
pub(crate) fn is_in_foreground() -> bool {
    tcgetpgrp(stdin()).is_ok_and(|foreground| foreground == getpgrp())
}

/// Does something with the terminal without being stopped for it, which happens to a process in the background. If
/// the shell ends at that moment, nobody continues the process, and it stays for ever.
pub(crate) fn without_stopping<T>(act: impl FnOnce() -> T) -> T {
    let stops: SigSet = Signal::SIGTTOU.into();
    let previous = stops.thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let outcome = act();
    if let Err(error) = previous.and_then(|mask| mask.thread_set_mask()) {
        tracing::warn!(%error, "the signal mask could not be changed");
    }
    outcome
}
