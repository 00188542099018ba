//! Lines of styled text, measured in terminal columns: cut, wrapped, at both ends.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text::{columns, fit};

pub(crate) fn span(text: impl Into<String>, style: Style) -> Span<'static> {
    Span::styled(text.into(), style)
}

/// The width of a line.
pub(crate) fn line_columns(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| columns(&span.content)).sum()
}

/// `left` and `right` at the two ends of a line; `left` is cut where both do not fit.
pub(crate) fn both_ends(mut left: Vec<Span<'static>>, right: Vec<Span<'static>>, width: usize) -> Line<'static> {
    let room = width.saturating_sub(line_columns(&right));
    clip(&mut left, room.saturating_sub(1));
    let gap = room.saturating_sub(line_columns(&left));
    left.push(Span::raw(" ".repeat(gap)));
    left.extend(right);
    Line::from(left)
}

/// Cuts a line to `width` columns, with `…` where it was cut.
pub(crate) fn clip(spans: &mut Vec<Span<'static>>, width: usize) {
    let mut left = width;
    let mut end = spans.len();
    for (at, span) in spans.iter_mut().enumerate() {
        let wide = columns(&span.content);
        if wide > left {
            *span = Span::styled(fit(&span.content, left), span.style);
            end = at + 1;
            break;
        }
        left -= wide;
    }
    spans.truncate(end);
}

/// Breaks `text` into lines of at most `width` columns, at spaces where there are any.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let wide = columns(word);
        if used > 0 && used + 1 + wide > width {
            lines.push(String::new());
            used = 0;
        }
        if used > 0 {
            push(&mut lines, " ");
            used += 1;
        }
        for character in word.chars() {
            let mut buffer = [0; 4];
            let text = character.encode_utf8(&mut buffer);
            let wide = columns(text);
            if used + wide > width && used > 0 {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, text);
            used += wide;
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_at_spaces_and_long_words_are_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a bcdefgh", 3), ["a", "bcd", "efg", "h"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn the_right_end_stays_when_room_is_short() {
        let line = both_ends(vec![Span::raw("a long left side")], vec![Span::raw("RIGHT")], 12);
        assert_eq!(line.to_string(), "a lon… RIGHT");
    }
}
