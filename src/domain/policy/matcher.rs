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
pub enum Match {
    /// It does not.
    No,
    /// It may.
    Maybe,
    /// It does.
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
        let role = any(&self.roles, |glob| glob_matches_role(glob, facts));
        let account = any(&self.accounts, |glob| glob_matches_account(glob, facts));
        let known = tags.of(facts.account);
        role.and(account).and(any(&self.tags, |tag| tag_is_among(tag, known)))
    }
}

/// Whether `glob` fits the role.
pub(super) fn glob_matches_role(glob: &Glob, facts: &Facts<'_>) -> Match {
    Match::of(glob.matches(facts.role.as_str()))
}

/// Whether `glob` fits the account.
pub(super) fn glob_matches_account(glob: &AccountGlob, facts: &Facts<'_>) -> Match {
    match (glob, facts.known_name()) {
        (AccountGlob::Id(glob), _) => Match::of(glob.matches(facts.account.as_str())),
        (AccountGlob::Name(glob), Some(name)) => Match::of(glob.matches(name)),
        (AccountGlob::Name(_), None) => Match::Maybe,
    }
}

/// Whether the account, of which these tags are known, has `tag`.
pub(super) fn tag_is_among(tag: &Tag, known: Option<&[Tag]>) -> Match {
    match known {
        Some(tags) => Match::of(tags.contains(tag)),
        None => Match::Maybe,
    }
}

/// Whether something of `list` fits; an empty list fits whatever there is.
pub(super) fn any<T>(list: &[T], fits: impl Fn(&T) -> Match) -> Match {
    if list.is_empty() {
        return Match::Yes;
    }
    list.iter().map(fits).fold(Match::No, Match::or)
}
