//! Which targets a rule is for.

use super::glob::{AccountGlob, Glob};
use super::tags::{AccountTags, Tag};
use super::verdict::Facts;

/// What a rule matches: each list that is not empty must have something that fits.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    /// Accounts by id or name.
    pub accounts: Vec<AccountGlob>,
    /// Roles by name.
    pub roles: Vec<Glob>,
    /// The account's tags, of which the settings tell.
    pub tags: Vec<Tag>,
}

/// Whether a rule matches; where a fact that it asks for is not known, it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    No,
    Maybe,
    Yes,
}

impl Match {
    fn of(matches: bool) -> Self {
        if matches { Match::Yes } else { Match::No }
    }

    /// Both must match.
    fn and(self, other: Match) -> Self {
        match (self, other) {
            (Match::No, _) | (_, Match::No) => Match::No,
            (Match::Yes, Match::Yes) => Match::Yes,
            _ => Match::Maybe,
        }
    }

    /// One of them must match.
    fn or(self, other: Match) -> Self {
        match (self, other) {
            (Match::Yes, _) | (_, Match::Yes) => Match::Yes,
            (Match::No, Match::No) => Match::No,
            _ => Match::Maybe,
        }
    }
}

impl Matcher {
    pub(super) fn matches(&self, facts: &Facts<'_>, tags: &AccountTags) -> Match {
        let tags = tags.of(facts.account);
        let role = |glob: &Glob| Match::of(glob.matches(facts.role.as_str()));
        let account = |glob: &AccountGlob| match (glob, facts.known_name()) {
            (AccountGlob::Id(glob), _) => Match::of(glob.matches(facts.account.as_str())),
            (AccountGlob::Name(glob), Some(name)) => Match::of(glob.matches(name)),
            (AccountGlob::Name(_), None) => Match::Maybe,
        };
        let tag = |tag: &Tag| match tags {
            Some(tags) => Match::of(tags.contains(tag)),
            None => Match::Maybe,
        };
        any(&self.roles, role).and(any(&self.accounts, account)).and(any(&self.tags, tag))
    }
}

/// Whether something of `list` fits; an empty list fits whatever there is.
fn any<T>(list: &[T], fits: impl Fn(&T) -> Match) -> Match {
    if list.is_empty() {
        return Match::Yes;
    }
    list.iter().map(fits).fold(Match::No, Match::or)
}
