//! The frame of a dialog: centred over the screen, as large as its content.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Padding, Paragraph};

use super::cells::span;

/// Draws `lines` in a frame of at most `width` columns. Where there is no room for all, empty lines are left out first.
pub(crate) fn draw(frame: &mut Frame<'_>, title: &str, border: Style, width: u16, mut lines: Vec<Line<'static>>) {
    drop_empty_lines(&mut lines, inner_height(frame.area()));
    let area = area(frame.area(), width, lines.len());
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
        .padding(Padding::horizontal(1))
        .title(span(format!(" {title} "), border.add_modifier(ratatui::style::Modifier::BOLD)));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

/// Like [`draw`], with the keys as a last line where there is room; the footer has them as well.
pub(crate) fn draw_with_keys(
    frame: &mut Frame<'_>,
    title: &str,
    border: Style,
    width: u16,
    mut lines: Vec<Line<'static>>,
    keys: Line<'static>,
) {
    if lines.len() + 2 <= inner_height(frame.area()) {
        lines.extend([Line::default(), keys]);
    }
    draw(frame, title, border, width, lines);
}

/// Columns inside a dialog that asks for `width`.
pub(crate) fn inner_width(screen: Rect, width: u16) -> usize {
    usize::from(width.min(screen.width.saturating_sub(4)).saturating_sub(4))
}

/// Lines inside a dialog that takes all the height there is.
pub(crate) fn inner_height(screen: Rect) -> usize {
    usize::from(screen.height.saturating_sub(4))
}

/// Takes empty lines out, the last one first, until `room` lines are left or no more are empty.
fn drop_empty_lines(lines: &mut Vec<Line<'static>>, room: usize) {
    while lines.len() > room
        && let Some(last) = lines.iter().rposition(|line| line.spans.is_empty())
    {
        lines.remove(last);
    }
}

fn area(screen: Rect, width: u16, lines: usize) -> Rect {
    let width = width.min(screen.width.saturating_sub(4));
    let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2).min(screen.height.saturating_sub(2));
    Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_left_out_only_where_there_is_no_room_for_them() {
        let left = |room| -> Vec<String> {
            let mut lines: Vec<Line<'static>> = ["a", "", "b", "", "c"].map(Line::from).into();
            drop_empty_lines(&mut lines, room);
            lines.iter().map(|line| line.to_string()).collect()
        };
        assert_eq!(left(5), ["a", "", "b", "", "c"]);
        assert_eq!(left(4), ["a", "", "b", "c"]);
        assert_eq!(left(2), ["a", "b", "c"]);
    }
}
