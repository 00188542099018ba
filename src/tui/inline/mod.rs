//! A few lines under the prompt of the person's shell, which a command asks something with.
//!
//! They are drawn on stderr, because stdout may be captured, and leave nothing behind. The terminal is never asked where the
//! cursor is, as ratatui's own inline viewport does: the question would go to stdout, and what is typed meanwhile would be
//! lost in the answer.

mod display;
mod event_loop;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::message::Message;
use crate::domain::time::Now;

pub use self::display::restore;
pub(super) use self::event_loop::run;

/// What is asked with such lines.
pub(super) trait Question {
    /// What comes of it; none where the person gave up.
    type Answer;

    /// The lines it takes on a screen of `rows`.
    fn height(&self, rows: u16) -> u16;
    /// Draws it at `now`.
    fn render(&mut self, now: Now, area: Rect, buffer: &mut Buffer);
    /// Takes input; returns the end, where it is one.
    fn update(&mut self, message: Message) -> Option<Option<Self::Answer>>;
}
