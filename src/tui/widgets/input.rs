//! A line of typed text: bounded, printable, with a cursor.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::Span;

use super::cells::span;
use crate::domain::text::{columns, visible};
use crate::tui::theme::Theme;

/// Typed text. It holds nothing that could act on a terminal and is never longer than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputLine {
    text: String,
    /// A byte position between two characters.
    cursor: usize,
    /// The most characters it takes.
    limit: usize,
}

impl InputLine {
    /// An empty line of at most `limit` characters.
    pub fn new(limit: usize) -> Self {
        InputLine { text: String::new(), cursor: 0, limit }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Forgets what was typed.
    pub fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
    }

    /// Inserts text at the cursor: line ends and tabs become spaces, other controls vanish, and what is beyond
    /// the limit is left out.
    pub fn insert(&mut self, given: &str) {
        let mut room = self.limit.saturating_sub(self.text.chars().count());
        for character in given.chars() {
            if room == 0 {
                break;
            }
            let character = if matches!(character, '\n' | '\r' | '\t') { ' ' } else { character };
            let mut buffer = [0; 4];
            let text = character.encode_utf8(&mut buffer);
            if visible(text) == *text {
                self.text.insert(self.cursor, character);
                self.cursor += character.len_utf8();
                room -= 1;
            }
        }
    }

    /// Takes an editing key; tells whether the text changed.
    pub fn edit(&mut self, key: KeyEvent) -> bool {
        let before = self.text.len();
        match (key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Char('u'), true) => self.clear(),
            (KeyCode::Char('w'), true) => self.delete_word(),
            (KeyCode::Char('h'), true) | (KeyCode::Backspace, _) => self.delete_back(),
            (KeyCode::Delete, _) => self.delete_forward(),
            (KeyCode::Left, _) => self.cursor = self.before_cursor(),
            (KeyCode::Right, _) => self.cursor = self.after_cursor(),
            (KeyCode::Char(character), false) if !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(character.encode_utf8(&mut [0; 4]));
            }
            _ => {}
        }
        self.text.len() != before
    }

    fn before_cursor(&self) -> usize {
        self.text.get(..self.cursor).and_then(|text| text.char_indices().next_back()).map_or(0, |(at, _)| at)
    }

    fn after_cursor(&self) -> usize {
        let next = self.text.get(self.cursor..).and_then(|text| text.chars().next());
        self.cursor + next.map_or(0, char::len_utf8)
    }

    fn delete_back(&mut self) {
        let start = self.before_cursor();
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    fn delete_forward(&mut self) {
        let end = self.after_cursor();
        self.text.replace_range(self.cursor..end, "");
    }

    fn delete_word(&mut self) {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        let trimmed = head.trim_end();
        let start = trimmed.rfind(' ').map_or(0, |at| at + 1);
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    /// The line in `width` columns, with its cursor where `focused`; the part around the cursor is what shows.
    pub fn spans(&self, theme: Theme, width: usize, focused: bool) -> Vec<Span<'static>> {
        let (head, tail) = self.text.split_at(self.cursor);
        let mut under = tail.chars();
        let at_cursor = under.next().map_or(" ".to_owned(), String::from);
        let mut skipped = head;
        while !skipped.is_empty() && columns(skipped) + columns(&at_cursor) > width {
            let mut rest = skipped.chars();
            rest.next();
            skipped = rest.as_str();
        }
        let mut after = under.as_str().to_owned();
        let room = width.saturating_sub(columns(skipped) + columns(&at_cursor));
        while columns(&after) > room {
            after.pop();
        }
        if !focused {
            return vec![Span::raw(format!("{skipped}{at_cursor}{after}"))];
        }
        vec![Span::raw(skipped.to_owned()), span(at_cursor, theme.cursor()), Span::raw(after)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::theme::ColourDepth;

    fn key(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    #[test]
    fn a_paste_of_a_mebibyte_fills_the_line_and_no_more() {
        let mut line = InputLine::new(500);
        line.insert(&"\u{1b}[201~\rabc".repeat(100_000));
        assert_eq!(line.text().chars().count(), 500);
        assert!(line.text().starts_with("[201~ abc"));
    }

    #[test]
    fn words_and_characters_are_deleted_at_the_cursor() {
        let mut line = InputLine::new(50);
        line.insert("pay dev é");
        line.edit(key(KeyCode::Left));
        line.edit(key(KeyCode::Backspace));
        assert_eq!(line.text(), "pay devé");
        line.edit(KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        assert_eq!(line.text(), "pay é");
        line.edit(key(KeyCode::Delete));
        assert_eq!(line.text(), "pay ");
    }

    proptest! {
        #[test]
        fn no_edit_panics_and_the_width_holds(text in any::<String>(), keys in prop::collection::vec(0u8..7, 0..30), width in 0usize..30) {
            let mut line = InputLine::new(40);
            line.insert(&text);
            for at in keys {
                let codes = [KeyCode::Left, KeyCode::Right, KeyCode::Backspace, KeyCode::Delete, KeyCode::Char('é'), KeyCode::Char('東'), KeyCode::Home];
                line.edit(key(codes[usize::from(at)]));
                let shown: usize = line.spans(Theme::new(ColourDepth::Never), width, true).iter().map(|s| columns(&s.content)).sum();
                prop_assert!(shown <= width.max(2));
            }
        }
    }
}
