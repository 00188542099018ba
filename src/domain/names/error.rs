//! Why a name is not the name of one target.

use std::collections::BTreeSet;

use crate::domain::ids::AccountId;
use crate::domain::target::InvalidTarget;
use crate::domain::text::{Untrusted, fit};

/// How many accounts an ambiguous name lists.
const LISTED: usize = 5;
/// How much of a name is repeated, in columns.
const REPEATED: usize = 100;

/// Why a name is not the name of one target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is not written like one.
    #[error(transparent)]
    Invalid(#[from] InvalidTarget),
    /// Account names are not known before the accounts have been listed.
    #[error("no accounts have been listed yet, so their names are not known")]
    NothingListed,
    /// Several accounts share the name.
    #[error("{} accounts are called `{}`: {}", .accounts.len(), short(.name), listed(.accounts))]
    AmbiguousAccount {
        /// The name.
        name: Untrusted,
        /// The accounts.
        accounts: BTreeSet<AccountId>,
    },
    /// An alias and a profile share the name.
    #[error("`{}` is an alias and also an AWS profile", short(.0))]
    AliasAndProfile(Untrusted),
    /// No account of that name has been listed.
    #[error("no account called `{}` has been listed", short(.name))]
    UnknownAccount {
        /// The name.
        name: Untrusted,
        /// A known one that is spelt much like it.
        near: Option<Untrusted>,
    },
    /// The config file has no such profile.
    #[error("there is no AWS profile called `{}`", short(.name))]
    UnknownProfile {
        /// The name.
        name: Untrusted,
        /// A known one that is spelt much like it.
        near: Option<Untrusted>,
    },
    /// It is nothing that is known.
    #[error("`{}` is no alias, no account/role that has been listed and no AWS profile", short(.text))]
    UnknownTarget {
        /// What was typed.
        text: Untrusted,
        /// A target, alias or profile that is spelt much like it.
        near: Option<Untrusted>,
    },
}

/// Long enough to recognise, short enough for a message.
fn short(text: &Untrusted) -> String {
    fit(&text.visible(), REPEATED)
}

fn listed(accounts: &BTreeSet<AccountId>) -> String {
    let listed: Vec<&str> = accounts.iter().take(LISTED).map(AccountId::as_str).collect();
    let more = accounts.len().saturating_sub(LISTED);
    if more > 0 { format!("{} and {more} more", listed.join(", ")) } else { listed.join(", ") }
}
