//! A list under the prompt, to choose a role from where a command was given none.
//!
//! It draws on stderr, because stdout may be captured, and leaves nothing behind. It never asks the terminal where the
//! cursor is, as ratatui's own inline viewport does: the question would go to stdout, and what is typed meanwhile would be
//! lost in the answer.

mod display;
mod event_loop;
mod keys;
mod model;
#[cfg(test)]
mod tests;
mod update;
mod view;

use std::sync::Arc;

use self::model::Picker;
use super::theme::{Background, ColorDepth, Theme};
use crate::domain::choices::RoleChoice;
use crate::error::Result;
use crate::ports::Clock;

pub use self::display::restore as restore_after_picking;

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
    event_loop::run(picker, options.clock.as_ref())
}
