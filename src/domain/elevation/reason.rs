//! Why an elevation is needed, in the engineer's words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::text::{is_unsafe, visible};

/// Why an elevation is needed, in the engineer's words: at least ten characters, at most 500, one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

/// Why a reason was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReason {
    /// Fewer characters than asked for.
    #[error("the reason needs at least {0} characters")]
    TooShort(usize),
    /// More than 500 characters.
    #[error("the reason is longer than {} characters", Reason::LIMIT)]
    TooLong,
    /// The same character or two over and over says nothing.
    #[error("the reason says nothing; write what the access is for")]
    SaysNothing,
}

impl Reason {
    /// The least number of characters any policy can ask for.
    pub const FLOOR: usize = 10;
    /// The greatest number of characters.
    pub const LIMIT: usize = 500;

    /// Checks `text`, its control characters made visible and its ends trimmed, against `least` characters, of which
    /// control characters are none.
    pub fn parse(text: &str, least: usize) -> Result<Self, InvalidReason> {
        let text = text.trim();
        // An escape is several characters of a kept reason, and none that someone wrote to be read.
        let readable: Vec<char> = text.chars().filter(|character| !is_unsafe(*character)).collect();
        let least = least.max(Self::FLOOR);
        if readable.len() < least {
            return Err(InvalidReason::TooShort(least));
        }
        let text = visible(text);
        if text.chars().count() > Self::LIMIT {
            return Err(InvalidReason::TooLong);
        }
        let mut distinct: Vec<char> = readable.into_iter().filter(|character| character.is_alphanumeric()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 3 {
            return Err(InvalidReason::SaysNothing);
        }
        Ok(Reason(text))
    }

    /// The reason as text, safe to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = InvalidReason;
    fn try_from(text: String) -> Result<Self, InvalidReason> {
        Reason::parse(&text, Self::FLOOR)
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        reason.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_exact_and_count_characters() {
        let text = |length: usize| "äbc".chars().cycle().take(length).collect::<String>();
        let table = [
            (9, 10, Err(InvalidReason::TooShort(10))),
            (10, 10, Ok(())),
            (11, 10, Ok(())),
            (10, 0, Ok(())),
            (9, 0, Err(InvalidReason::TooShort(10))),
            (19, 20, Err(InvalidReason::TooShort(20))),
            (20, 20, Ok(())),
            (500, 10, Ok(())),
            (501, 10, Err(InvalidReason::TooLong)),
        ];
        for (length, least, expected) in table {
            assert_eq!(Reason::parse(&text(length), least).map(|_| ()), expected, "{length} of at least {least}");
        }
    }

    #[test]
    fn characters_that_nobody_sees_do_not_count() {
        for hidden in ["\u{1}\u{2}\u{3}", "fix it\u{200b}\u{200b}\u{200b}\u{200b}", "fix\tit\tnow\t."] {
            assert_eq!(Reason::parse(hidden, 10), Err(InvalidReason::TooShort(10)), "{hidden:?}");
        }
        assert_eq!(Reason::parse("fix it\tnow!!\u{200b}", 10).unwrap().as_str(), "fix it\\tnow!!\\u{200b}");
    }

    #[test]
    fn three_different_characters_are_the_least_that_says_anything() {
        for (text, expected) in [
            ("aaaaaaaaaaaa", Err(InvalidReason::SaysNothing)),
            ("abababababab", Err(InvalidReason::SaysNothing)),
            ("a-b-a-b-a-b-", Err(InvalidReason::SaysNothing)),
            ("------------", Err(InvalidReason::SaysNothing)),
            ("------------\u{1}\u{2}\u{3}", Err(InvalidReason::SaysNothing)),
            ("abcabcabcabc", Ok(())),
        ] {
            assert_eq!(Reason::parse(text, 10).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn a_reason_is_kept_trimmed_and_with_its_control_characters_visible() {
        let reason = Reason::parse("  restore \u{1b}[2J the ledger \n", 10).unwrap();
        assert_eq!(reason.as_str(), "restore \\e[2J the ledger");
        assert_eq!(String::from(reason.clone()), reason.as_str());
        let again: Reason = serde_json::from_str(&serde_json::to_string(&reason).unwrap()).unwrap();
        assert_eq!(again, reason);
        assert!(serde_json::from_str::<Reason>("\"short\"").is_err());
    }
}
