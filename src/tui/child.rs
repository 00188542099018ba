//! A shell or another program that has the terminal in place of this one, until it ends or its time is over.

use std::io;
use std::process::Command;

use super::signals::{SignalEvent, Signals};
use crate::ports::ChildKind;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildEnd {
    /// Of itself, with this exit code; 128 + its number where a signal ended it.
    Left(u8),
    /// A signal of this number asks this program to end; the shell was told to hang up.
    Signal(u8),
    /// Its time was over, so it was ended.
    Over,
}

/// Runs a program in place of a command, until it ends or `over` does. No other part of this process may handle signals.
///
/// # Errors
/// It cannot be started or waited for, or signals cannot be caught.
pub async fn run_child(kind: ChildKind, command: Command, over: impl Future<Output = ()>) -> io::Result<ChildEnd> {
    run(kind, command, &mut Signals::new()?, over).await
}

/// Runs a program with the terminal, which must have been restored, until it ends or `over` does.
///
/// # Errors
/// It cannot be started or waited for.
pub(crate) async fn run(
    kind: ChildKind,
    command: Command,
    signals: &mut Signals,
    over: impl Future<Output = ()>,
) -> io::Result<ChildEnd> {
    platform::run(kind, command, signals, std::pin::pin!(over)).await
}

#[cfg(unix)]
mod platform {
    use std::io::{self, stdin};
    use std::pin::Pin;
    use std::process::{Child, Command};
    use std::time::Duration;

