//! The event loop: handles input, signals and messages of tasks, and draws when all that waited is handled.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::LocalSet;

use super::actions;
use super::child::{self, ChildEnd};
use super::effect::{Effect, Effects};
use super::executor::{Executor, ReadyShell};
#[cfg(unix)]
use super::foreground::wait_for_foreground;
use super::input::InputDecoder;
#[cfg(unix)]
use super::job_control::{self, Stop};
use super::message::{Message, ShellEnd};
use super::model::Model;
use super::options::Options;
use super::screens::roles;
use super::signals::{self, SignalEvent, Signals};
use super::terminal::{self, Display, unusable};
use super::terminal_events::TerminalEvents;
use super::update::update;
use super::{notify, redraw, startup, verbatim, view};
use crate::domain::live;
use crate::error::{Error, Result};
use crate::flows::elevation::settle;
use crate::ports::{ChildKind, Ports};
use crate::runtime;

/// The most messages and events that are handled before a frame is drawn.
const BATCH: usize = 512;

/// How long nothing may arrive from the terminal before a shell gets it, and how often that is waited for.
const SILENCE: Duration = Duration::from_millis(100);
const MOST_WAITS: usize = 20;

/// How the UI ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The person quit.
    Quit,
    /// A signal of this number ended it.
    Signal(u8),
}

impl Exit {
    /// The exit when the terminal is gone: as by SIGHUP.
    const HANGUP: Exit = Exit::Signal(signals::HANGUP);

    /// The process exit code: 0, or 128 + the signal.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Quit => 0,
            Exit::Signal(number) => 128 + number,
        }
    }
}

/// How the UI ended, and what it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// How it ended.
    pub exit: Exit,
    /// What is elevated and until when, on one line; nothing where nothing is.
    pub live: Option<String>,
}

/// Runs the UI until the person quits or a signal ends it, and restores the terminal.
///
/// # Errors
/// `Usage` where there is no terminal, `Failed` where it cannot be used.
pub fn run(options: Options) -> Result<Left> {
    let tasks = options.ports.tasks.clone();
    runtime::run(&tasks, async { LocalSet::new().run_until(run_on_terminal(options)).await })
}

async fn run_on_terminal(options: Options) -> Result<Left> {
    // Before the terminal is entered: a signal that is not caught would end the process without restoring it.
    let signals = Signals::new().map_err(|source| Error::System { action: "catch signals", source })?;
    let display = Display::enter(&options.display)?;
    settle_earlier_runs(options.ports.clone());
    EventLoop::new(options, display, signals).run().await
}

/// Closes what an earlier run left open in the audit log, beside the first frame. A failure is no reason to stay.
fn settle_earlier_runs(ports: Ports) {
    let settling = async move {
        ports
            .blocking(|ports| {
                settle(ports);
                Ok(())
            })
            .await
    };
    drop(tokio::task::spawn_local(settling));
}

struct EventLoop {
    ports: Ports,
    display: Display,
    signals: Signals,
    model: Model,
    executor: Executor,
    messages: UnboundedReceiver<Message>,
    shells: UnboundedReceiver<ReadyShell>,
    input: InputDecoder,
    /// Whether the terminal has to be regained before anything is drawn.
    is_suspended: bool,
}

impl EventLoop {
    fn new(options: Options, display: Display, signals: Signals) -> Self {
        let (sender, messages) = unbounded_channel();
        let ports = options.ports.clone();
        let input = InputDecoder::new(options.display.asks_background.then(|| ports.clock.elapsed()));
        let clipboard = Arc::clone(&options.clipboard);
        let (shell_sender, shells) = unbounded_channel();
        let (read_policy, user_shell) = (Arc::clone(&options.read_policy), Arc::clone(&options.user_shell));
        let replicas = options.replicas.clone();
        let executor = Executor::new(ports.clone(), replicas, read_policy, clipboard, user_shell, sender, shell_sender);
        let model = startup::initial_model(options, display.size());
        EventLoop { ports, display, signals, model, executor, messages, shells, input, is_suspended: false }
    }

    async fn run(mut self) -> Result<Left> {
        let exit = match self.run_until_exit().await {
            // Drawing may fail before SIGHUP arrives.
            Err(_) if terminal::is_gone() => Exit::HANGUP,
            exit => exit?,
        };
        let (now, zone) = (self.ports.clock.now(), &self.model.settings.zone);
        let live = self.model.elevations.as_ref().and_then(|list| live::in_short(list, now, zone));
        Ok(Left { exit, live })
    }

