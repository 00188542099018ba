//! The catalog: which accounts and roles an SSO session holds, as far as they have been listed.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ids::{AccountId, RoleName};
use super::text::Untrusted;

/// A catalog older than this is listed anew behind what is shown.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_mins(60);

/// A listing that broke off is taken up again for this long after it began.
const RESUMABLE_FOR: SignedDuration = SignedDuration::from_mins(5);

/// An account, as the portal describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its twelve digits.
    pub id: AccountId,
    /// Its name, written by whoever owns it.
    pub name: Untrusted,
    /// Its root user's e-mail address.
    #[serde(default)]
    pub email: Untrusted,
}

/// An account with what is known of its roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The account.
    pub account: Account,
    /// Its roles.
    pub roles: Roles,
}

/// How far the roles of an account are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roles {
    /// Not asked for yet.
    Unknown,
    /// Listed at a moment.
    Listed {
        /// When.
        at: Timestamp,
        /// The roles' names, sorted.
        names: Vec<RoleName>,
    },
    /// The last try failed; what was known before is kept.
    Failed {
        /// Why, safe to show.
        why: String,
        /// The names from an earlier listing.
        names: Vec<RoleName>,
    },
}

impl Roles {
    /// The names known, however old.
    pub fn names(&self) -> &[RoleName] {
        match self {
            Roles::Unknown => &[],
            Roles::Listed { names, .. } | Roles::Failed { names, .. } => names,
        }
    }

    /// When they were last listed well.
    pub fn listed_at(&self) -> Option<Timestamp> {
        match self {
            Roles::Listed { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// All accounts of an SSO session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// When the accounts themselves were last listed to the end.
    pub listed_at: Option<Timestamp>,
    /// The accounts, in the portal's order.
    pub entries: Vec<Entry>,
    /// Whether the last listing of the accounts broke off: there may be more of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
}

/// What a listing has found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// All accounts, listed at this moment.
    Accounts(Vec<Account>, Timestamp),
    /// The first accounts: the list broke off.
    FirstAccounts(Vec<Account>),
    /// All roles of one account, listed at this moment.
    Roles(AccountId, Vec<RoleName>, Timestamp),
    /// The first roles of one account, and why there may be more.
    FirstRoles(AccountId, Vec<RoleName>, String),
    /// One account's roles could not be listed; says why.
    Failed(AccountId, String),
}

impl Catalog {
    /// Takes what a listing has found out.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Accounts(accounts, at) => self.take_accounts(accounts, at),
            Change::FirstAccounts(accounts) => self.take_first_accounts(accounts),
            Change::Roles(id, names, at) => self.take_roles(&id, names, at),
            Change::FirstRoles(id, names, why) => self.take_first_roles(&id, names, why),
            Change::Failed(id, why) => self.take_failure(&id, why),
        }
    }

    /// Takes the complete list of accounts; what is known of their roles stays, accounts that are gone go.
    pub fn take_accounts(&mut self, accounts: Vec<Account>, at: Timestamp) {
        let mut known: HashMap<AccountId, Roles> =
            self.entries.drain(..).map(|entry| (entry.account.id, entry.roles)).collect();
        self.entries = accounts
            .into_iter()
            .map(|account| Entry { roles: known.remove(&account.id).unwrap_or(Roles::Unknown), account })
            .collect();
        self.listed_at = Some(at);
        self.cut_short = false;
    }

    /// Takes the beginning of a list of accounts; what is known of others stays.
    pub fn take_first_accounts(&mut self, accounts: Vec<Account>) {
        for account in accounts {
            match self.entry_mut(&account.id) {
                Some(entry) => entry.account = account,
                None => self.entries.push(Entry { account, roles: Roles::Unknown }),
            }
        }
        self.cut_short = true;
    }

    /// Takes the roles of one account.
    pub fn take_roles(&mut self, id: &AccountId, mut names: Vec<RoleName>, at: Timestamp) {
        names.sort();
        names.dedup();
        if let Some(entry) = self.entry_mut(id) {
            entry.roles = Roles::Listed { at, names };
        }
    }

    /// Takes the beginning of the list of an account's roles; what is known of others stays.
    pub fn take_first_roles(&mut self, id: &AccountId, mut names: Vec<RoleName>, why: String) {
        if let Some(entry) = self.entry_mut(id) {
            names.extend_from_slice(entry.roles.names());
            names.sort();
            names.dedup();
            entry.roles = Roles::Failed { why, names };
        }
    }

    /// Notes that an account's roles could not be listed.
    pub fn take_failure(&mut self, id: &AccountId, why: String) {
        if let Some(entry) = self.entry_mut(id) {
            let names = entry.roles.names().to_vec();
            entry.roles = Roles::Failed { why, names };
        }
    }

    /// Forgets one role that AWS no longer knows.
    pub fn drop_role(&mut self, id: &AccountId, role: &RoleName) {
        if let Some(entry) = self.entry_mut(id)
            && let Roles::Listed { names, .. } | Roles::Failed { names, .. } = &mut entry.roles
        {
            names.retain(|name| name != role);
        }
    }

