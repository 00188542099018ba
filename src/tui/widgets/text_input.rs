//! A single-line text input.

use crossterm::event::KeyEvent;
use ratatui::text::Span;

use super::cells::span;
use super::edited_text::EditedText;
use crate::domain::text::columns;
use crate::tui::theme::Theme;

/// Typed or pasted text on one line. It holds no control characters and is never longer than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextInput(EditedText);

impl TextInput {
    /// An empty input of at most `limit` characters.
    pub(crate) fn new(limit: usize) -> Self {
        TextInput(EditedText::new(limit))
    }

    pub(crate) fn text(&self) -> &str {
        self.0.text()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Inserts text at the cursor; see [`EditedText::insert`].
    pub(crate) fn insert(&mut self, inserted: &str) {
        self.0.insert(inserted);
    }

    /// Handles an editing key; returns whether the text changed.
    pub(crate) fn edit(&mut self, key: KeyEvent) -> bool {
        self.0.edit(key)
    }

    /// The part of the text around the cursor that fits `width` columns; the cursor is shown where `focused`.
    pub(crate) fn spans(&self, theme: Theme, width: usize, focused: bool) -> Vec<Span<'static>> {
        let (head, tail) = self.text().split_at(self.0.cursor());
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
    use crossterm::event::KeyCode;
    use proptest::prelude::*;

    use super::*;
    use crate::tui::theme::{Background, ColorDepth};
    use crate::tui::widgets::test_keys::key;

    proptest! {
        #[test]
        fn no_edit_panics_and_the_width_holds(text in any::<String>(), keys in prop::collection::vec(0u8..7, 0..30), width in 0usize..30) {
            let mut line = TextInput::new(40);
            line.insert(&text);
            for at in keys {
                let codes = [KeyCode::Left, KeyCode::Right, KeyCode::Backspace, KeyCode::Delete, KeyCode::Char('é'), KeyCode::Char('東'), KeyCode::Home];
                line.edit(key(codes[usize::from(at)]));
                let shown: usize = line.spans(Theme::new(ColorDepth::Never, Background::Dark), width, true).iter().map(|s| columns(&s.content)).sum();
                prop_assert!(shown <= width.max(2));
            }
        }
    }
}
