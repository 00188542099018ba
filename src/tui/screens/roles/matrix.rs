//! The matches as accounts × tiers: one line an account, one column a tier.

use super::rows::Row;
use crate::domain::tier::Tier;

/// Accounts in the order of their best match.
#[derive(Debug, Default)]
pub(crate) struct Matrix {
    accounts: Vec<Account>,
    /// The account of each match, as an index of `accounts`.
    account_of: Vec<usize>,
}

#[derive(Debug)]
struct Account {
    /// Its matches, by tier and within one in the order of the matches.
    roles: Vec<(Tier, usize)>,
}

impl Matrix {
    /// The matrix of `matches`, in their order.
    pub(crate) fn new<'a>(matches: impl Iterator<Item = &'a Row>) -> Self {
        let mut matrix = Matrix::default();
        let mut known: Vec<Option<usize>> = Vec::new();
        for (at, row) in matches.enumerate() {
            if known.len() <= row.account_number {
                known.resize(row.account_number + 1, None);
            }
            let Some(known) = known.get_mut(row.account_number) else { continue };
            let account = *known.get_or_insert_with(|| {
                matrix.accounts.push(Account { roles: Vec::new() });
                matrix.accounts.len() - 1
            });
            matrix.account_of.push(account);
            if let Some(account) = matrix.accounts.get_mut(account) {
                account.roles.push((row.tier, at));
            }
        }
        matrix.accounts.iter_mut().for_each(|account| account.roles.sort_by_key(|(tier, _)| *tier));
        matrix
    }

    /// How many accounts there are.
    pub(crate) fn len(&self) -> usize {
        self.accounts.len()
    }

    /// The line of a match's account.
    pub(crate) fn account_of(&self, at: usize) -> usize {
        self.account_of.get(at).copied().unwrap_or_default()
    }

    /// The first match of an account.
    pub(crate) fn first_of(&self, account: usize) -> Option<usize> {
        self.accounts.get(account)?.roles.first().map(|(_, at)| *at)
    }

    /// The matches of an account in one tier.
    pub(crate) fn cell(&self, account: usize, tier: Tier) -> impl Iterator<Item = usize> {
        let roles = self.accounts.get(account).map(|account| account.roles.as_slice()).unwrap_or_default();
        roles.iter().filter(move |(of, _)| *of == tier).map(|(_, at)| *at)
    }

    /// The match beside `at` in its account; `at` itself at the ends.
    pub(crate) fn beside(&self, at: usize, forward: bool) -> usize {
        let Some(account) = self.accounts.get(self.account_of(at)) else { return at };
        let position = account.roles.iter().position(|(_, role)| *role == at).unwrap_or_default();
        let beside = if forward { position.saturating_add(1) } else { position.saturating_sub(1) };
        account.roles.get(beside).map_or(at, |(_, role)| *role)
    }

    /// The match in another account that stands in the column of `at`, or in the nearest one to its left.
    pub(crate) fn in_account(&self, at: usize, account: usize) -> Option<usize> {
        let tier = self.tier_of(at)?;
        let roles = &self.accounts.get(account)?.roles;
        let same = roles.iter().find(|(of, _)| *of == tier);
        let nearest = same.or_else(|| roles.iter().rev().find(|(of, _)| *of <= tier)).or_else(|| roles.first());
        nearest.map(|(_, at)| *at)
    }

    fn tier_of(&self, at: usize) -> Option<Tier> {
        let roles = &self.accounts.get(self.account_of(at))?.roles;
        roles.iter().find(|(_, role)| *role == at).map(|(tier, _)| *tier)
    }
}
