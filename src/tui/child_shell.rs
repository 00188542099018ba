//! A shell that runs in place of the screen, until the person leaves it.

use std::io;
use std::process::{Child, Command};

use super::signals::{SignalEvent, Signals};

/// How a shell ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShellEnd {
    /// The person left it.
    Left,
    /// A signal of this number asks this program to end; the shell was told to hang up.
    #[cfg_attr(not(unix), expect(dead_code, reason = "Ctrl-C is the shell's, and there are no other signals"))]
    Signal(u8),
}

/// Runs a shell with the terminal, which must have been restored, until it ends.
///
/// # Errors
/// It cannot be started or waited for.
pub(crate) async fn run(command: Command, signals: &mut Signals) -> io::Result<ShellEnd> {
    platform::run(command, signals).await
}

/// The variables of the command are secrets, and are gone with it when this returns.
fn start(mut command: Command) -> io::Result<Child> {
    crate::hardening::with_callers_core_limit(|| command.spawn())
}

#[cfg(unix)]
mod platform {
    use std::io::{self, stdin};
    use std::process::Command;
    use std::time::Duration;

    use rustix::process::{
        Pid, Signal, WaitOptions, WaitStatus, getpgid, getpgrp, kill_process, kill_process_group, waitpid,
    };
    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr, tcsetpgrp};
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::{ShellEnd, SignalEvent, Signals, start};
    use crate::tui::foreground::wait_for_foreground;
    use crate::tui::job_control::{self, Stop, without_stopping};

    /// How often a shell is told to hang up, and how long it may take to end each time. One that ignores it is left alone.
    const HANGUPS: usize = 10;
    const HANGUP_TIMEOUT: Duration = Duration::from_millis(200);
    /// How long the signal of a key that has ended the shell may take to arrive here as well.
    const SIGNAL_OF_KEY: Duration = Duration::from_millis(20);
    const INTERRUPT: u8 = 2;

    pub(super) async fn run(command: Command, signals: &mut Signals) -> io::Result<ShellEnd> {
        let modes = tcgetattr(stdin()).ok();
        let child = start(command)?;
        let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return Ok(ShellEnd::Left) };
        let mut change = next_change(pid);
        loop {
            tokio::select! {
                biased;
                number = signal_to_end(signals) => {
                    end(pid, shells_group(), change).await;
                    take_terminal_back(modes.as_ref());
                    return Ok(ShellEnd::Signal(number));
                }
                status = &mut change => {
                    if !status.map_err(io::Error::other)??.is_some_and(WaitStatus::stopped) {
                        take_terminal_back(modes.as_ref());
                        return Ok(end_of_left_shell(signals).await);
                    }
                    if let Some(number) = suspend_with(pid, signals).await {
                        // Told to hang up, it would take the terminal from whoever has it now.
                        tell(kill_process(pid, Signal::KILL));
                        return Ok(ShellEnd::Signal(number));
                    }
                    change = next_change(pid);
                }
            }
        }
    }

    type Change = JoinHandle<io::Result<Option<WaitStatus>>>;

    /// The next time that the shell stops or ends.
    fn next_change(pid: Pid) -> Change {
        tokio::task::spawn_blocking(move || wait_blocking(pid))
    }

    fn wait_blocking(pid: Pid) -> io::Result<Option<WaitStatus>> {
        loop {
            match waitpid(Some(pid), WaitOptions::UNTRACED) {
                Ok(found) => return Ok(found.map(|(_, status)| status)),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The next signal that asks this program to end. Those of keys reach every process of the terminal's group, of which
    /// the shell may be one that takes care of them.
    async fn signal_to_end(signals: &mut Signals) -> u8 {
        loop {
            match signals.next().await {
                SignalEvent::Terminate(INTERRUPT) | SignalEvent::Suspend | SignalEvent::Resumed => {}
                SignalEvent::Terminate(number) => return number,
            }
        }
    }

    /// A key that ended the shell by its signal must not end or suspend the screen, so what arrives now is taken off.
    async fn end_of_left_shell(signals: &mut Signals) -> ShellEnd {
        match timeout(SIGNAL_OF_KEY, signal_to_end(signals)).await {
            Ok(number) => ShellEnd::Signal(number),
            Err(_) => ShellEnd::Left,
        }
    }

    /// The group that has the terminal: the shell's, or that of a program in it. None where it is our own.
    fn shells_group() -> Option<Pid> {
        tcgetpgrp(stdin()).ok().filter(|group| *group != getpgrp())
    }

    fn has_terminal(pid: Pid) -> bool {
        getpgid(Some(pid)).is_ok_and(|group| tcgetpgrp(stdin()) == Ok(group))
    }

    /// Tells the shell and what runs in it to hang up, as a terminal that closes does, until it ends. A shell may miss the
    /// signal that arrives just before it waits for a key.
    async fn end(pid: Pid, group: Option<Pid>, mut change: Change) {
        for _ in 0..HANGUPS {
            hang_up(pid, group);
            while let Ok(status) = timeout(HANGUP_TIMEOUT, &mut change).await {
                if !matches!(status, Ok(Ok(Some(status))) if status.stopped()) {
                    return;
                }
                change = next_change(pid);
            }
        }
        tracing::warn!("the shell did not hang up");
    }

    /// What is stopped acts on the signal once it is continued.
    fn hang_up(pid: Pid, group: Option<Pid>) {
        for signal in [Signal::HUP, Signal::CONT] {
            tell(kill_process(pid, signal));
            if let Some(group) = group {
                tell(kill_process_group(group, signal));
            }
        }
    }

    /// A shell with jobs of its own had the terminal, and not each gives it back; one that was killed leaves its modes.
    fn take_terminal_back(modes: Option<&Termios>) {
        without_stopping(|| {
            tell(tcsetpgrp(stdin(), getpgrp()));
            if let Some(modes) = modes {
                tell(tcsetattr(stdin(), OptionalActions::Now, modes));
            }
        });
    }

    /// The shell was suspended, so this program is too: the person is back where both were started from. Continued with the
    /// terminal, it gives that to the shell again. Returns the signal's number where it is to end instead; then the terminal
    /// belongs to somebody else.
    async fn suspend_with(pid: Pid, signals: &mut Signals) -> Option<u8> {
        let group = shells_group();
        tell(without_stopping(|| tcsetpgrp(stdin(), getpgrp())));
        job_control::stop(Stop::Asked);
        // A shell that suspended this program's group with itself may go on first, and has taken the terminal.
        let is_ours = || job_control::is_in_foreground() || has_terminal(pid);
        if let Some(number) = wait_for_foreground(signals, is_ours).await {
            return Some(number);
        }
        match group {
            Some(group) => {
                tell(without_stopping(|| tcsetpgrp(stdin(), group)));
                tell(kill_process_group(group, Signal::CONT));
                if getpgid(Some(pid)) != Ok(group) {
                    tell(kill_process(pid, Signal::CONT));
                }
            }
            // In our own group it was continued together with us, and may be suspended again already.
            None if job_control::has_shell() => {}
            None => tell(kill_process(pid, Signal::CONT)),
        }
        None
    }

    fn tell(outcome: rustix::io::Result<()>) {
        if let Err(error) = outcome {
            tracing::debug!(%error, "the shell or the terminal may be gone already");
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use std::io;
    use std::process::Command;

    use super::{ShellEnd, SignalEvent, Signals, start};

    pub(super) async fn run(command: Command, signals: &mut Signals) -> io::Result<ShellEnd> {
        let mut child = start(command)?;
        let mut waiting = tokio::task::spawn_blocking(move || child.wait());
        loop {
            tokio::select! {
                ended = &mut waiting => return ended.map_err(io::Error::other)?.map(|_| ShellEnd::Left),
                signal = signals.next() => match signal {
                    // Ctrl-C reaches the shell as well, which takes care of it.
                    SignalEvent::Terminate(_) | SignalEvent::Suspend | SignalEvent::Resumed => {}
                },
            }
        }
    }
}
