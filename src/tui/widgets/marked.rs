//! Text in which some characters are marked, elided in the middle where it is too long.

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation as _;

use super::cells::span;
use crate::domain::text::columns;

/// `text` in exactly `width` columns, with the characters at the indices `marks` in the style `marked`.
pub(crate) fn marked(text: &str, marks: &[usize], width: usize, style: Style, marked: Style) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    for (part, is_marked) in parts(text, marks, width) {
        used += columns(part);
        let style = if is_marked { style.patch(marked) } else { style };
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(part),
            _ => spans.push(span(part, style)),
        }
    }
    spans.push(span(" ".repeat(width.saturating_sub(used)), Style::new()));
    spans
}

/// The graphemes that fit, each with whether it is marked.
fn parts<'t>(text: &'t str, marks: &[usize], width: usize) -> Vec<(&'t str, bool)> {
    let mut at = 0;
    let graphemes: Vec<(&str, bool)> = text
        .graphemes(true)
        .map(|grapheme| {
            let end = at + grapheme.chars().count();
            let is_marked = marks.iter().any(|mark| (at..end).contains(mark));
            at = end;
            (grapheme, is_marked)
        })
        .collect();
    if columns(text) <= width {
        return graphemes;
    }
    let room = width.saturating_sub(1);
    let mut head = taken(graphemes.iter(), room.div_ceil(2));
    let tail = taken(graphemes.iter().rev(), room / 2);
    if width > 0 {
        head.push(("…", false));
    }
    head.extend(tail.into_iter().rev());
    head
}

/// The first of `graphemes` that fit.
fn taken<'t: 'a, 'a>(graphemes: impl Iterator<Item = &'a (&'t str, bool)>, width: usize) -> Vec<(&'t str, bool)> {
    let mut used = 0;
    graphemes
        .copied()
        .take_while(|(grapheme, _)| {
            used += columns(grapheme);
            used <= width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;

    fn shown(text: &str, marks: &[usize], width: usize) -> String {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let spans = marked(text, marks, width, Style::new(), bold);
        let shown = spans
            .iter()
            .map(|span| if span.style == bold { format!("[{}]", span.content) } else { span.content.to_string() });
        shown.collect()
    }

    #[test]
    fn marks_stay_on_their_characters_when_the_middle_is_left_out() {
        assert_eq!(shown("prod-pay", &[5, 6, 7], 10), "prod-[pay]  ");
        assert_eq!(shown("prod-payments-0003", &[0, 1, 5, 14, 15, 16, 17], 10), "[pr]od-…[0003]");
        assert_eq!(shown("東京支店", &[1], 5), "東…店");
        assert_eq!(shown("abc", &[], 0), "");
    }
}
