//! The errors for names that are unknown or ambiguous, with suggestions.

use std::collections::BTreeSet;

use super::lookup::Names;
use crate::domain::ids::AccountId;
use crate::domain::nearest::nearest;
use crate::domain::target::{AccountRole, shortened};
use crate::error::Error;

/// How many accounts an ambiguous name shows.
const SHOWN: usize = 5;

pub(super) fn ambiguous_account(name: &str, found: &BTreeSet<AccountId>) -> Error {
    let listed: Vec<&str> = found.iter().take(SHOWN).map(AccountId::as_str).collect();
    let more = if found.len() > SHOWN { format!(" and {} more", found.len() - SHOWN) } else { String::new() };
    Error::usage(format!("{} accounts are called `{}`: {}{more}", found.len(), shortened(name), listed.join(", ")))
        .hint("write the account's id: ACCOUNT_ID/ROLE")
}

pub(super) fn alias_or_profile(text: &str) -> Error {
    Error::usage(format!("`{}` is an alias and also an AWS profile", shortened(text)))
        .hint(format!("--profile {} takes the profile", shortened(text)))
        .hint("rename the alias in the settings, or write ACCOUNT_ID/ROLE, for the other")
}

pub(super) fn account(name: &str, names: &dyn Names) -> Error {
    let error = Error::usage(format!("no account called `{}` has been listed", shortened(name)));
    let known = account_names(names);
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("daypass roles --refresh"),
    }
}

pub(super) fn profile(name: &str, names: &dyn Names) -> Error {
    let error = Error::usage(format!("there is no AWS profile called `{}`", shortened(name)));
    let known = names.profile_names();
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("daypass roles"),
    }
}

pub(super) fn target(text: &str, names: &dyn Names) -> Error {
    let suggestion = near_account_role(text, names).or_else(|| {
        let known = [names.alias_names(), names.profile_names()].concat();
        nearest(text, known.iter().map(String::as_str)).map(str::to_owned)
    });
    let error = Error::usage(format!(
        "`{}` is no alias, no account/role that has been listed and no AWS profile",
        shortened(text)
    ));
    match suggestion {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("daypass roles --refresh").hint("write ACCOUNT_ID/ROLE for a role that is not listed"),
    }
}

/// `text` with the account name that it most resembles, if one does.
fn near_account_role(text: &str, names: &dyn Names) -> Option<String> {
    let AccountRole::Name { account, role } = AccountRole::parse(text).ok()? else { return None };
    let known = account_names(names);
    nearest(&account, known.iter().map(String::as_str)).map(|near| format!("{near}/{role}"))
}

/// The names of listed accounts; none where they cannot be read.
fn account_names(names: &dyn Names) -> Vec<String> {
    let accounts = names.accounts().unwrap_or_default();
    accounts.into_iter().map(|(_, name)| name.raw().to_owned()).collect()
}