    /// The account with this id.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.entries.iter().map(|entry| &entry.account).find(|account| account.id == *id)
    }

    /// Whether the listing is missing, unfinished or older than [`STALE_AFTER`].
    pub fn is_stale(&self, now: Timestamp) -> bool {
        let old = |at: Timestamp| now.duration_since(at) > STALE_AFTER || at > now;
        self.cut_short
            || self.listed_at.is_none_or(old)
            || self.entries.iter().any(|entry| entry.roles.listed_at().is_none_or(old))
    }

    /// The accounts whose roles are to be listed, those known least recently first.
    pub fn due(&self, fresh_since: Timestamp) -> Vec<AccountId> {
        let mut due: Vec<_> = self
            .entries
            .iter()
            .filter(|entry| entry.roles.listed_at().is_none_or(|at| at < fresh_since))
            .map(|entry| (entry.roles.listed_at(), entry.account.id.clone()))
            .collect();
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, id)| id).collect()
    }

    /// When the last listing began, where it broke off so short a time before `now` that it is to be taken up again
    /// rather than begun anew.
    pub fn resumable_since(&self, now: Timestamp) -> Option<Timestamp> {
        let began = self.listed_at.filter(|_| !self.cut_short)?;
        let age = now.duration_since(began);
        let is_recent = !age.is_negative() && age < RESUMABLE_FOR;
        (is_recent && !self.due(began).is_empty()).then_some(began)
    }

    /// How many roles are known.
    pub fn role_count(&self) -> usize {
        self.entries.iter().map(|entry| entry.roles.names().len()).sum()
    }

    /// How many accounts could not be listed.
    pub fn failed_count(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry.roles, Roles::Failed { .. })).count()
    }

    fn entry_mut(&mut self, id: &AccountId) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.account.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str) -> Account {
        Account { id: AccountId::parse(id).unwrap(), name: "x".into(), email: Untrusted::default() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn listing_accounts_again_keeps_the_roles_known() {
        let (kept, gone) = (account("000000000001"), account("000000000002"));
        let mut catalog = Catalog::default();
        catalog.take_accounts(vec![kept.clone(), gone], at(1));
        catalog.take_roles(&kept.id, vec![RoleName::parse("Admin").unwrap()], at(1));
        catalog.take_accounts(vec![account("000000000003"), kept], at(2));
        assert_eq!(catalog.role_count(), 1);
        assert_eq!(catalog.entries.len(), 2);
    }

    #[test]
    fn a_failed_listing_keeps_what_was_known_and_is_due_first() {
        let (one, two) = (account("000000000001"), account("000000000002"));
        let mut catalog = Catalog::default();
        catalog.take_accounts(vec![one.clone(), two.clone()], at(1));
        for id in [&one.id, &two.id] {
            catalog.take_roles(id, vec![RoleName::parse("Admin").unwrap()], at(1));
        }
        catalog.take_failure(&two.id, "throttled".into());
        assert_eq!(catalog.role_count(), 2);
        assert_eq!(catalog.failed_count(), 1);
        assert_eq!(catalog.due(at(5)), [two.id, one.id]);
    }

    #[test]
    fn the_beginning_of_a_list_adds_and_takes_nothing_away() {
        let (one, two) = (account("000000000001"), account("000000000002"));
        let role = |name: &str| RoleName::parse(name).unwrap();
        let mut catalog = Catalog::default();
        catalog.take_accounts(vec![one.clone()], at(100));
        catalog.take_roles(&one.id, vec![role("Developer")], at(100));
        assert!(!catalog.is_stale(at(100)));

        catalog.take_first_accounts(vec![two, one.clone()]);
        catalog.take_first_roles(&one.id, vec![role("Admin")], "cut".into());
        assert_eq!(catalog.entries.len(), 2);
        assert_eq!(catalog.entries[0].roles.names(), [role("Admin"), role("Developer")]);
        assert_eq!(catalog.failed_count(), 1);
        assert!(catalog.cut_short && catalog.is_stale(at(100)));

        catalog.take_accounts(vec![one], at(200));
        assert!(!catalog.cut_short);
    }

    #[test]
    fn a_listing_that_broke_off_is_taken_up_again_for_five_minutes() {
        let accounts = vec![account("000000000001"), account("000000000002")];
        let mut catalog = Catalog::default();
        assert_eq!(catalog.resumable_since(at(100)), None, "nothing was listed");
        catalog.apply(Change::Accounts(accounts.clone(), at(100)));
        catalog.apply(Change::Roles(accounts[0].id.clone(), vec![], at(101)));
        for (now, resumes) in [(99, false), (100, true), (399, true), (400, false)] {
            assert_eq!(catalog.resumable_since(at(now)), resumes.then_some(at(100)), "{now}");
        }
        let mut complete = catalog.clone();
        complete.apply(Change::Roles(accounts[1].id.clone(), vec![], at(101)));
        assert_eq!(complete.resumable_since(at(102)), None, "there is nothing left to list");
        catalog.apply(Change::FirstAccounts(accounts));
        assert_eq!(catalog.resumable_since(at(102)), None, "there may be more accounts");
    }

    #[test]
    fn a_listing_from_the_future_is_stale() {
        let mut catalog = Catalog::default();
        catalog.take_accounts(vec![], at(100));
        assert!(catalog.is_stale(at(50)));
        assert!(!catalog.is_stale(at(100)));
    }

    #[test]
    fn a_listing_is_stale_once_it_is_older_than_an_hour() {
        let catalog = Catalog { listed_at: Some(at(100)), ..Catalog::default() };
        let hour = STALE_AFTER.as_secs();
        assert!(!catalog.is_stale(at(100 + hour)));
        assert!(catalog.is_stale(at(101 + hour)));
    }
}
