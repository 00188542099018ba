//! Waiting for the terminal after this program was continued: the shell below may have continued it in the background.

use std::time::Duration;

use super::job_control::{self, Stop};
use super::signals::{HANGUP, SignalEvent, Signals};
use super::terminal;

/// How long a signal to end may take to arrive after the process was continued in the background.
const SIGNAL_TO_END: Duration = Duration::from_millis(100);

/// Waits until this program has the terminal, which `is_ours` tells, and stops again where it has not. A signal to end may
/// come instead, together with the one to continue; then it returns that signal's number.
pub(crate) async fn wait_for_foreground(signals: &mut Signals, is_ours: impl Fn() -> bool) -> Option<u8> {
    while !is_ours() {
        match tokio::time::timeout(SIGNAL_TO_END, signals.next()).await {
            Ok(SignalEvent::Terminate(number)) => return Some(number),
            Ok(SignalEvent::Suspend | SignalEvent::Resumed) => {}
            // A command of the shell that went on first may have had it for a moment.
            Err(_) if is_ours() => {}
            Err(_) if job_control::has_shell() && !terminal::is_gone() => job_control::stop(Stop::NeedsTerminal),
            Err(_) => return Some(HANGUP),
        }
    }
    None
}
