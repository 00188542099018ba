//! What to do next about an error, below its message.

use ratatui::text::Line;

use super::cells::{span, wrap};
use crate::tui::theme::Theme;

/// The hints, each labelled, under an empty line; nothing where there are none.
pub(crate) fn hint_lines(theme: Theme, hints: &[String], width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if !hints.is_empty() {
        lines.push(Line::default());
    }
    for hint in hints {
        for (at, line) in wrap(hint, width.saturating_sub(6)).into_iter().enumerate() {
            let label = if at == 0 { "next  " } else { "      " };
            lines.push(Line::from(vec![span(label, theme.muted()), span(line, theme.accent())]));
        }
    }
    lines
}
