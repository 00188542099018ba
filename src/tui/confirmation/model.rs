//! What has been typed of the phrase, and why it does not count.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::domain::elevation::ConfirmationPhrase;
use crate::tui::message::Message;
use crate::tui::theme::Theme;
use crate::tui::widgets::text_input::TextInput;

/// The most characters that are typed.
const LONGEST: usize = 200;
/// So many keys at once were pasted into a terminal that does not say so: nobody types that fast, and a slow connection
/// rarely brings more than two together.
const PASTED: usize = 3;

/// The question.
pub(super) struct Confirmation {
    pub(super) phrase: ConfirmationPhrase,
    pub(super) typed: TextInput,
    pub(super) refused: Option<Refused>,
    pub(super) theme: Theme,
    /// How many keys have followed each other faster than a person types.
    at_once: usize,
}

/// Why what was entered does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Pasted,
    Wrong,
}

impl Confirmation {
    pub(super) fn new(phrase: ConfirmationPhrase, theme: Theme) -> Self {
        Confirmation { phrase, typed: TextInput::new(LONGEST), refused: None, theme, at_once: 0 }
    }

    /// Takes input; returns whether it was confirmed once that is decided.
    pub(super) fn update(&mut self, message: Message) -> Option<Option<()>> {
        match message {
            Message::Paste(_) => self.refuse(Refused::Pasted),
            Message::Key { key, .. } if gives_up(key) => return Some(None),
            Message::Key { key, in_burst } => {
                self.at_once = if in_burst { self.at_once + 1 } else { 0 };
                if self.at_once + 1 >= PASTED {
                    self.refuse(Refused::Pasted);
                } else if key.code == KeyCode::Enter {
                    return self.enter(in_burst);
                } else if self.typed.edit(key) {
                    self.refused = None;
                }
            }
            _ => {}
        }
        None
    }

    fn enter(&mut self, in_burst: bool) -> Option<Option<()>> {
        // An end that came together with other keys may have been pasted with them.
        if in_burst {
            return None;
        }
        if self.phrase.is(self.typed.text()) {
            return Some(Some(()));
        }
        if !self.typed.is_empty() {
            self.refuse(Refused::Wrong);
        }
        None
    }

    fn refuse(&mut self, why: Refused) {
        self.typed.clear();
        self.refused = Some(why);
    }
}

fn gives_up(key: KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    key.code == KeyCode::Esc || control && matches!(key.code, KeyCode::Char('c' | 'd' | 'g'))
}