    use rustix::process::{
        Pid, Signal, WaitOptions, WaitStatus, getpgid, getpgrp, kill_process, kill_process_group,
        test_kill_process_group, waitpid,
    };
    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr, tcsetpgrp};
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::{ChildEnd, SignalEvent, Signals};
    use crate::hardening::with_callers_core_limit;
    use crate::ports::ChildKind;
    use crate::tui::foreground::wait_for_foreground;
    use crate::tui::job_control::{self, Stop, without_stopping};
    use crate::tui::signals::HANGUP;

    /// How often a shell is told to hang up, and how long it may take to end each time. It may miss the signal that arrives
    /// just before it waits for a key.
    const HANGUPS: usize = 10;
    const HANGUP_TIMEOUT: Duration = Duration::from_millis(200);
    /// How long a program that was told to terminate may take. It is told once: many take a second signal as a reason to
    /// leave things half done.
    const TERMINATION_TIMEOUT: Duration = Duration::from_secs(10);
    /// How long the signal of a key that has ended the shell may take to arrive here as well.
    const SIGNAL_OF_KEY: Duration = Duration::from_millis(20);
    const INTERRUPT: u8 = 2;

    pub(super) async fn run(
        kind: ChildKind,
        command: Command,
        signals: &mut Signals,
        mut over: Pin<&mut impl Future<Output = ()>>,
    ) -> io::Result<ChildEnd> {
        let terminal = OursBefore::now();
        let child = start(command)?;
        let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return Ok(ChildEnd::Left(0)) };
        let mut change = next_change(pid);
        loop {
            tokio::select! {
                biased;
                number = signal_to_end(signals) => match kind {
                    ChildKind::Shell => {
                        if asked_to_end(kind, pid, terminal.group_of(kind, pid), change).await.is_some() {
                            tracing::warn!("the shell did not hang up");
                        }
                        terminal.take_back(kind);
                        return Ok(ChildEnd::Signal(number));
                    }
                    ChildKind::Program => pass_on(pid, number),
                },
                () = &mut over => {
                    let group = terminal.group_of(kind, pid);
                    if let Some(change) = asked_to_end(kind, pid, group, change).await {
                        kill(pid, group, change).await;
                    }
                    terminal.take_back(kind);
                    return Ok(ChildEnd::Over);
                }
                status = &mut change => {
                    let status = status.map_err(io::Error::other)??;
                    if !status.is_some_and(WaitStatus::stopped) {
                        terminal.take_back(kind);
                        return Ok(match kind {
                            ChildKind::Shell => end_of_left_shell(signals, exit_code(status)).await,
                            ChildKind::Program => ChildEnd::Left(exit_code(status)),
                        });
                    }
                    match kind {
                        ChildKind::Shell => {
                            if let Some(number) = suspend_with(pid, signals).await {
                                // Told to hang up, it would take the terminal from whoever has it now.
                                tell(kill_process(pid, Signal::KILL));
                                return Ok(ChildEnd::Signal(number));
                            }
                        }
                        // One job: it stops with the program, and goes on with it in the foreground or the background.
                        ChildKind::Program if job_control::has_shell() => {
                            job_control::stop(Stop::Asked);
                            tell(kill_process(pid, Signal::CONT));
                        }
                        // Whoever stopped it continues it.
                        ChildKind::Program => {}
                    }
                    change = next_change(pid);
                }
            }
        }
    }

    /// The variables of the command are secrets, and are gone with it when this returns.
    fn start(mut command: Command) -> io::Result<Child> {
        with_callers_core_limit(|| command.spawn())
    }

    /// As a shell tells it.
    fn exit_code(status: Option<WaitStatus>) -> u8 {
        let code =
            status.and_then(|status| status.exit_status().or(status.terminating_signal().map(|number| 128 + number)));
        code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
    }

    fn pass_on(pid: Pid, number: u8) {
        let signal = if number == HANGUP { Signal::HUP } else { Signal::TERM };
        tell(kill_process(pid, signal));
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
    async fn end_of_left_shell(signals: &mut Signals, code: u8) -> ChildEnd {
        match timeout(SIGNAL_OF_KEY, signal_to_end(signals)).await {
            Ok(number) => ChildEnd::Signal(number),
            Err(_) => ChildEnd::Left(code),
        }
    }

    /// What of the terminal was this program's before the child had it.
    struct OursBefore {
        /// Whether it was in the foreground. If not, the group that has the terminal is somebody else's.
        was_in_foreground: bool,
        modes: Option<Termios>,
    }

    impl OursBefore {
        fn now() -> Self {
            OursBefore { was_in_foreground: job_control::is_in_foreground(), modes: tcgetattr(stdin()).ok() }
        }

        /// The group of the child, or of a program in the shell that has the terminal. None where it is our own.
        fn group_of(&self, kind: ChildKind, pid: Pid) -> Option<Pid> {
            match kind {
                ChildKind::Shell if self.was_in_foreground => foreground_group(),
                _ => getpgid(Some(pid)).ok().filter(|group| *group != getpgrp()),
            }
        }

        /// A shell with jobs of its own had the terminal, and not each gives it back; one that was killed leaves its modes.
        /// A program that ended in the background has left the terminal to whoever has it.
        fn take_back(&self, kind: ChildKind) {
            let is_left = || foreground_group().is_some_and(|group| test_kill_process_group(group).is_err());
            if !self.was_in_foreground || (kind == ChildKind::Program && !is_left()) {
                return;
            }
            without_stopping(|| {
                tell(tcsetpgrp(stdin(), getpgrp()));
                if let Some(modes) = &self.modes {
                    tell(tcsetattr(stdin(), OptionalActions::Now, modes));
                }
            });
        }
    }

    /// The group that has the terminal, where it is not our own.
    fn foreground_group() -> Option<Pid> {
        tcgetpgrp(stdin()).ok().filter(|group| *group != getpgrp())
    }

    fn has_terminal(pid: Pid) -> bool {
        getpgid(Some(pid)).is_ok_and(|group| tcgetpgrp(stdin()) == Ok(group))
    }

    /// Tells the child and what runs in it to end: a shell as a terminal that closes does, until it ends. Returns what there
    /// is to wait for where it does not.
    async fn asked_to_end(kind: ChildKind, pid: Pid, group: Option<Pid>, mut change: Change) -> Option<Change> {
        let (signal, times, patience) = match kind {
            ChildKind::Shell => (Signal::HUP, HANGUPS, HANGUP_TIMEOUT),
            ChildKind::Program => (Signal::TERM, 1, TERMINATION_TIMEOUT),
        };
        for _ in 0..times {
            // What is stopped acts on the signal once it is continued.
            send(pid, group, signal);
            send(pid, group, Signal::CONT);
            while let Ok(status) = timeout(patience, &mut change).await {
                if !matches!(status, Ok(Ok(Some(status))) if status.stopped()) {
                    return None;
                }
                change = next_change(pid);
            }
        }
        Some(change)
    }

    /// Ends the child whatever it wants.
    async fn kill(pid: Pid, group: Option<Pid>, change: Change) {
        send(pid, group, Signal::KILL);
        if let Ok(Err(error)) = change.await {
            tracing::warn!(%error, "the program that was killed cannot be waited for");
        }
    }

    fn send(pid: Pid, group: Option<Pid>, signal: Signal) {
        tell(kill_process(pid, signal));
        if let Some(group) = group {
            tell(kill_process_group(group, signal));
        }
    }

    /// The shell was suspended, so this program is too: the person is back where both were started from. Continued with the
    /// terminal, it gives that to the shell again. Returns the signal's number where it is to end instead; then the terminal
    /// belongs to somebody else.
    async fn suspend_with(pid: Pid, signals: &mut Signals) -> Option<u8> {
        let group = foreground_group();
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
            tracing::debug!(%error, "the program or the terminal may be gone already");
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use std::io;
    use std::pin::Pin;
    use std::process::Command;

    use super::{ChildEnd, SignalEvent, Signals};
    use crate::hardening::with_callers_core_limit;
    use crate::ports::ChildKind;

    pub(super) async fn run(
        _: ChildKind,
        command: Command,
        signals: &mut Signals,
        mut over: Pin<&mut impl Future<Output = ()>>,
    ) -> io::Result<ChildEnd> {
        let mut command = tokio::process::Command::from(command);
        let mut child = with_callers_core_limit(|| command.spawn())?;
        drop(command);
        loop {
            tokio::select! {
                status = child.wait() => {
                    let code = status?.code().and_then(|code| u8::try_from(code).ok());
                    return Ok(ChildEnd::Left(code.unwrap_or(1)));
                }
                () = &mut over => {
                    child.kill().await?;
                    return Ok(ChildEnd::Over);
                }
                signal = signals.next() => match signal {
                    // Ctrl-C reaches the child as well, which takes care of it.
                    SignalEvent::Terminate(_) | SignalEvent::Suspend | SignalEvent::Resumed => {}
                },
            }
        }
    }
}
