//! The event loop: handles input, signals and messages of tasks, and draws when all that waited is handled.

use std::sync::Arc;
#[cfg(unix)]
use std::time::Duration;

use crossterm::event::Event;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::LocalSet;

use super::actions;
use super::effect::{Effect, Effects};
use super::executor::Executor;
use super::input::InputDecoder;
#[cfg(unix)]
use super::job_control::{self, Stop};
use super::message::Message;
use super::model::Model;
use super::options::Options;
use super::osc52::Osc52Clipboard;
use super::screens::roles;
use super::signals::{SignalEvent, Signals};
use super::terminal::{self, Display, unusable};
use super::update::update;
use super::{redraw, startup, view};
use crate::error::{Error, Result};
use crate::flows::elevation::settle;
use crate::ports::{Clipboard, Ports};

/// The most messages and events that are handled before a frame is drawn.
const BATCH: usize = 512;

/// How long a signal to end may take to arrive after the process was continued in the background.
#[cfg(unix)]
const SIGNAL_TO_END: Duration = Duration::from_millis(100);

/// How the UI ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The person quit.
    Quit,
    /// A signal of this number ended it.
    Signal(u8),
}

impl Exit {
    /// The process exit code: 0, or 128 + the signal.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Quit => 0,
            Exit::Signal(number) => 128 + number,
        }
    }
}

/// Runs the UI until the person quits or a signal ends it, and restores the terminal.
///
/// # Errors
/// `Usage` where there is no terminal, `Failed` where it cannot be used.
pub fn run(options: Options) -> Result<Exit> {
    let display = Display::enter(options.display.mouse)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| Error::System { action: "start the async runtime", source })?;
    let ports = options.ports.clone();
    let exit = LocalSet::new().block_on(&runtime, async {
        // What an earlier run left open in the audit log: beside the first frame, and no reason to stay.
        let settling = ports.clone();
        drop(tokio::task::spawn_local(async move {
            settling
                .blocking(|ports| {
                    settle(ports);
                    Ok(())
                })
                .await
        }));
        let exit = EventLoop::new(options, display).run().await;
        ports.finish_tasks().await;
        exit
    });
    // Does not wait for tasks: a keyring call that hangs must not delay the exit.
    runtime.shutdown_background();
    exit
}

struct EventLoop {
    ports: Ports,
    display: Display,
    model: Model,
    executor: Executor,
    messages: UnboundedReceiver<Message>,
    input: InputDecoder,
    /// Whether the terminal has to be regained before anything is drawn.
    is_suspended: bool,
}

impl EventLoop {
    fn new(options: Options, display: Display) -> Self {
        let (sender, messages) = unbounded_channel();
        let clipboard: Arc<dyn Clipboard> =
            if options.display.osc52 { Arc::new(Osc52Clipboard) } else { Arc::clone(&options.clipboard) };
        let ports = options.ports.clone();
        let executor = Executor::new(ports.clone(), Arc::clone(&options.policy), clipboard, sender);
        let model = startup::initial_model(options, display.size());
        EventLoop { ports, display, model, executor, messages, input: InputDecoder::default(), is_suspended: false }
    }

    async fn run(mut self) -> Result<Exit> {
        match self.run_until_exit().await {
            // Drawing may fail before SIGHUP arrives.
            Err(_) if terminal::is_gone() => Ok(HANGUP),
            exit => exit,
        }
    }

    async fn run_until_exit(&mut self) -> Result<Exit> {
        let mut signals = Signals::new().map_err(|source| Error::System { action: "catch signals", source })?;
        self.draw()?;
        let mut events = terminal_events()?;
        let effects = actions::session::open_current(&mut self.model);
        self.carry_out(effects)?;
        loop {
            if self.is_suspended
                && let Some(exit) = self.regain_terminal(&mut signals).await?
            {
                return Ok(exit);
            }
            self.draw()?;
            let redraw = redraw::interval(&self.model, self.ports.clock.now());
            tokio::select! {
                biased;
                signal = signals.next() => match signal {
                    SignalEvent::Terminate(number) => return Ok(Exit::Signal(number)),
                    SignalEvent::Suspend => self.suspend(),
                    SignalEvent::Resumed => self.is_suspended = true,
                },
                event = events.recv() => match event {
                    Some(event) => self.on_event(event)?,
                    None => return Ok(HANGUP),
                },
                Some(message) = self.messages.recv() => self.on_message(message)?,
                () = tokio::time::sleep(redraw) => {
                    if terminal::is_gone() {
                        return Ok(HANGUP);
                    }
                    self.on_message(Message::Tick)?;
                }
            }
            self.on_everything_waiting(&mut events)?;
            if self.model.should_quit {
                return Ok(Exit::Quit);
            }
        }
    }

