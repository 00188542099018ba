//! A single-line text input.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::Span;

use super::cells::span;
use crate::domain::text::{columns, visible};
use crate::tui::theme::Theme;

/// Typed or pasted text with a cursor. It holds no control characters and is never longer than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextInput {
    text: String,
    /// A byte position between two characters.
    cursor: usize,
    /// The maximum number of characters.
    limit: usize,
}

impl TextInput {
    /// An empty input of at most `limit` characters.
    pub(crate) fn new(limit: usize) -> Self {
        TextInput { text: String::new(), cursor: 0, limit }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
    }

    /// Inserts text at the cursor. Line ends and tabs become spaces; other control characters, and what exceeds the
    /// limit, are left out.
    pub(crate) fn insert(&mut self, inserted: &str) {
        let mut room = self.limit.saturating_sub(self.text.chars().count());
        for character in inserted.chars() {
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

    /// Handles an editing key; returns whether the text changed.
    pub(crate) fn edit(&mut self, key: KeyEvent) -> bool {
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

    /// The part of the text around the cursor that fits `width` columns; the cursor is shown where `focused`.
    pub(crate) fn spans(&self, theme: Theme, width: usize, focused: bool) -> Vec<Span<'static>> {
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
    use crate::tui::theme::ColorDepth;

    fn key(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    #[test]
    fn a_paste_of_a_mebibyte_fills_the_line_and_no_more() {
        let mut line = TextInput::new(500);
        line.insert(&"\u{1b}[201~\rabc".repeat(100_000));
        assert_eq!(line.text().chars().count(), 500);
        assert!(line.text().starts_with("[201~ abc"));
    }

    #[test]
    fn words_and_characters_are_deleted_at_the_cursor() {
        let mut line = TextInput::new(50);
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
            let mut line = TextInput::new(40);
            line.insert(&text);
            for at in keys {
                let codes = [KeyCode::Left, KeyCode::Right, KeyCode::Backspace, KeyCode::Delete, KeyCode::Char('é'), KeyCode::Char('東'), KeyCode::Home];
                line.edit(key(codes[usize::from(at)]));
                let shown: usize = line.spans(Theme::new(ColorDepth::Never), width, true).iter().map(|s| columns(&s.content)).sum();
                prop_assert!(shown <= width.max(2));
            }
        }
    }
}
