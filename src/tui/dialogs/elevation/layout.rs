//! The sizes of an elevation's form.

use ratatui::layout::{Rect, Size};

use crate::tui::widgets::dialog;

/// Columns of the dialog.
pub(super) const WIDTH: u16 = 76;
/// Columns of what stands before each field.
pub(super) const LABEL: usize = 10;
/// Where there are fewer lines, the reason has one.
const ROOMY: usize = 10;

/// Columns of a field.
pub(super) fn field_width(screen: Size) -> usize {
    dialog::inner_width(Rect::from(screen), WIDTH).saturating_sub(LABEL)
}

/// Lines of the reason.
pub(super) fn reason_height(room: usize) -> usize {
    if room < ROOMY { 1 } else { 3 }
}
