//! Where names are looked up.

use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::target::{AccountRole, Target};
use crate::domain::text::Untrusted;

/// What an AWS profile says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileTarget {
    /// The SSO session it signs in with.
    pub session: SessionName,
    /// Its account and role.
    pub target: Target,
    /// The region its work is done in.
    pub region: Option<Region>,
}

/// Where names are looked up; each method is called only when it is needed.
pub trait Names {
    /// Why a profile cannot be used.
    type Error;
    /// What an alias stands for.
    fn alias(&self, name: &str) -> Option<AccountRole>;
    /// Every alias, for suggestions.
    fn alias_names(&self) -> Vec<String>;
    /// The profile of that name: `None` if there is none, an error if it cannot be used.
    fn profile(&self, name: &str) -> Result<Option<ProfileTarget>, Self::Error>;
    /// Every profile, for suggestions.
    fn profile_names(&self) -> Vec<String>;
    /// Every profile that names an SSO session, an account and a role, with its name, in the order of the file; those
    /// that cannot be used are left out.
    fn target_profiles(&self) -> Vec<(String, ProfileTarget)>;
    /// Those of them that name this session, account and role.
    fn profiles_of(&self, session: &SessionName, target: &Target) -> Vec<(String, ProfileTarget)> {
        let names_it = |profile: &ProfileTarget| profile.session == *session && profile.target == *target;
        self.target_profiles().into_iter().filter(|(_, profile)| names_it(profile)).collect()
    }
    /// The accounts listed so far; one may come up once for each SSO session that has it.
    fn accounts(&self) -> Vec<(AccountId, Untrusted)>;
    /// Profiles that look as if daypass served them while other tools never call it, one sentence each.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}
