//! A text input of several lines: it wraps at spaces, and scrolls where it has more lines than are shown.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::cells::span;
use super::edited_text::EditedText;
use crate::domain::text::columns;
use crate::tui::theme::Theme;

/// Typed or pasted text on several lines. It holds no control characters, so no line ends either, and is never longer
/// than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextArea(EditedText);

impl TextArea {
    /// An empty input of at most `limit` characters.
    pub(crate) fn new(limit: usize) -> Self {
        TextArea(EditedText::new(limit))
    }

    pub(crate) fn text(&self) -> &str {
        self.0.text()
    }

    /// Inserts text at the cursor; see [`EditedText::insert`].
    pub(crate) fn insert(&mut self, inserted: &str) {
        self.0.insert(inserted);
    }

    /// Replaces the text, with the cursor at its end.
    pub(crate) fn set_text(&mut self, text: &str) {
        self.0.clear();
        self.0.insert(text);
    }

    /// Handles an editing key in lines of `width` columns; returns whether the text changed.
    pub(crate) fn edit(&mut self, key: KeyEvent, width: usize) -> bool {
        let wrapped = Wrapped::of(&self.0, width);
        let moved = match (key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Up, _) => wrapped.one_line_up(),
            (KeyCode::Down, _) => wrapped.one_line_down(),
            (KeyCode::Char('a'), true) | (KeyCode::Home, _) => wrapped.line_start(),
            (KeyCode::Char('e'), true) | (KeyCode::End, _) => wrapped.line_end(),
            _ => return self.0.edit(key),
        };
        self.0.set_cursor(moved);
        false
    }

    /// Whether the cursor is on the first line.
    pub(crate) fn is_on_first_line(&self, width: usize) -> bool {
        Wrapped::of(&self.0, width).line == 0
    }

    /// `height` lines of `width` columns, scrolled so that the line with the cursor is one of them.
    pub(crate) fn lines(&self, theme: Theme, width: usize, height: usize) -> Vec<Line<'static>> {
        let wrapped = Wrapped::of(&self.0, width);
        let first = (wrapped.line + 1).saturating_sub(height);
        let mut lines: Vec<Line<'static>> = (first..wrapped.lines.len())
            .take(height)
            .map(|at| {
                if at == wrapped.line { wrapped.with_cursor(theme) } else { Line::from(wrapped.text_of(at).to_owned()) }
            })
            .collect();
        lines.resize(height, Line::default());
        lines
    }
}

/// The text in lines. A line has a column more than its words may take: for a space at its end, or for the cursor.
struct Wrapped<'a> {
    text: &'a str,
    cursor: usize,
    /// The byte positions of each line; there is at least one.
    lines: Vec<Range<usize>>,
    /// The index of the line with the cursor.
    line: usize,
}

impl<'a> Wrapped<'a> {
    fn of(edited: &'a EditedText, width: usize) -> Self {
        let (text, cursor) = (edited.text(), edited.cursor());
        let lines = wrap(text, width.saturating_sub(1).max(2));
        let line = lines.iter().rposition(|line| line.start <= cursor).unwrap_or_default();
        Wrapped { text, cursor, lines, line }
    }

    fn text_of(&self, line: usize) -> &'a str {
        self.lines.get(line).and_then(|line| self.text.get(line.clone())).unwrap_or_default()
    }

    fn start_of(&self, line: usize) -> usize {
        self.lines.get(line).map_or(0, |line| line.start)
    }

    fn line_start(&self) -> usize {
        self.start_of(self.line)
    }

    /// The last position that is still on the cursor's line.
    fn line_end(&self) -> usize {
        self.last_position_on(self.line)
    }

    fn last_position_on(&self, line: usize) -> usize {
        if line + 1 >= self.lines.len() {
            return self.text.len();
        }
        // What follows the last grapheme is the start of the next line.
        let last = self.text_of(line).grapheme_indices(true).next_back();
        self.start_of(line) + last.map_or(0, |(at, _)| at)
    }

    fn one_line_up(&self) -> usize {
        self.line.checked_sub(1).map_or(0, |above| self.same_column_on(above))
    }

    fn one_line_down(&self) -> usize {
        if self.line + 1 < self.lines.len() { self.same_column_on(self.line + 1) } else { self.text.len() }
    }

    /// The position on `line` that is nearest to the cursor's column.
    fn same_column_on(&self, line: usize) -> usize {
        let wanted = columns(self.text.get(self.line_start()..self.cursor).unwrap_or_default());
        let start = self.start_of(line);
        let mut used = 0;
        let beyond = self.text_of(line).grapheme_indices(true).find(|(_, grapheme)| {
            used += columns(grapheme);
            used > wanted
        });
        let position = beyond.map_or(self.text.len(), |(at, _)| start + at);
        position.min(self.last_position_on(line))
    }

    fn with_cursor(&self, theme: Theme) -> Line<'static> {
        let (start, text) = (self.line_start(), self.text_of(self.line));
        let (head, tail) = text.split_at(self.cursor.saturating_sub(start).min(text.len()));
        let under = tail.graphemes(true).next().unwrap_or_default();
        let after = tail.get(under.len()..).unwrap_or_default();
        let under = if under.is_empty() { " " } else { under };
        Line::from(vec![Span::raw(head.to_owned()), span(under, theme.cursor()), Span::raw(after.to_owned())])
    }
}