    async fn run_until_exit(&mut self) -> Result<Exit> {
        self.draw()?;
        let mut events = TerminalEvents::start()?;
        self.executor.watch_index();
        let effects = actions::session::open(&mut self.model);
        self.carry_out(effects)?;
        loop {
            if self.is_suspended
                && let Some(exit) = self.regain_terminal().await?
            {
                return Ok(exit);
            }
            self.draw()?;
            let redraw = redraw::interval(&self.model, self.ports.clock.now());
            tokio::select! {
                biased;
                signal = self.signals.next() => match signal {
                    SignalEvent::Terminate(number) => return Ok(Exit::Signal(number)),
                    SignalEvent::Suspend => self.suspend(),
                    SignalEvent::Resumed => self.is_suspended = true,
                },
                event = events.next() => match event {
                    Some(event) => self.on_event(event)?,
                    None => return Ok(Exit::HANGUP),
                },
                Some(message) = self.messages.recv() => self.on_message(message)?,
                Some(shell) = self.shells.recv() => {
                    events = match self.open_shell(shell, events).await? {
                        ControlFlow::Continue(events) => events,
                        ControlFlow::Break(exit) => return Ok(exit),
                    };
                }
                () = tokio::time::sleep(redraw) => {
                    if terminal::is_gone() {
                        return Ok(Exit::HANGUP);
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
    fn on_everything_waiting(&mut self, events: &mut TerminalEvents) -> Result<()> {
        for _ in 0..BATCH {
            if self.model.should_quit {
                return Ok(());
            }
            if let Ok(message) = self.messages.try_recv() {
                self.on_message(message)?;
            } else if let Some(event) = events.try_next() {
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
                Effect::Redraw => self.display.redraw()?,
                Effect::Notify(text) => {
                    notify::notify(self.model.settings.display.notify, &text).map_err(unusable)?;
                }
                Effect::Suspend => self.suspend(),
            }
        }
        Ok(())
    }

    /// Whether nothing that was typed since has taken the shell back.
    fn wants(&self, shell: &ReadyShell) -> bool {
        !self.model.should_quit && self.model.withdrawn.is_none_or(|withdrawn| withdrawn < shell.task)
    }

    /// Opens a shell once nothing is being typed or pasted: it would run the rest of a paste that the screen has the
    /// beginning of, and the screen's reader would wait for the paste's end for ever.
    async fn open_shell(
        &mut self,
        shell: ReadyShell,
        mut events: TerminalEvents,
    ) -> Result<ControlFlow<Exit, TerminalEvents>> {
        self.display.release_mouse()?;
        for _ in 0..MOST_WAITS {
            self.on_everything_waiting(&mut events)?;
            if !self.wants(&shell) {
                return Ok(ControlFlow::Continue(events));
            }
            if let Some(reading) = events.stop().await {
                events = reading;
                continue;
            }
            // What waits is dropped, so that only what arrives from now on counts.
            terminal::discard_input();
            tokio::time::sleep(SILENCE).await;
            if !terminal::has_input() {
                return Ok(match self.run_shell(shell).await? {
                    Some(exit) => ControlFlow::Break(exit),
                    None => ControlFlow::Continue(TerminalEvents::start()?),
                });
            }
            events = TerminalEvents::start()?;
            tokio::time::sleep(SILENCE).await;
        }
        self.model.show_toast("No shell was opened: the terminal went on sending input");
        Ok(ControlFlow::Continue(events))
    }

    /// Gives the terminal to a shell until the person leaves it. What is typed for one of the two is dropped before the
    /// other has the terminal: the shell would run what was meant for the screen, and Enter on the screen opens a shell.
    async fn run_shell(&mut self, shell: ReadyShell) -> Result<Option<Exit>> {
        terminal::restore();
        terminal::discard_input();
        let ReadyShell { role: (session, target), greeting, command, over, .. } = shell;
        terminal::write_line(&greeting).map_err(unusable)?;
        let program = command.get_program().to_owned();
        let ended = match child::run(ChildKind::Shell, command, &mut self.signals, over).await {
            Ok(ChildEnd::Left(_)) => Ok(ShellEnd::Left(session, target)),
            Ok(ChildEnd::Over) => Ok(ShellEnd::Over(session, target)),
            Ok(ChildEnd::Signal(number)) => return Ok(Some(Exit::Signal(number))),
            Err(source) => Err(Error::ShellNotStarted { program: program.to_string_lossy().as_ref().into(), source }),
        };
        self.display.reenter()?;
        terminal::discard_input();
        self.on_message(Message::ShellEnded(ended))?;
        Ok(None)
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
    async fn regain_terminal(&mut self) -> Result<Option<Exit>> {
        if let Some(number) = wait_for_foreground(&mut self.signals, job_control::is_in_foreground).await {
            return Ok(Some(Exit::Signal(number)));
        }
        self.is_suspended = false;
        // The shell may take the terminal away again while it ends.
        job_control::without_stopping(|| self.display.reenter())?;
        Ok(None)
    }

    #[cfg(not(unix))]
    async fn regain_terminal(&mut self) -> Result<Option<Exit>> {
        self.is_suspended = false;
        self.display.reenter()?;
        Ok(None)
    }

    fn draw(&mut self) -> Result<()> {
        self.model.now = self.ports.clock.now();
        self.model.size = self.display.size();
        roles::update::sync_list(&mut self.model);
        self.display.draw(|frame| view::draw(frame, &self.model), verbatim::shown(&self.model))
    }
}
