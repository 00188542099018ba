//! A target, one account and one role, and the ways people write one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{AccountId, InvalidName, RoleName};
use super::text::visible;

/// One account and one role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The account's twelve digits.
    pub account: AccountId,
    /// The role's name as the portal lists it.
    pub role: RoleName,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.account, self.role))
    }
}

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let (account, role) = text.split_once('/').ok_or_else(|| InvalidTarget::NoRole(shortened(text)))?;
        Ok(Target { account: AccountId::parse(account)?, role: RoleName::parse(role)? })
    }
}

/// Why a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    /// There is no `/`.
    #[error("`{}` is not ACCOUNT/ROLE", visible(.0))]
    NoRole(String),
    /// There is nothing before the `/`.
    #[error("`{}` names no account", visible(.0))]
    NoAccount(String),
    /// There is nothing at all.
    #[error("the target is empty")]
    Empty,
    /// One of the two parts is wrong.
    #[error(transparent)]
    Name(#[from] InvalidName),
}

/// An account, by id or by name, and a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountRole {
    /// By id: complete.
    Id(Target),
    /// By the account's name, to be looked up in the catalog.
    Name {
        /// The account's name as it was typed.
        account: String,
        /// The role.
        role: RoleName,
    },
}

impl AccountRole {
    /// Reads `ACCOUNT/ROLE`. Account names may contain a `/`, roles may not: the last one divides.
    pub fn parse(text: &str) -> Result<Self, InvalidTarget> {
        let (account, role) = text.rsplit_once('/').ok_or_else(|| InvalidTarget::NoRole(shortened(text)))?;
        AccountRole::new(account, role)
    }

    /// Takes account and role one by one, as `--account` and `--role` give them.
    pub fn new(account: &str, role: &str) -> Result<Self, InvalidTarget> {
        let role = RoleName::parse(role)?;
        if let Ok(account) = AccountId::parse(account) {
            return Ok(AccountRole::Id(Target { account, role }));
        }
        if account.trim().is_empty() {
            return Err(InvalidTarget::NoAccount(format!("{account}/{role}")));
        }
        Ok(AccountRole::Name { account: account.to_owned(), role })
    }
}

/// What was typed, before anything is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetSpec {
    /// An account and a role and nothing else: `ACCOUNT_ID/ROLE`, or `--account A --role R`.
    AccountRole(AccountRole),
    /// `--profile NAME`.
    Profile(String),
    /// An alias, `account-name/role` or a profile's name.
    Text(String),
}

impl TargetSpec {
    /// Reads a positional `TARGET`.
    pub fn parse(text: &str) -> Result<Self, InvalidTarget> {
        if text.trim().is_empty() {
            return Err(InvalidTarget::Empty);
        }
        match AccountRole::parse(text) {
            Ok(by_id @ AccountRole::Id(_)) => Ok(TargetSpec::AccountRole(by_id)),
            _ => Ok(TargetSpec::Text(text.to_owned())),
        }
    }

    /// Takes `--account` and `--role`.
    pub fn account_role(account: &str, role: &str) -> Result<Self, InvalidTarget> {
        Ok(TargetSpec::AccountRole(AccountRole::new(account, role)?))
    }
}

/// Long enough to recognise, short enough for a message.
fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_an_id_and_a_role_are_complete() {
        let id = TargetSpec::AccountRole(AccountRole::Id("123456789012/Dev".parse().unwrap()));
        let table = [
            ("123456789012/Dev", id),
            ("12345678901/Dev", TargetSpec::Text("12345678901/Dev".into())),
            ("a/b/Dev", TargetSpec::Text("a/b/Dev".into())),
            ("123456789012/no role", TargetSpec::Text("123456789012/no role".into())),
            ("alias", TargetSpec::Text("alias".into())),
        ];
        for (text, spec) in table {
            assert_eq!(TargetSpec::parse(text).unwrap(), spec);
        }
        let by_name = AccountRole::Name { account: "a/b".into(), role: RoleName::parse("Dev").unwrap() };
        assert_eq!(AccountRole::parse("a/b/Dev"), Ok(by_name));
    }

    #[test]
    fn what_is_no_target_says_why() {
        let table = [
            ("Dev", "`Dev` is not ACCOUNT/ROLE"),
            ("/Dev", "`/Dev` names no account"),
            ("a/\u{1b}", "role name `\\e` is not 1 to 64 letters, digits or +=,.@-_"),
        ];
        for (text, why) in table {
            assert_eq!(AccountRole::parse(text).unwrap_err().to_string(), why);
        }
        assert_eq!(TargetSpec::parse(" "), Err(InvalidTarget::Empty));
    }

    proptest! {
        #[test]
        fn a_shown_target_reads_back(digits in "[0-9]{12}", role in "[A-Za-z0-9+=,.@_-]{1,64}") {
            let text = format!("{digits}/{role}");
            prop_assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
    }
}
