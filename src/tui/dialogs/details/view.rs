//! How the details are drawn: as large as the screen, with every name in full.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::model::DetailsDialog;
use crate::tui::model::Model;
use crate::tui::role_details;
use crate::tui::widgets::dialog;

const WIDTH: u16 = 100;

pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &DetailsDialog) {
    let height = dialog::inner_height(frame.area());
    let lines = lines(model, dialog, frame.area());
    let first = dialog.first.min(lines.len().saturating_sub(height));
    let title = if lines.len() > height { "Details · ↑ ↓ scroll" } else { "Details" };
    let shown = lines.into_iter().skip(first).take(height).collect();
    dialog::draw(frame, title, model.theme().accent(), WIDTH, shown);
}

/// The index of the first line when scrolled to the end.
pub(super) fn last_first(model: &Model, dialog: &DetailsDialog) -> usize {
    let screen = Rect::from(model.size);
    lines(model, dialog, screen).len().saturating_sub(dialog::inner_height(screen))
}

fn lines(model: &Model, dialog: &DetailsDialog, screen: Rect) -> Vec<Line<'static>> {
    let Some(session) = model.session(&dialog.session) else { return Vec::new() };
    role_details::whole(model, session, &dialog.target, dialog::inner_width(screen, WIDTH))
}
