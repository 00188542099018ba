//! How the error dialog is drawn: what happened, and what to do next.

use ratatui::Frame;
use ratatui::text::Line;

use super::model::{ErrorAction, ErrorDialog};
use crate::report::Report;
use crate::tui::model::Model;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::dialog;
use crate::tui::widgets::hints::hint_lines;

const WIDTH: u16 = 68;

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
    let width = dialog::inner_width(frame.area(), WIDTH);
    let mut lines = report_lines(model, &dialog.report, width);
    lines.push(Line::default());
    let enter = match dialog.action {
        ErrorAction::SignIn { .. } => Some(" sign in   "),
        ErrorAction::GiveReason { .. } => Some(" give a reason   "),
        ErrorAction::None => None,
    };
    let mut keys = Vec::new();
    if let Some(label) = enter {
        keys.extend([span("↵", theme.key()), span(label, theme.muted())]);
    }
    keys.extend([span("esc", theme.key()), span(" close", theme.muted())]);
    lines.push(Line::from(keys));
    dialog::draw(frame, dialog.report.kind().heading(), theme.bad(), WIDTH, lines);
}

fn report_lines(model: &Model, report: &Report, width: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = wrap(report.message(), width).into_iter().map(Line::from).collect();
    lines.extend(hint_lines(model.theme(), &report.hints(), width));
    lines
}
