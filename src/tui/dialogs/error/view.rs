//! How the error dialog is drawn: what happened, and what to do next.

use ratatui::Frame;
use ratatui::text::Line;

use super::layout;
use super::model::{ErrorAction, ErrorDialog};
use crate::tui::model::Model;
use crate::tui::widgets::cells::span;
use crate::tui::widgets::dialog;

/// ```text
/// ╭ Not allowed ──────────────────────────────────────────────╮
/// │ 100000023757/Admin is not assigned to you                 │
/// │                                                           │
/// │ next  daypass roles --refresh   shows what is             │
/// │                                                           │
/// │ esc close                                                 │
/// ╰───────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &ErrorDialog) {
    let theme = model.theme();
    let lines = layout::lines(model, dialog);
    let last = layout::last_first(model, dialog);
    let heading = dialog.report.heading();
    let title = if last > 0 { format!("{heading} · ↑ ↓ scroll") } else { heading.to_owned() };
    let shown = lines.into_iter().skip(dialog.first.min(last)).take(layout::height(model)).collect();
    let enter = match dialog.action {
        ErrorAction::SignIn(_) => Some(" sign in   "),
        ErrorAction::GiveReason(..) => Some(" give a reason   "),
        ErrorAction::None => None,
    };
    let mut keys = Vec::new();
    if let Some(label) = enter {
        keys.extend([span("↵", theme.key()), span(label, theme.muted())]);
    }
    keys.extend([span("esc", theme.key()), span(" close", theme.muted())]);
    dialog::draw_with_keys(frame, &title, theme.bad(), layout::WIDTH, shown, Line::from(keys));
}
