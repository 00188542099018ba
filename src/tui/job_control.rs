//! Stopping the process so that the shell takes the terminal.

use rustix::process::{Signal, getppid, getsid, kill_current_process_group};

/// Whether a shell in the same session takes the terminal when the process stops.
pub(crate) fn has_shell() -> bool {
    let session = getsid(None).ok();
    let parent = getppid().and_then(|parent| getsid(Some(parent)).ok());
    session.is_some() && session == parent
}

/// Stops this job; returns once it is continued.
pub(crate) fn stop() {
    if let Err(error) = kill_current_process_group(Signal::STOP) {
        tracing::warn!(%error, "the program could not be stopped");
    }
}
