//! The question, and what is typed for it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::domain::elevation::ConfirmationPhrase;
use crate::tui::message::Message;
use crate::tui::theme::Theme;
use crate::tui::typed_phrase::TypedPhrase;

/// The question.
pub(super) struct Confirmation {
    pub(super) phrase: TypedPhrase,
    pub(super) theme: Theme,
}

impl Confirmation {
    pub(super) fn new(phrase: ConfirmationPhrase, theme: Theme) -> Self {
        Confirmation { phrase: TypedPhrase::new(phrase), theme }
    }

    /// Takes input; returns whether it was confirmed once that is decided.
    pub(super) fn update(&mut self, message: Message) -> Option<Option<()>> {
        match message {
            Message::Paste(_) => self.phrase.on_paste(),
            Message::Key { key, .. } if gives_up(key) => return Some(None),
            Message::Key { key, in_burst } => return self.phrase.on_key(key, in_burst).then_some(Some(())),
            _ => {}
        }
        None
    }
}

fn gives_up(key: KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    key.code == KeyCode::Esc || control && matches!(key.code, KeyCode::Char('c' | 'd' | 'g'))
}
