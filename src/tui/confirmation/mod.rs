//! A line under the prompt in which a person types what confirms an elevation.

mod model;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::model::Confirmation;
use super::inline::{self, Question};
use super::message::Message;
use super::theme::{Background, ColorDepth, Theme};
use crate::domain::elevation::ConfirmationPhrase;
use crate::domain::time::Now;
use crate::error::Result;
use crate::ports::Clock;

/// What the question is asked with.
pub struct ConfirmationOptions {
    /// What has to be typed.
    pub phrase: ConfirmationPhrase,
    /// How many colours may be used.
    pub color: ColorDepth,
    /// What the colours have to be readable on.
    pub background: Background,
    /// The clocks.
    pub clock: Arc<dyn Clock>,
}

/// Has a person type the phrase; whether they did. What was pasted, or typed before it was asked for, confirms nothing.
///
/// # Errors
/// There is no terminal, or it cannot be used.
pub fn confirm(options: ConfirmationOptions) -> Result<bool> {
    let question = Confirmation::new(options.phrase, Theme::new(options.color, options.background));
    inline::run(question, options.clock.as_ref()).map(|confirmed| confirmed.is_some())
}

impl Question for Confirmation {
    type Answer = ();

    fn height(&self, rows: u16) -> u16 {
        view::HEIGHT.min(rows).max(1)
    }

    fn render(&mut self, _: Now, area: Rect, buffer: &mut Buffer) {
        view::render(self, area, buffer);
    }

    fn update(&mut self, message: Message) -> Option<Option<()>> {
        Confirmation::update(self, message)
    }
}
