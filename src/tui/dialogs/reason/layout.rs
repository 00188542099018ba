//! The size of the field that the reason is typed in.

use ratatui::layout::{Rect, Size};

use crate::tui::widgets::dialog;

/// Columns of the dialog.
pub(super) const WIDTH: u16 = 72;
/// Lines of the field.
pub(super) const FIELD_HEIGHT: usize = 3;
/// What stands before each of its lines.
pub(super) const PROMPT: &str = "› ";

/// Columns of the field.
pub(super) fn field_width(screen: Size) -> usize {
    dialog::inner_width(Rect::from(screen), WIDTH).saturating_sub(PROMPT.chars().count())
}
