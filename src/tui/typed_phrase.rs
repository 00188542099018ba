//! What has been typed of the phrase that confirms an elevation, and why it does not count. A paste never does.

use crossterm::event::{KeyCode, KeyEvent};

use super::widgets::text_input::TextInput;
use crate::domain::elevation::ConfirmationPhrase;

/// The most characters that are typed.
const LONGEST: usize = 200;
/// So many keys at once were pasted into a terminal that does not say so: nobody types that fast, and a slow connection
/// rarely brings more than two together.
const PASTED: usize = 3;

#[derive(Debug)]
pub(crate) struct TypedPhrase {
    pub(crate) phrase: ConfirmationPhrase,
    pub(crate) typed: TextInput,
    pub(crate) refused: Option<Refused>,
    /// How many keys have followed each other faster than a person types.
    at_once: usize,
}

/// Why what was entered does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Pasted,
    /// Several keys came together, which a paste does and sometimes a slow connection.
    TooFast,
    /// Enter came together with other keys.
    EnterTooFast,
    Wrong,
}

impl TypedPhrase {
    pub(crate) fn new(phrase: ConfirmationPhrase) -> Self {
        TypedPhrase { phrase, typed: TextInput::new(LONGEST), refused: None, at_once: 0 }
    }

    /// Takes a key; returns whether it confirms.
    pub(crate) fn on_key(&mut self, key: KeyEvent, in_burst: bool) -> bool {
        self.at_once = if in_burst { self.at_once + 1 } else { 0 };
        if self.at_once + 1 >= PASTED {
            self.refuse(Refused::TooFast);
        } else if key.code == KeyCode::Enter {
            return self.enter(in_burst);
        } else if self.typed.edit(key) {
            self.refused = None;
        }
        false
    }

    /// Something was pasted.
    pub(crate) fn on_paste(&mut self) {
        self.refuse(Refused::Pasted);
    }

    fn enter(&mut self, in_burst: bool) -> bool {
        // An end that came together with other keys may have been pasted with them.
        if in_burst {
            self.refused = Some(Refused::EnterTooFast);
            return false;
        }
        if self.phrase.is(self.typed.text()) {
            return true;
        }
        if !self.typed.is_empty() {
            self.refuse(Refused::Wrong);
        }
        false
    }

    fn refuse(&mut self, why: Refused) {
        self.typed.clear();
        self.refused = Some(why);
    }
}

impl Refused {
    /// Why, in words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Refused::Pasted => "what is pasted does not count: type it",
            Refused::TooFast => "that came as fast as a paste: type it more slowly",
            Refused::EnterTooFast => "↵ came as fast as a paste: press it once more",
            Refused::Wrong => "that is not it",
        }
    }
}
