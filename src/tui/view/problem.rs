//! What went wrong and what to do next; it stays until it is closed.

use ratatui::Frame;
use ratatui::text::Line;

use crate::tui::model::{Model, Offer, Problem};
use crate::tui::widgets::cells::{span, wrap};
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
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, problem: &Problem, offer: &Offer) {
    let theme = model.theme();
    let width = dialog::inner_width(frame.area(), 68);
    let mut lines = body(model, problem, width);
    lines.push(Line::default());
    let mut keys = Vec::new();
    if matches!(offer, Offer::SignIn(..)) {
        keys.extend([span("↵", theme.key()), span(" sign in   ", theme.muted())]);
    }
    keys.extend([span("esc", theme.key()), span(" close", theme.muted())]);
    lines.push(Line::from(keys));
    dialog::draw(frame, problem.kind.heading(), theme.bad(), 68, lines);
}

/// What happened, and what to do next.
pub(super) fn body(model: &Model, problem: &Problem, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let mut lines: Vec<Line<'static>> = wrap(&problem.summary, width).into_iter().map(Line::from).collect();
    if !problem.hints.is_empty() {
        lines.push(Line::default());
    }
    for hint in &problem.hints {
        for (at, line) in wrap(hint, width.saturating_sub(6)).into_iter().enumerate() {
            let label = if at == 0 { "next  " } else { "      " };
            lines.push(Line::from(vec![span(label, theme.muted()), span(line, theme.accent())]));
        }
    }
    lines
}
