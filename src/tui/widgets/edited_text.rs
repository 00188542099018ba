//! What text inputs of one line and of several have in common: the text, the cursor and the keys that edit.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::visible;

/// Typed or pasted text with a cursor. It holds no control characters and is never longer than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EditedText {
    text: String,
    /// A byte position between two graphemes.
    cursor: usize,
    /// The maximum number of characters.
    limit: usize,
}

impl EditedText {
    pub(super) fn new(limit: usize) -> Self {
        EditedText { text: String::new(), cursor: 0, limit }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The cursor's byte position.
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts the cursor at a byte position, or at the end where that is none.
    pub(super) fn set_cursor(&mut self, at: usize) {
        self.cursor = if self.text.is_char_boundary(at) { at } else { self.text.len() };
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
    }

    /// Inserts text at the cursor. Line ends and tabs become spaces; other control characters, and what exceeds the
    /// limit, are left out.
    pub(super) fn insert(&mut self, inserted: &str) {
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
    pub(super) fn edit(&mut self, key: KeyEvent) -> bool {
        let before = self.text.len();
        match (key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Char('u'), true) => self.clear(),
            (KeyCode::Char('w'), true) => self.delete_word(),
            (KeyCode::Char('h'), true) | (KeyCode::Backspace, _) => self.delete_back(),
            (KeyCode::Delete, _) => self.delete_forward(),
            (KeyCode::Char('a'), true) | (KeyCode::Home, _) => self.cursor = 0,
            (KeyCode::Char('e'), true) | (KeyCode::End, _) => self.cursor = self.text.len(),
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
        let head = self.text.get(..self.cursor).unwrap_or_default();
        head.grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after_cursor(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        self.cursor + tail.graphemes(true).next().map_or(0, str::len)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::test_keys::{ctrl, key};

    #[test]
    fn a_paste_of_a_mebibyte_fills_the_text_and_no_more() {
        let mut text = EditedText::new(500);
        text.insert(&"\u{1b}[201~\rabc".repeat(100_000));
        assert_eq!(text.text().chars().count(), 500);
        assert!(text.text().starts_with("[201~ abc"));
    }

    #[test]
    fn words_and_characters_are_deleted_at_the_cursor() {
        let mut text = EditedText::new(50);
        text.insert("pay dev é");
        text.edit(key(KeyCode::Left));
        text.edit(key(KeyCode::Backspace));
        assert_eq!(text.text(), "pay devé");
        text.edit(ctrl('w'));
        assert_eq!(text.text(), "pay é");
        text.edit(key(KeyCode::Delete));
        assert_eq!(text.text(), "pay ");
    }

    #[test]
    fn the_cursor_goes_to_both_ends() {
        for (start, end) in [(ctrl('a'), ctrl('e')), (key(KeyCode::Home), key(KeyCode::End))] {
            let mut text = EditedText::new(50);
            text.insert("dev");
            text.edit(start);
            text.insert("<");
            text.edit(end);
            text.insert(">");
            assert_eq!(text.text(), "<dev>");
        }
    }

    #[test]
    fn a_letter_with_its_accent_is_one_step_and_deleted_at_once() {
        let mut text = EditedText::new(50);
        text.insert("ae\u{301}b");
        text.edit(key(KeyCode::Left));
        text.edit(key(KeyCode::Backspace));
        assert_eq!(text.text(), "ab");
    }
}
