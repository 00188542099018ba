//! A QR code, dark on light where there are colours.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::domain::qr::{Paper, Qr};
use crate::tui::theme::Theme;

/// Its columns and rows, with the margin.
pub(crate) fn size(qr: &Qr) -> Size {
    let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    Size { width: cells(qr.columns()), height: cells(qr.rows()) }
}

/// Draws it, if all of it fits.
pub(crate) fn draw(qr: &Qr, frame: &mut Frame<'_>, area: Rect, theme: Theme) {
    let size = size(qr);
    if area.width < size.width || area.height < size.height {
        return;
    }
    let (style, paper) = theme.qr().map_or((Style::new(), Paper::Dark), |style| (style, Paper::Light));
    let lines: Vec<Line<'static>> = qr.lines(paper).map(Line::from).collect();
    let area = Rect { width: size.width, height: size.height, ..area };
    frame.render_widget(Paragraph::new(lines).style(style), area);
}
