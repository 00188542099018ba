//! Why an elevation is needed, in the engineer's words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::policy::Pattern;
use crate::domain::secret_shapes::secret_in;
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
    /// The same characters or words over and over, or a run of keys, say nothing.
    #[error("the reason says nothing; write what the access is for")]
    SaysNothing,
    /// The policy refuses reasons like it.
    #[error("the policy refuses a reason that matches `{}`", visible(.0))]
    Denied(String),
    /// It is what is typed to confirm, which is asked for later.
    #[error("what confirms an elevation is no reason for it; the confirmation is asked for after the reason")]
    Confirmation,
    /// It is a command, typed where the reason was asked for.
    #[error("the reason begins like a daypass command; write what the access is for")]
    Command,
    /// It seems to hold a secret, which a record would keep.
    #[error("the reason seems to hold {0}, and reasons are recorded; write it without")]
    Secret(&'static str),
}

impl Reason {
    /// The least number of characters any policy can ask for.
    pub const FLOOR: usize = 10;
    /// The greatest number of characters.
    pub const LIMIT: usize = 500;

    /// Checks `text`, its control characters made visible and its ends trimmed, against `least` characters, of which
    /// control characters are none.
    pub fn parse(text: &str, least: usize) -> Result<Self, InvalidReason> {
        let text = visible(text.trim());
        let readable = without_escapes(&text);
        let least = least.max(Self::FLOOR);
        if readable.chars().count() < least {
            return Err(InvalidReason::TooShort(least));
        }
        if text.chars().count() > Self::LIMIT {
            return Err(InvalidReason::TooLong);
        }
        if says_nothing(&readable) {
            return Err(InvalidReason::SaysNothing);
        }
        // As it was typed and as it would be read: an escape must not hide anything.
        if let Some(secret) = secret_in(&readable).or_else(|| secret_in(&text)) {
            return Err(InvalidReason::Secret(secret));
        }
        Ok(Reason(text))
    }

    /// The same for a new reason, where `denied` are the policy's patterns of reasons that it refuses.
    pub fn parse_under(text: &str, least: usize, denied: &[Pattern]) -> Result<Self, InvalidReason> {
        let reason = Reason::parse(text, least)?;
        if reason.0.split_whitespace().next() == Some("daypass") {
            return Err(InvalidReason::Command);
        }
        match denied.iter().find(|pattern| pattern.matches(&reason.0)) {
            Some(pattern) => Err(InvalidReason::Denied(pattern.as_str().to_owned())),
            None => Ok(reason),
        }
    }

    /// Whether a reason that was taken before still does where `least` characters are asked for and `denied` refused.
    pub fn stands_under(&self, least: usize, denied: &[Pattern]) -> bool {
        without_escapes(&self.0).chars().count() >= least && !denied.iter().any(|pattern| pattern.matches(&self.0))
    }

    /// The reason as text, safe to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `text` without what [`visible`] writes for a character that cannot be seen: several characters of a kept reason, and none
/// that somebody wrote to be read. What was typed with the look of such an escape is not told from one, here or later.
fn without_escapes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        kept.push_str(before);
        rest = after_escape(after).unwrap_or_else(|| {
            kept.push('\\');
            after
        });
    }
    kept + rest
}

/// What follows the escape whose backslash stands before `text`.
fn after_escape(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix(['n', 'r', 't', 'e']) {
        return Some(after);
    }
    let (digits, after) = text.strip_prefix("u{")?.split_once('}')?;
    let is_one = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then_some(after)
}

/// The fewest letters and digits that say something beside runs of keys.
const SAYS_SOMETHING: usize = 5;
/// The fewest characters of a run.
const RUN: usize = 4;
/// The most characters of a row below.
const LONGEST_ROW: usize = 26;
/// The rows of keys, and the alphabet.
const ROWS: [&str; 6] =
    ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "qwertzuiop"];

/// Whether `text` is made of hardly any characters, of one word again and again, or of runs of keys.
fn says_nothing(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let is_one_word_repeated = words.len() > 1 && words.iter().all(|word| *word == words[0]);
    let rest: String = words.iter().map(|word| without_runs(word)).collect();
    let said: Vec<char> = rest.chars().filter(|character| character.is_alphanumeric()).collect();
    let mut distinct = said.clone();
    distinct.sort_unstable();
    distinct.dedup();
    is_one_word_repeated || said.len() < SAYS_SOMETHING || distinct.len() < 3
}

/// `word` without runs of neighbouring keys, in either direction.
fn without_runs(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut kept = String::new();
    let mut start = 0;
    while start < letters.len() {
        let longest =
            (start + RUN..=letters.len().min(start + LONGEST_ROW)).rev().find(|end| is_run(&letters[start..*end]));
        match longest {
            Some(end) => start = end,
            None => {
                kept.push(letters[start]);
                start += 1;
            }
        }
    }
    kept
}

fn is_run(letters: &[char]) -> bool {
    let (forwards, backwards): (String, String) = (letters.iter().collect(), letters.iter().rev().collect());
    ROWS.iter().any(|row| row.contains(&forwards) || row.contains(&backwards))
}

