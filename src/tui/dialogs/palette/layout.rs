//! How many entries are shown at once.

use ratatui::layout::{Rect, Size};

use crate::tui::widgets::dialog;

/// Columns of the dialog.
pub(super) const WIDTH: u16 = 76;
/// The greatest number of entries shown at once.
const MOST: usize = 16;

/// Lines of the list: all but the one with the query.
pub(super) fn list_height(screen: Size) -> usize {
    dialog::inner_height(Rect::from(screen)).saturating_sub(1).clamp(1, MOST)
}
