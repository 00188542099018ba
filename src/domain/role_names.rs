//! What people call a role besides its account and its name: the aliases of the settings and the profiles of the AWS config
//! file.

use std::collections::HashMap;

use super::ids::{RoleName, SessionName};
use super::names::ProfileTarget;
use super::target::{AccountRole, Target};
use super::text::visible;

/// Aliases, by the role that they stand for.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    by_target: HashMap<Target, Vec<String>>,
    /// By the account's name in lower case.
    by_name: HashMap<(String, RoleName), Vec<String>>,
}

impl Aliases {
    /// Aliases with what they stand for.
    pub fn new(aliases: impl IntoIterator<Item = (String, AccountRole)>) -> Self {
        let mut all = Aliases::default();
        for (alias, role) in aliases {
            let names = match role {
                AccountRole::Id(target) => all.by_target.entry(target).or_default(),
                AccountRole::Name { account, role } => all.by_name.entry((account.to_lowercase(), role)).or_default(),
            };
            names.push(visible(&alias));
        }
        all
    }

    /// The aliases of a role, safe to show. `account_name` is the account's name as the portal lists it.
    pub fn of(&self, target: &Target, account_name: &str) -> Vec<String> {
        let by_name = match self.by_name.is_empty() {
            true => None,
            false => self.by_name.get(&(account_name.to_lowercase(), target.role.clone())),
        };
        self.by_target.get(target).into_iter().chain(by_name).flatten().cloned().collect()
    }
}

/// The names of profiles, by the session and the role that they name.
#[derive(Debug, Clone, Default)]
pub struct ProfileNames(HashMap<Target, Vec<(SessionName, String)>>);

impl ProfileNames {
    /// Profiles with what they name.
    pub fn new(profiles: impl IntoIterator<Item = (String, ProfileTarget)>) -> Self {
        let mut all: HashMap<Target, Vec<(SessionName, String)>> = HashMap::new();
        for (name, profile) in profiles {
            all.entry(profile.target).or_default().push((profile.session, visible(&name)));
        }
        ProfileNames(all)
    }

    /// The profiles of a role, safe to show.
    pub fn of(&self, session: &SessionName, target: &Target) -> Vec<String> {
        let of_target = self.0.get(target).into_iter().flatten();
        of_target.filter(|(of, _)| of == session).map(|(_, name)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_every_alias_that_names_its_account_by_id_or_by_name() {
        let alias = |name: &str, of: &str| (name.to_owned(), AccountRole::parse(of).unwrap());
        let aliases = Aliases::new([
            alias("pay", "100000023757/Developer"),
            alias("ledger", "100000023757/Developer"),
            alias("prod", "Prod-Payments/Developer"),
            alias("other", "prod-payments/Admin"),
        ]);
        let target = "100000023757/Developer".parse().unwrap();
        assert_eq!(aliases.of(&target, "prod-payments"), ["pay", "ledger", "prod"]);
        assert_eq!(aliases.of(&target, "stage"), ["pay", "ledger"]);
    }
}
