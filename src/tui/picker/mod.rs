//! A list under the prompt, to choose a role from where a command was given none.

mod keys;
mod model;
#[cfg(test)]
mod tests;
mod update;
mod view;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::model::{Outcome, Picker};
use super::inline::{self, Question};
use super::message::Message;
use super::theme::{Background, ColorDepth, Theme};
use crate::domain::choices::RoleChoice;
use crate::domain::time::Now;
use crate::error::Result;
use crate::ports::Clock;

/// What the list is opened with.
pub struct PickerOptions {
    /// The roles, in the order to show them in.
    pub choices: Vec<RoleChoice>,
    /// How many colours may be used.
    pub color: ColorDepth,
    /// What the colours have to be readable on.
    pub background: Background,
    /// The clocks.
    pub clock: Arc<dyn Clock>,
}

/// Lets a person choose one of the roles; `None` where nobody did.
///
/// # Errors
/// There is no terminal, or it cannot be used.
pub fn pick(options: PickerOptions) -> Result<Option<RoleChoice>> {
    let picker = Picker::new(options.choices, Theme::new(options.color, options.background), options.clock.now());
    inline::run(picker, options.clock.as_ref())
}

impl Question for Picker {
    type Answer = RoleChoice;

    fn height(&self, rows: u16) -> u16 {
        view::height(rows)
    }

    fn render(&mut self, now: Now, area: Rect, buffer: &mut Buffer) {
        self.now = now;
        self.set_height(usize::from(view::list_height(area.height)));
        view::render(self, area, buffer);
    }

    fn update(&mut self, message: Message) -> Option<Option<RoleChoice>> {
        update::update(self, message);
        match self.outcome? {
            Outcome::Taken(index) => Some(self.take_choice(index)),
            Outcome::Cancelled => Some(None),
        }
    }
}