/// Breaks `text` into lines whose words take at most `width` columns, at spaces where there are any. The space that a line
/// is broken at is the last of that line.
fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut used) = (0, 0);
    // Behind the last space of the line: where it is, and how many columns the line has up to there.
    let mut space: Option<(usize, usize)> = None;
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = columns(grapheme);
        let is_space = grapheme == " ";
        let most = if is_space { width + 1 } else { width };
        if used + wide > most && used > 0 {
            let (end, before) = space.take().unwrap_or((at, used));
            lines.push(start..end);
            (start, used) = (end, used - before);
        }
        used += wide;
        if is_space {
            space = Some((at + grapheme.len(), used));
        }
    }
    lines.push(start..text.len());
    if used > width {
        // Behind a space in the last column there is no room for the cursor.
        lines.push(text.len()..text.len());
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::theme::{Background, ColorDepth};
    use crate::tui::widgets::test_keys::{ctrl, key};

    fn area(text: &str) -> TextArea {
        let mut area = TextArea::new(500);
        area.insert(text);
        area
    }

    fn shown(area: &TextArea, width: usize, height: usize) -> Vec<String> {
        area.lines(Theme::new(ColorDepth::Never, Background::Dark), width, height)
            .iter()
            .map(|line| line.to_string())
            .collect()
    }

    /// The text after the keys and a mark where the cursor is.
    fn after(text: &str, width: usize, keys: &[KeyEvent]) -> String {
        let mut area = area(text);
        for key in keys {
            area.edit(*key, width);
        }
        area.insert("|");
        area.text().to_owned()
    }

    #[test]
    fn text_wraps_at_spaces_and_long_words_are_broken() {
        let lines = |text: &str, width| -> Vec<String> {
            wrap(text, width).into_iter().map(|line| text[line].to_owned()).collect()
        };
        assert_eq!(lines("one two three", 7), ["one two ", "three"]);
        assert_eq!(lines("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(lines("a bcdefgh", 3), ["a ", "bcd", "efg", "h"]);
        assert_eq!(lines("abc    d", 3), ["abc ", "   ", "d"]);
        assert_eq!(lines("東京 支店", 4), ["東京 ", "支店"]);
        assert_eq!(lines("abc ", 3), ["abc ", ""], "the cursor has a place behind the space");
        assert_eq!(lines("", 3), [""]);
    }

    #[test]
    fn the_lines_scroll_with_the_cursor() {
        let mut area = area("one two three four");
        assert_eq!(shown(&area, 6, 3), ["two ", "three ", "four "]);
        for _ in 0..3 {
            area.edit(key(KeyCode::Up), 6);
        }
        assert_eq!(shown(&area, 6, 3), ["one ", "two ", "three "]);
        assert_eq!(shown(&area, 40, 3), ["one two three four", "", ""]);
    }

    #[test]
    fn up_and_down_keep_the_column_and_home_and_end_stay_on_the_line() {
        let (up, down) = (key(KeyCode::Up), key(KeyCode::Down));
        let text = "one two three four";
        assert_eq!(after(text, 9, &[up]), "one two thre|e four");
        assert_eq!(after(text, 9, &[up, up]), "one |two three four");
        assert_eq!(after(text, 9, &[up, ctrl('a')]), "one two |three four");
        assert_eq!(after(text, 9, &[up, key(KeyCode::Home), key(KeyCode::End)]), "one two three| four");
        assert_eq!(after(text, 9, &[up, ctrl('a'), ctrl('e'), down]), "one two three four|");
        assert_eq!(after("ab", 9, &[up]), "|ab", "up on the first line goes to its start");
    }

    #[test]
    fn the_first_line_is_known() {
        let mut area = area("one two three");
        assert!(!area.is_on_first_line(6));
        area.edit(key(KeyCode::Up), 6);
        assert!(!area.is_on_first_line(6));
        area.edit(key(KeyCode::Up), 6);
        assert!(area.is_on_first_line(6) && area.is_on_first_line(40));
    }

    proptest! {
        #[test]
        fn the_lines_are_the_text_and_never_wider_than_asked(text in any::<String>(), width in 3usize..30) {
            let mut area = TextArea::new(80);
            area.insert(&text);
            let lines = wrap(area.text(), width - 1);
            let joined: String = lines.iter().map(|line| &area.text()[line.clone()]).collect();
            prop_assert_eq!(joined, area.text());
            for line in shown(&area, width, 3) {
                prop_assert!(columns(&line) <= width, "{:?} is wider than {}", line, width);
            }
        }

        #[test]
        fn no_edit_panics(
            text in any::<String>(),
            keys in prop::collection::vec(0usize..12, 0..40),
            width in 0usize..30,
            height in 0usize..5,
        ) {
            let codes = [
                key(KeyCode::Left), key(KeyCode::Right), key(KeyCode::Up), key(KeyCode::Down), key(KeyCode::Home),
                key(KeyCode::End), key(KeyCode::Backspace), key(KeyCode::Delete), key(KeyCode::Char('é')),
                key(KeyCode::Char('東')), ctrl('w'), ctrl('a'),
            ];
            let mut area = TextArea::new(40);
            area.insert(&text);
            for at in keys {
                area.edit(codes[at], width);
                prop_assert_eq!(area.lines(Theme::new(ColorDepth::Never, Background::Dark), width, height).len(), height);
            }
        }
    }
}
