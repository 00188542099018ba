//! The status line on the lower border of the body: a running task, or a toast.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use crate::tui::model::{Model, Tone};
use crate::tui::widgets::cells::{clip, line_columns, span};

pub(super) fn draw(frame: &mut Frame<'_>, body: Rect, model: &Model) {
    let theme = model.theme();
    let progress = model.pending.values().find_map(|pending| pending.progress_text());
    let mut spans = match (progress, &model.toast) {
        (Some(text), _) => vec![span(format!(" {} {text}… ", model.spinner()), theme.accent())],
        (None, Some(toast)) => {
            let mark = match toast.tone {
                Tone::Good => span(" ✓ ", theme.good()),
                Tone::Warning => span(" ▲ ", theme.warn()),
            };
            vec![mark, span(format!("{} ", toast.text), theme.title())]
        }
        (None, None) => return,
    };
    clip(&mut spans, usize::from(body.width.saturating_sub(4)));
    let width = u16::try_from(line_columns(&spans)).unwrap_or(body.width);
    let area = Rect {
        x: body.right().saturating_sub(width + 2),
        y: body.bottom().saturating_sub(1),
        width,
        height: u16::from(body.height > 0),
    };
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}
