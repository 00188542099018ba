//! What a person types to confirm an elevation.

use crate::domain::ids::AccountId;
use crate::domain::text::visible;

/// What confirms elevations of certain accounts: the account's name or the last four digits of its id; where there are
/// several accounts, the digits of each in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationPhrase {
    name: Option<String>,
    digits: String,
    accounts: usize,
}

impl ConfirmationPhrase {
    /// The phrase for these accounts, each with its name where that is known.
    pub fn of(accounts: &[(AccountId, Option<String>)]) -> Self {
        let mut distinct: Vec<&(AccountId, Option<String>)> = Vec::new();
        for account in accounts {
            if !distinct.iter().any(|(id, _)| *id == account.0) {
                distinct.push(account);
            }
        }
        let digits: Vec<&str> = distinct.iter().map(|(id, _)| last_four(id)).collect();
        let name = match distinct.as_slice() {
            [(_, name)] => name.as_deref().map(visible).filter(|name| !name.trim().is_empty()),
            _ => None,
        };
        ConfirmationPhrase { name, digits: digits.join(" "), accounts: distinct.len() }
    }

    /// Whether `typed` confirms.
    pub fn is(&self, typed: &str) -> bool {
        let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = self.name.as_ref().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        !typed.is_empty() && (typed == self.digits || name.is_some_and(|name| name == typed))
    }

    /// What to type, in words.
    pub fn words(&self) -> String {
        match (&self.name, self.accounts) {
            (Some(name), _) => format!("{name} or {}", self.digits),
            (None, 0 | 1) => self.digits.clone(),
            (None, _) => format!("{} (the last four digits of each account)", self.digits),
        }
    }
}

fn last_four(id: &AccountId) -> &str {
    let text = id.as_str();
    text.get(text.len().saturating_sub(4)..).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(accounts: &[(&str, Option<&str>)]) -> ConfirmationPhrase {
        let account = |(id, name): &(&str, Option<&str>)| (AccountId::parse(id).unwrap(), name.map(str::to_owned));
        ConfirmationPhrase::of(&accounts.iter().map(account).collect::<Vec<_>>())
    }

    #[test]
    fn one_account_is_confirmed_by_its_name_or_its_last_four_digits() {
        let named = phrase(&[("123456780008", Some("prod payments"))]);
        assert_eq!(named.words(), "prod payments or 0008");
        for (typed, expected) in [
            ("prod payments", true),
            ("  prod   payments ", true),
            ("0008", true),
            ("", false),
            (" ", false),
            ("y", false),
            ("prod", false),
            ("008", false),
            ("Prod payments", false),
            ("123456780008", false),
        ] {
            assert_eq!(named.is(typed), expected, "{typed:?}");
        }
        for unnamed in [None, Some(""), Some("  ")] {
            let unnamed = phrase(&[("123456780008", unnamed)]);
            assert!(unnamed.is("0008") && !unnamed.is("") && unnamed.words() == "0008");
        }
    }

    #[test]
    fn several_accounts_are_confirmed_one_by_one_and_an_account_is_named_once() {
        let both = phrase(&[("123456780008", Some("a")), ("123456780008", Some("a")), ("123456781234", Some("b"))]);
        assert!(both.is("0008 1234") && !both.is("a") && !both.is("0008") && !both.is("1234 0008"));
        let same = phrase(&[("123456780008", Some("a")), ("123456780008", Some("a"))]);
        assert!(same.is("a") && same.is("0008"));
    }

    #[test]
    fn a_name_that_would_act_on_the_terminal_is_confirmed_as_it_is_shown() {
        let hostile = phrase(&[("123456780008", Some("x\u{1b}[2J"))]);
        assert_eq!(hostile.words(), "x\\e[2J or 0008");
        assert!(hostile.is("x\\e[2J") && !hostile.is("x\u{1b}[2J"));
    }
}
