//! How many keys the help dialog shows, and how far it scrolls.

use ratatui::layout::Rect;

use crate::tui::keymap;
use crate::tui::model::Model;
use crate::tui::widgets::dialog;

/// The number of lines on the screen.
pub(super) fn height(model: &Model) -> usize {
    dialog::inner_height(Rect::from(model.size)).max(1)
}

/// The index of the first key when scrolled to the end.
pub(super) fn last_first(model: &Model) -> usize {
    keymap::screen_bindings(model).help_lines().len().saturating_sub(height(model))
}
