//! What is typed, pasted, clicked or resized, read on a thread of its own that can be stopped: another program may read
//! the terminal meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crossterm::event::Event;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::terminal::unusable;
use crate::error::Result;

/// How long the thread may take to stop. Within a paste it does not, because crossterm reads on to the paste's end; nor where
/// the terminal has gone, because crossterm reads its end over and over.
const STOP_TIMEOUT: Duration = Duration::from_millis(500);

pub(crate) struct TerminalEvents {
    events: UnboundedReceiver<Event>,
    phase: Arc<Phase>,
}

/// What the thread does: it reads, is to stop, or has stopped.
#[derive(Debug, Default)]
struct Phase(AtomicU8);

impl Phase {
    const READS: u8 = 0;
    const IS_TO_STOP: u8 = 1;
    const HAS_STOPPED: u8 = 2;

    fn change(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Asks the thread to stop.
    fn stop(&self) {
        self.change(Self::READS, Self::IS_TO_STOP);
    }

    /// Lets the thread read on after all; returns whether it had not stopped yet.
    fn read_on(&self) -> bool {
        self.change(Self::IS_TO_STOP, Self::READS)
    }

    /// For the thread: whether it stops now.
    fn stops_now(&self) -> bool {
        self.change(Self::IS_TO_STOP, Self::HAS_STOPPED)
    }
}

impl TerminalEvents {
    /// Reads from now on.
    pub(crate) fn start() -> Result<Self> {
        let (sender, events) = unbounded_channel();
        let phase = Arc::new(Phase::default());
        let of_thread = Arc::clone(&phase);
        let read = move || read(&sender, &of_thread);
        std::thread::Builder::new().name("terminal".to_owned()).spawn(read).map_err(unusable)?;
        Ok(TerminalEvents { events, phase })
    }

    /// The next event; none once the terminal is gone.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// An event that has arrived already.
    pub(crate) fn try_next(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Stops reading; what arrived and was not handled is dropped. Gives `self` back where the thread reads on: within a paste,
    /// whose rest nobody else must get.
    pub(crate) async fn stop(mut self) -> Option<Self> {
        self.phase.stop();
        wake_reader();
        let until_ended = async { while self.events.recv().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, until_ended).await.is_err() && self.phase.read_on() {
            return Some(self);
        }
        None
    }
}

#[cfg(unix)]
fn read(sender: &UnboundedSender<Event>, phase: &Phase) {
    while let Ok(event) = crossterm::event::read() {
        if phase.stops_now() {
            return drop_what_was_read();
        }
        if sender.send(event).is_err() {
            return;
        }
    }
}

/// What crossterm has read together with the last event, it would give to the next reader.
#[cfg(unix)]
fn drop_what_was_read() {
    while let Ok(true) = crossterm::event::poll(Duration::ZERO) {
        if crossterm::event::read().is_err() {
            return;
        }
    }
}

/// The reader waits for a change of the terminal's size too, and this signal announces one.
#[cfg(unix)]
fn wake_reader() {
    if let Err(error) = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::WINCH) {
        tracing::warn!(%error, "the terminal's reader could not be woken");
    }
}

/// Nothing wakes the reader here, so it looks up by itself.
#[cfg(not(unix))]
fn read(sender: &UnboundedSender<Event>, phase: &Phase) {
    const LOOK_UP: Duration = Duration::from_millis(100);
    while !phase.stops_now() {
        match crossterm::event::poll(LOOK_UP) {
            Ok(false) => continue,
            Ok(true) => {}
            Err(_) => return,
        }
        let Ok(event) = crossterm::event::read() else { return };
        if sender.send(event).is_err() {
            return;
        }
    }
}

#[cfg(not(unix))]
fn wake_reader() {}