/// A reason as it was kept. What it says was judged where somebody wrote it, by the rules of that day: judged again, a record
/// could become unreadable.
impl TryFrom<String> for Reason {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let is_one = (Self::FLOOR..=Self::LIMIT).contains(&text.chars().count()) && !text.chars().any(is_unsafe);
        if is_one { Ok(Reason(text)) } else { Err("it is no reason as reasons are kept") }
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reason_stands_under_the_terms_that_it_was_taken_under(text in r"[a-z \\nrtu{}0-9\u{200b}\u{1b}]{0,60}", least in 0usize..60) {
            if let Ok(reason) = Reason::parse(&text, least) {
                prop_assert!(reason.stands_under(least, &[]), "{reason}");
            }
        }

        #[test]
        fn no_escape_is_counted(text in any::<String>()) {
            let seen = text.replace('\\', "/");
            let readable: String = seen.chars().filter(|character| !is_unsafe(*character)).collect();
            prop_assert_eq!(without_escapes(&visible(&seen)), readable);
        }
    }

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
    fn a_stricter_policy_counts_what_can_be_read_as_well() {
        let reason = Reason::parse(&format!("fix it now{}", "\u{200b}".repeat(4)), 10).unwrap();
        assert_eq!(reason.as_str().chars().count(), 42);
        assert!(reason.stands_under(10, &[]) && !reason.stands_under(11, &[]));
        let reason = Reason::parse("fix\tit \u{1b}[2J \\ \\u{} \\u{1234567} now", 10).unwrap();
        assert!(reason.stands_under(32, &[]) && !reason.stands_under(33, &[]), "{reason}");
    }

    #[test]
    fn a_reason_says_something() {
        for (text, expected) in [
            ("aaaaaaaaaaaa", Err(InvalidReason::SaysNothing)),
            ("abababababab", Err(InvalidReason::SaysNothing)),
            ("a-b-a-b-a-b-", Err(InvalidReason::SaysNothing)),
            ("------------", Err(InvalidReason::SaysNothing)),
            ("------------\u{1}\u{2}\u{3}", Err(InvalidReason::SaysNothing)),
            ("abcabcabcabc", Ok(())),
            ("1234567890", Err(InvalidReason::SaysNothing)),
            ("qwertyuiop", Err(InvalidReason::SaysNothing)),
            ("QWERTY asdfgh 0987654321", Err(InvalidReason::SaysNothing)),
            ("asdf asdf asdf", Err(InvalidReason::SaysNothing)),
            ("test test test test", Err(InvalidReason::SaysNothing)),
            ("Admin ADMIN admin", Err(InvalidReason::SaysNothing)),
            ("INC-1234 asdf", Err(InvalidReason::SaysNothing)),
            ("INC-1234 restore", Ok(())),
            ("fix the qwerty layout", Ok(())),
        ] {
            assert_eq!(Reason::parse(text, 10).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn a_reason_with_a_secret_is_refused() {
        let key = ["restore with AKIA", "IOSFODNN7EXAMPLE"].concat();
        let split = ["restore with AK\u{200b}IA", "IOSFODNN7EXAMPLE"].concat();
        for text in [key, split] {
            assert_eq!(Reason::parse(&text, 10), Err(InvalidReason::Secret("an AWS access key")), "{text}");
        }
    }

    #[test]
    fn what_the_policy_denies_is_refused() {
        let denied = [Pattern::anywhere("(?i)^test").unwrap()];
        assert_eq!(
            Reason::parse_under("Testing the ledger", 10, &denied).unwrap_err().to_string(),
            "the policy refuses a reason that matches `(?i)^test`"
        );
        assert!(Reason::parse_under("restore the ledger", 10, &denied).is_ok());
    }

    #[test]
    fn a_command_that_was_typed_where_the_reason_is_asked_for_is_none() {
        for command in ["daypass end 01M8", "  daypass extend --duration 1h"] {
            assert_eq!(Reason::parse_under(command, 10, &[]), Err(InvalidReason::Command), "{command}");
        }
        assert!(Reason::parse_under("upgrade daypass on the bastion", 10, &[]).is_ok());
        assert!(Reason::parse("daypass end 01M8", 10).is_ok(), "what is in the log stays readable");
    }

    #[test]
    fn a_reason_is_kept_trimmed_and_with_its_control_characters_visible() {
        let reason = Reason::parse("  restore \u{1b}[2J the ledger \n", 10).unwrap();
        assert_eq!(reason.as_str(), "restore \\e[2J the ledger");
        assert_eq!(String::from(reason.clone()), reason.as_str());
        let again: Reason = serde_json::from_str(&serde_json::to_string(&reason).unwrap()).unwrap();
        assert_eq!(again, reason);
    }

    #[test]
    fn a_kept_reason_is_safe_to_show_and_is_not_judged_again() {
        let kept = |text: &str| Reason::try_from(text.to_owned()).map(String::from);
        for text in ["asdf asdf asdf", "INC-1 \\tyui", &["with AKIA", "IOSFODNN7EXAMPLE"].concat(), &"x".repeat(500)] {
            assert_eq!(kept(text).as_deref(), Ok(text));
        }
        for text in ["short", "restore \u{1b}[2J the ledger", "restore\u{200b} the ledger", &"x".repeat(501)] {
            assert!(kept(text).is_err(), "{text:?}");
        }
    }
}
