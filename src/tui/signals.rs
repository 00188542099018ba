//! The signals that end, suspend or resume the program, as one stream.

/// The number of SIGHUP, which ends what has lost its terminal.
pub(crate) const HANGUP: u8 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "there is neither suspending nor resuming elsewhere"))]
pub(crate) enum SignalEvent {
    /// End with exit code 128 + this number.
    Terminate(u8),
    /// Stop until continued.
    Suspend,
    /// The program was continued; another one has used the terminal.
    Resumed,
}

#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    stop: tokio::signal::unix::Signal,
    resume: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Catches the signals from now on.
    pub(crate) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kind = |signal: rustix::process::Signal| SignalKind::from_raw(signal.as_raw());
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            stop: signal(kind(rustix::process::Signal::TSTP))?,
            resume: signal(kind(rustix::process::Signal::CONT))?,
        })
    }

    pub(crate) async fn next(&mut self) -> SignalEvent {
        // What ends the program comes first: it may arrive together with what continues it.
        tokio::select! {
            biased;
            _ = self.hangup.recv() => SignalEvent::Terminate(1),
            _ = self.interrupt.recv() => SignalEvent::Terminate(2),
            _ = self.terminate.recv() => SignalEvent::Terminate(15),
            _ = self.stop.recv() => SignalEvent::Suspend,
            _ = self.resume.recv() => SignalEvent::Resumed,
        }
    }
}

/// Elsewhere there is Ctrl-C alone.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Signals)
    }

    pub(crate) async fn next(&mut self) -> SignalEvent {
        match tokio::signal::ctrl_c().await {
            Ok(()) => SignalEvent::Terminate(2),
            Err(_) => std::future::pending().await,
        }
    }
}
