//! A question on the real terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Question;
use super::display::Display;
use crate::domain::time::Now;
use crate::error::Result;
use crate::ports::Clock;
use crate::tui::input::InputDecoder;
use crate::tui::terminal::{is_gone, unusable};

/// How often the time left is drawn anew.
const TICK: Duration = Duration::from_millis(500);
/// How long the reader may go on once there is an answer.
const READER_PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer or the person gives up.
///
/// # Errors
/// There is no terminal, or it cannot be used.
pub(in crate::tui) fn run<Q: Question>(mut question: Q, clock: &dyn Clock) -> Result<Option<Q::Answer>> {
    let mut display = Display::enter()?;
    let reader = Reader::start()?;
    let mut input = InputDecoder::default();
    let end = loop {
        draw(&mut question, clock.now(), &mut display)?;
        match reader.events.recv_timeout(TICK) {
            Ok(event) => {
                // Everything that waits costs one frame.
                let waiting = std::iter::once(event).chain(reader.events.try_iter());
                let mut messages = waiting.filter_map(|event| input.decode(event, clock.elapsed()));
                if let Some(end) = messages.find_map(|message| question.update(message)) {
                    break end;
                }
            }
            Err(RecvTimeoutError::Timeout) if !is_gone() => {}
            Err(_) => return Ok(None),
        }
    };
    drop(display);
    // Whoever reads from the terminal next must get all that is typed.
    reader.stop();
    Ok(end)
}

fn draw<Q: Question>(question: &mut Q, now: Now, display: &mut Display) -> Result<()> {
    let (columns, rows) = crossterm::terminal::size().map_err(unusable)?;
    // The last column stays free: what is drawn there may wrap.
    let area = Rect { x: 0, y: 0, width: columns.saturating_sub(1).max(1), height: question.height(rows) };
    let mut lines = Buffer::empty(area);
    question.render(now, area, &mut lines);
    display.draw(&lines)
}

/// Reads the terminal on a thread of its own: where the terminal has gone, crossterm reads its end over and over and
/// never returns.
struct Reader {
    events: Receiver<Event>,
    stopped: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Reader {
    fn start() -> Result<Self> {
        let (sender, events) = channel();
        let stopped = Arc::new(AtomicBool::new(false));
        let is_stopped = Arc::clone(&stopped);
        let read = move || {
            while !is_stopped.load(Ordering::Relaxed) {
                let event = match crossterm::event::poll(READER_PAUSE) {
                    Ok(true) => crossterm::event::read(),
                    Ok(false) => continue,
                    Err(error) => Err(error),
                };
                if event.map_or(true, |event| sender.send(event).is_err()) {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("terminal".to_owned()).spawn(read).map_err(unusable)?;
        Ok(Reader { events, stopped, thread })
    }

    fn stop(self) {
        self.stopped.store(true, Ordering::Relaxed);
        drop(self.thread.join());
    }
}
