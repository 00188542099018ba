//! Settings whose value is one of a few words.

use crate::domain::osc52::Osc52;
use crate::domain::session::Flow;
use crate::domain::store_choice::{StoreChoice, StoreName};

/// A value that files, variables and flags write as one of a few words.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every word and what it means.
    const WORDS: &'static [(&'static str, Self)];

    /// Parses `word`.
    ///
    /// # Errors
    /// It is none of the words; the message lists them.
    fn parse(word: &str) -> Result<Self, UnknownWord> {
        let found = Self::WORDS.iter().find(|(known, _)| *known == word);
        found
            .map(|(_, choice)| *choice)
            .ok_or_else(|| UnknownWord::new(word, Self::WORDS.iter().map(|(known, _)| *known)))
    }

    /// The word for this choice.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, choice)| *choice == self).map_or("", |(word, _)| word)
    }
}

/// A word that is not one of the few.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not one of {allowed}")]
pub struct UnknownWord {
    given: String,
    allowed: String,
}

impl UnknownWord {
    /// `given` is none of `allowed`.
    pub fn new(given: &str, allowed: impl IntoIterator<Item = &'static str>) -> Self {
        let allowed: Vec<_> = allowed.into_iter().collect();
        UnknownWord { given: given.chars().take(80).collect(), allowed: allowed.join(", ") }
    }
}

impl Choice for StoreChoice {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("auto", StoreChoice::Auto),
        only(StoreName::SecretService),
        only(StoreName::Keyutils),
        only(StoreName::Keychain),
        only(StoreName::CredentialManager),
        only(StoreName::Memory),
    ];
}

const fn only(store: StoreName) -> (&'static str, StoreChoice) {
    (store.word(), StoreChoice::Only(store))
}

impl Choice for Flow {
    const WORDS: &'static [(&'static str, Self)] = &[("device", Flow::Device), ("pkce", Flow::Pkce)];
}

/// How many colours the screen gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorChoice {
    /// As many as the terminal says it has.
    Auto,
    /// 16.
    Sixteen,
    /// 24 bits.
    Truecolor,
    /// None.
    Never,
}

impl Choice for ColorChoice {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("auto", ColorChoice::Auto),
        ("16", ColorChoice::Sixteen),
        ("truecolor", ColorChoice::Truecolor),
        ("never", ColorChoice::Never),
    ];
}

impl Choice for Osc52 {
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", Osc52::Auto), ("always", Osc52::Always), ("never", Osc52::Never)];
}

/// The terminal's background, for which the colours are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackgroundChoice {
    /// The one that the terminal reports.
    Auto,
    /// A dark one.
    Dark,
    /// A light one.
    Light,
}

impl Choice for BackgroundChoice {
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", BackgroundChoice::Auto), ("dark", BackgroundChoice::Dark), ("light", BackgroundChoice::Light)];
}

/// How the screen announces that something is about to expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyChoice {
    /// By a desktop notification where the terminal is known to show them, otherwise by the bell.
    Auto,
    /// By a desktop notification (OSC 9).
    Osc9,
    /// By the terminal's bell.
    Bell,
    /// By its own text alone.
    Off,
}

impl Choice for NotifyChoice {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("auto", NotifyChoice::Auto),
        ("osc9", NotifyChoice::Osc9),
        ("bell", NotifyChoice::Bell),
        ("off", NotifyChoice::Off),
    ];
}

/// What a sign-in says about a standby sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandbyChoice {
    /// Nothing.
    Off,
    /// Whether to make one as well, where replicas are named and there is none.
    Offer,
}

impl Choice for StandbyChoice {
    const WORDS: &'static [(&'static str, Self)] = &[("off", StandbyChoice::Off), ("offer", StandbyChoice::Offer)];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back<T: Choice + std::fmt::Debug>() {
        for (word, choice) in T::WORDS {
            assert_eq!((T::parse(word), choice.word()), (Ok(*choice), *word));
        }
    }

    #[test]
    fn words_read_back() {
        read_back::<StoreChoice>();
        read_back::<Flow>();
        read_back::<ColorChoice>();
        read_back::<Osc52>();
        read_back::<BackgroundChoice>();
        read_back::<NotifyChoice>();
        read_back::<StandbyChoice>();
        assert_eq!(Flow::parse("Device").unwrap_err().to_string(), "`Device` is not one of device, pkce");
    }
}
