//! Where names are looked up: aliases, AWS profiles, listed accounts.

use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::target::{AccountRole, Target};
use crate::domain::text::Untrusted;
use crate::error::Result;

/// The target of an AWS profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileTarget {
    /// The SSO session it signs in with.
    pub session: SessionName,
    /// Its account and role.
    pub target: Target,
    /// Its default region.
    pub region: Option<Region>,
}

/// Looks names up; each method is called only when its result is needed.
pub trait Names {
    /// What an alias stands for.
    fn alias(&self, name: &str) -> Option<AccountRole>;
    /// Every alias, for suggestions.
    fn alias_names(&self) -> Vec<String>;
    /// The profile of that name: `None` if there is none, an error if it is invalid.
    fn profile(&self, name: &str) -> Result<Option<ProfileTarget>>;
    /// Every profile, for suggestions.
    fn profile_names(&self) -> Vec<String>;
    /// The accounts listed so far; an account appears once for each SSO session that has it.
    fn accounts(&self) -> Result<Vec<(AccountId, Untrusted)>>;
    /// Warnings about profiles that name daypass but that other tools read otherwise, one sentence each.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}
