//! The frame of a dialog: centred over the screen, as large as its content.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Padding, Paragraph};

use super::cells::span;

/// Draws `lines` in a frame of at most `width` columns.
pub(crate) fn draw(frame: &mut Frame<'_>, title: &str, border: Style, width: u16, lines: Vec<Line<'static>>) {
    let area = area(frame.area(), width, lines.len());
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
        .padding(Padding::horizontal(1))
        .title(span(format!(" {title} "), border.add_modifier(ratatui::style::Modifier::BOLD)));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

/// Columns inside a dialog that asks for `width`.
pub(crate) fn inner_width(screen: Rect, width: u16) -> usize {
    usize::from(width.min(screen.width.saturating_sub(4)).saturating_sub(4))
}

/// Lines inside a dialog that takes all the height there is.
pub(crate) fn inner_height(screen: Rect) -> usize {
    usize::from(screen.inner(Margin::new(0, 2)).height.saturating_sub(2))
}

fn area(screen: Rect, width: u16, lines: usize) -> Rect {
    let width = width.min(screen.width.saturating_sub(4));
    let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2).min(screen.height.saturating_sub(2));
    Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height }
}
