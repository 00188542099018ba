//! Patterns with `*` and `?`, compared without regard to case.

use std::fmt;

use wildmatch::WildMatch;

use crate::domain::text::visible;

/// A pattern with `*` and `?`, compared without regard to case.
#[derive(Debug, Clone)]
pub struct Glob(WildMatch);

/// A pattern that is empty, and so matches nothing, or longer than any name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern `{}` is not 1 to 256 characters, with * and ?", visible(.0))]
pub struct InvalidGlob(String);

impl Glob {
    /// Takes `text` as a pattern.
    pub fn parse(text: &str) -> Result<Self, InvalidGlob> {
        if (1..=256).contains(&text.len()) {
            Ok(Glob::of(text))
        } else {
            Err(InvalidGlob(text.chars().take(80).collect()))
        }
    }

    /// A pattern that is known to be one.
    pub(super) fn of(text: &str) -> Self {
        Glob(WildMatch::new_case_insensitive(text))
    }

    /// Whether it matches `text` as a whole.
    pub fn matches(&self, text: &str) -> bool {
        self.0.matches(text)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Which accounts a rule is for.
#[derive(Debug, Clone)]
pub enum AccountGlob {
    /// By id: a pattern of digits, `*` and `?` alone.
    Id(Glob),
    /// By name: any other pattern, which no id can match.
    Name(Glob),
}

impl AccountGlob {
    /// Takes `text` as a pattern over ids or over names, by what it is made of.
    pub fn parse(text: &str) -> Result<Self, InvalidGlob> {
        let glob = Glob::parse(text)?;
        let over_ids = text.bytes().all(|byte| byte.is_ascii_digit() || b"*?".contains(&byte));
        Ok(if over_ids { AccountGlob::Id(glob) } else { AccountGlob::Name(glob) })
    }
}

impl fmt::Display for AccountGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (AccountGlob::Id(glob) | AccountGlob::Name(glob)) = self;
        fmt::Display::fmt(glob, f)
    }
}