    /// Handles what has arrived in the meantime, so that many events cost one frame.
    fn on_everything_waiting(&mut self, events: &mut UnboundedReceiver<Event>) -> Result<()> {
        for _ in 0..BATCH {
            if self.model.should_quit {
                return Ok(());
            }
            if let Ok(message) = self.messages.try_recv() {
                self.on_message(message)?;
            } else if let Ok(event) = events.try_recv() {
                self.on_event(event)?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    fn on_event(&mut self, event: Event) -> Result<()> {
        match self.input.decode(event, self.ports.clock.elapsed()) {
            Some(message) => self.on_message(message),
            None => Ok(()),
        }
    }

    fn on_message(&mut self, message: Message) -> Result<()> {
        let effects = update(&mut self.model, self.ports.clock.now(), message);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Effects) -> Result<()> {
        for effect in effects {
            match effect {
                Effect::Spawn(id, task) => self.executor.spawn(id, task),
                Effect::Cancel(id) => self.executor.cancel(id),
                Effect::Suspend => self.suspend(),
            }
        }
        Ok(())
    }

    /// Gives the terminal back and stops the process, unless there is no shell that would take it and continue the
    /// process later.
    fn suspend(&mut self) {
        #[cfg(unix)]
        if job_control::has_shell() {
            terminal::restore();
            self.is_suspended = true;
            return job_control::stop(Stop::Asked);
        }
        self.model.show_toast("No shell waits below; nothing to go back to");
    }

    /// Enters the terminal again once the shell has given it to this process. A signal to end may come instead, together
    /// with the one to continue.
    #[cfg(unix)]
    async fn regain_terminal(&mut self, signals: &mut Signals) -> Result<Option<Exit>> {
        while !job_control::is_in_foreground() {
            match tokio::time::timeout(SIGNAL_TO_END, signals.next()).await {
                Ok(SignalEvent::Terminate(number)) => return Ok(Some(Exit::Signal(number))),
                Ok(SignalEvent::Suspend | SignalEvent::Resumed) => {}
                Err(_) if job_control::has_shell() && !terminal::is_gone() => job_control::stop(Stop::NeedsTerminal),
                Err(_) => return Ok(Some(HANGUP)),
            }
        }
        self.is_suspended = false;
        // The shell may take the terminal away again while it ends.
        job_control::without_stopping(|| self.display.reenter())?;
        Ok(None)
    }

    #[cfg(not(unix))]
    async fn regain_terminal(&mut self, _: &mut Signals) -> Result<Option<Exit>> {
        self.is_suspended = false;
        self.display.reenter()?;
        Ok(None)
    }

    fn draw(&mut self) -> Result<()> {
        self.model.now = self.ports.clock.now();
        self.model.size = self.display.size();
        roles::update::sync_list(&mut self.model);
        self.display.draw(|frame| view::draw(frame, &self.model))
    }
}

/// The exit when the terminal is gone: as by SIGHUP.
const HANGUP: Exit = Exit::Signal(1);

/// What is typed, pasted, clicked or resized, read on a thread of its own: where the terminal has gone, crossterm reads
/// its end over and over and never returns.
fn terminal_events() -> Result<UnboundedReceiver<Event>> {
    let (sender, events) = unbounded_channel();
    let read = move || {
        while let Ok(event) = crossterm::event::read() {
            if sender.send(event).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("terminal".to_owned()).spawn(read).map_err(unusable)?;
    Ok(events)
}
