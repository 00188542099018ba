//! Opens the list of roles under the prompt, for a command that was given no target.

use std::sync::Arc;

use crate::adapters::shutdown;
use crate::cli::context::Context;
use crate::colors::{background, color_depth};
use crate::domain::choices::RoleChoice;
use crate::error::Result;
use crate::tui::{self, PickerOptions};

/// Lets a person choose one of `choices`; `None` where nobody did.
///
/// # Errors
/// The terminal cannot be used.
pub fn pick(context: &Context, choices: Vec<RoleChoice>) -> Result<Option<RoleChoice>> {
    shutdown::before_a_signal_ends(tui::restore_inline);
    tui::pick(PickerOptions {
        choices,
        color: color_depth(context.settings.color.value, &context.environment),
        background: background(context.settings.background.value, &context.environment),
        clock: Arc::clone(&context.ports.clock),
    })
}
