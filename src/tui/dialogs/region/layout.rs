//! How many regions are shown at once.

use ratatui::layout::{Rect, Size};

use crate::tui::widgets::dialog;

/// Columns of the dialog.
pub(super) const WIDTH: u16 = 72;
/// Lines above the list: the role and the query.
const ABOVE: usize = 2;
/// The greatest number of regions shown at once.
const MOST: usize = 14;

/// Lines of the list.
pub(super) fn list_height(screen: Size) -> usize {
    dialog::inner_height(Rect::from(screen)).saturating_sub(ABOVE).clamp(1, MOST)
}
