//! How the text dialog is drawn: nothing stands beside the text, so that a selection of whole lines takes it alone.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::model::TextDialog;
use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::verbatim;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::hints::hint_lines;

/// ```text
/// Select it; esc goes back.
///
/// daypass exec --session acme 100000023757/Developer --
///
/// the clipboard could not be reached: …
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &TextDialog) {
    let theme = model.theme();
    let [head, body, _] = layout::screen(model);
    let area = Rect { y: head.y, height: head.height + body.height, ..body };
    let width = usize::from(area.width);
    let mut lines = vec![
        Line::from(vec![span("Select it; ", theme.title()), span("esc", theme.key()), Span::raw(" goes back.")]),
        Line::default(),
    ];
    lines.extend(verbatim::rows(&dialog.text, width).into_iter().map(Line::from));
    if let Some(report) = &dialog.failure {
        lines.push(Line::default());
        lines.extend(wrap(report.message(), width).into_iter().map(|line| Line::from(span(line, theme.warn()))));
        lines.extend(hint_lines(theme, &report.hints(), width));
    }
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines), area);
}
