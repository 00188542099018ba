//! Has a person at the terminal confirm an elevation that a command asks for.

use std::sync::Arc;

use crate::adapters::shutdown;
use crate::cli::context::Context;
use crate::colors::{background, color_depth};
use crate::domain::elevation::ConfirmationPhrase;
use crate::error::Result;
use crate::tui::{self, ConfirmationOptions};

/// Has a person type `phrase`; whether they did.
///
/// # Errors
/// The terminal cannot be used.
pub fn confirm(context: &Context, phrase: ConfirmationPhrase) -> Result<bool> {
    shutdown::before_a_signal_ends(tui::restore_inline);
    tui::confirm(ConfirmationOptions {
        phrase,
        color: color_depth(context.settings.color.value, &context.environment),
        background: background(context.settings.background.value, &context.environment),
        clock: Arc::clone(&context.ports.clock),
    })
}
