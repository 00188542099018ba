//! The loop: take what has come, then draw what it made; sleep in between.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt as _;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::LocalSet;

use super::Start;
use super::arrivals::Arrivals;
use super::effect::{Effect, Effects};
use super::executor::Executor;
use super::message::Message;
use super::model::{COUNTING, Model, OpenSession, Settings};
use super::signals::{Signals, Wish};
use super::terminal::{self, Display, TerminalClipboard};
use super::update::{begin, update};
use crate::error::{Error, Result};
use crate::ports::{Clipboard, Clock, Ports};

/// The most that is taken in before a frame is drawn.
const BATCH: usize = 512;

/// How the UI ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The person left.
    Left,
    /// A signal of this number ended it.
    Signal(u8),
}

impl Exit {
    /// The process exit code: 0, or 128 + the signal.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Left => 0,
            Exit::Signal(number) => 128 + number,
        }
    }
}

/// Runs the UI until the person leaves or a signal ends it. The terminal is as it was afterwards.
///
/// The first frame is drawn from index and catalog alone, before any network or keyring call.
///
/// # Errors
/// `Usage` where there is no terminal, `Failed` where it cannot be used.
pub fn run(start: Start) -> Result<Exit> {
    let display = Display::take(start.look.mouse)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::failed("the program could not start its tasks").because(error))?;
    let exit = LocalSet::new().block_on(&runtime, Running::new(start, display)?.until_left());
    // A keyring that hangs must not hold up leaving.
    runtime.shutdown_background();
    exit
}

struct Running {
    ports: Ports,
    display: Display,
    model: Model,
    executor: Executor,
    messages: UnboundedReceiver<Message>,
    arrivals: Arrivals,
}

impl Running {
    fn new(start: Start, display: Display) -> Result<Self> {
        let (sender, messages) = unbounded_channel();
        let clipboard: Arc<dyn Clipboard> =
            if start.look.osc52 { Arc::new(TerminalClipboard) } else { Arc::clone(&start.clipboard) };
        let executor = Executor::new(start.ports.clone(), Arc::clone(&start.policy), clipboard, sender);
        let ports = start.ports.clone();
        let model = model(start, &display);
        Ok(Running { ports, display, model, executor, messages, arrivals: Arrivals::default() })
    }

    async fn until_left(mut self) -> Result<Exit> {
        let mut signals = Signals::catch().map_err(|error| Error::failed("signals cannot be caught").because(error))?;
        self.draw()?;
        let mut events = terminal_events();
        let effects = begin(&mut self.model);
        self.run(effects)?;
        loop {
            self.draw()?;
            let pause = pause(&self.model, &*self.ports.clock);
            tokio::select! {
                biased;
                wish = signals.next() => match wish {
                    Wish::End(number) => return Ok(Exit::Signal(number)),
                    Wish::Stop => self.stop()?,
                    Wish::Continued => self.display.retake()?,
                },
                event = events.recv() => match event {
                    Some(event) => self.input(event)?,
                    // The terminal has gone away: there is nobody to ask or to tell.
                    None => return Ok(Exit::Signal(1)),
                },
                Some(message) = self.messages.recv() => self.take(message)?,
                () = tokio::time::sleep(pause) => {
                    if terminal::is_gone() {
                        return Ok(Exit::Signal(1));
                    }
                    self.take(Message::Tick)?;
                }
            }
            self.take_what_waits(&mut events)?;
            if self.model.leaving {
                return Ok(Exit::Left);
            }
        }
    }

    /// Takes what has come in the meantime, so that a storm of events costs one frame.
    fn take_what_waits(&mut self, events: &mut UnboundedReceiver<Event>) -> Result<()> {
        for _ in 0..BATCH {
            if self.model.leaving {
                return Ok(());
            }
            if let Ok(message) = self.messages.try_recv() {
                self.take(message)?;
            } else if let Ok(event) = events.try_recv() {
                self.input(event)?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    fn input(&mut self, event: Event) -> Result<()> {
        match self.arrivals.message(event, self.ports.clock.elapsed()) {
            Some(message) => self.take(message),
            None => Ok(()),
        }
    }

    fn take(&mut self, message: Message) -> Result<()> {
        let effects = update(&mut self.model, self.ports.clock.now(), message);
        self.run(effects)
    }

    fn run(&mut self, effects: Effects) -> Result<()> {
        for effect in effects {
            match effect {
                Effect::Start(attempt, work) => self.executor.start(attempt, work),
                Effect::Cancel(attempt) => self.executor.cancel(attempt),
                Effect::Suspend => self.suspend()?,
            }
        }
        Ok(())
    }

    /// A person asked for the shell. Where none waits, stopping would only hang the window.
    fn suspend(&mut self) -> Result<()> {
        #[cfg(unix)]
        if terminal::has_shell() {
            return self.stop();
        }
        self.model.say("No shell waits below; nothing to go back to");
        Ok(())
    }

    fn stop(&mut self) -> Result<()> {
        #[cfg(unix)]
        terminal::stop();
        self.display.retake()
    }

    fn draw(&mut self) -> Result<()> {
        self.model.now = self.ports.clock.now();
        self.model.size = self.display.size();
        self.model.settle();
        self.display.draw(&self.model)
    }
}

/// The terminal's events, until it fails or goes away.
///
/// Only this task ever polls the stream: it wakes whoever polled it first after the last event, so a look in
/// passing would leave the loop asleep when the next key comes.
fn terminal_events() -> UnboundedReceiver<Event> {
    let (sender, events) = unbounded_channel();
    tokio::task::spawn_local(async move {
        let mut stream = EventStream::new();
        while let Some(Ok(event)) = stream.next().await {
            if sender.send(event).is_err() {
                return;
            }
        }
    });
    events
}

/// The model as the state folder has it.
fn model(start: Start, display: &Display) -> Model {
    let index = start.ports.state.index();
    let open = |session| {
        let mut open = OpenSession::new(session, None, crate::domain::catalog::Catalog::default());
        open.note = index.session(&open.key).cloned();
        open.catalog = start.ports.state.catalog(&open.key);
        open
    };
    let sessions: Vec<OpenSession> = start.sessions.into_iter().map(open).collect();
    let named = |name| sessions.iter().position(|open| open.session.name == name);
    let current = start.selected.and_then(named).unwrap_or_default();
    let settings = Settings {
        policy: start.policy,
        flow: start.flow,
        open_browser: start.open_browser,
        aliases: start.aliases.into_iter().map(|(alias, target)| (target, alias)).collect::<HashMap<_, _>>(),
        demo: start.demo,
        program: start.program,
        config_file: start.config_file,
        endpoints: start.endpoints,
        zone: TimeZone::system(),
        look: start.look,
    };
    let mut model = Model::new(settings, sessions, current, start.ports.clock.now(), display.size());
    model.notices = start.notices;
    model
}

/// How long nothing needs to be drawn if nothing happens.
fn pause(model: &Model, clock: &dyn Clock) -> Duration {
    let rhythm = model.rhythm();
    if rhythm != COUNTING {
        return rhythm;
    }
    // On the second, so that no countdown skips one.
    let into = u64::try_from(clock.now().wall.as_millisecond().rem_euclid(1_000)).unwrap_or_default();
    Duration::from_millis(1_010 - into)
}
