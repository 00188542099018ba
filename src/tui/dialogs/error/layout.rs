//! The lines of the error dialog, and how far it scrolls.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::model::ErrorDialog;
use crate::tui::model::Model;
use crate::tui::widgets::cells::wrap;
use crate::tui::widgets::dialog;
use crate::tui::widgets::hints::hint_lines;

/// Columns of the dialog.
pub(super) const WIDTH: u16 = 68;

/// The number of lines on the screen.
pub(super) fn height(model: &Model) -> usize {
    dialog::inner_height(Rect::from(model.size)).max(1)
}

/// What happened, and what to do next.
pub(super) fn lines(model: &Model, dialog: &ErrorDialog) -> Vec<Line<'static>> {
    let width = dialog::inner_width(Rect::from(model.size), WIDTH);
    let mut lines: Vec<Line<'static>> = wrap(dialog.report.message(), width).into_iter().map(Line::from).collect();
    lines.extend(hint_lines(model.theme(), &dialog.report.hints(), width));
    lines
}

/// The index of the first line when scrolled to the end.
pub(super) fn last_first(model: &Model, dialog: &ErrorDialog) -> usize {
    lines(model, dialog).len().saturating_sub(height(model))
}
