//! Why a rule matches a target or does not, in words.

use std::fmt::Display;

use super::glob::AccountGlob;
use super::matcher::{Match, Matcher, any, glob_matches_account, glob_matches_role, tag_is_among};
use super::tags::AccountTags;
use super::verdict::{Facts, RuleName};
use crate::domain::text::visible;
use crate::domain::tier::Tier;

/// What one rule has to do with a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleExplanation {
    /// The rule.
    pub rule: RuleName,
    /// Whether it counts.
    pub outcome: Outcome,
    /// Why, one sentence for each thing that it asks for, without full stops; safe to show.
    pub why: Vec<String>,
}

/// Whether a rule counts for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It matches, and no later rule is asked.
    Matches,
    /// It may: something that it asks for is not known.
    MayMatch,
    /// It is for other targets.
    Skipped,
    /// An earlier rule matches.
    NotAsked,
}

impl Outcome {
    pub(super) fn of(matched: Match) -> Self {
        match matched {
            Match::Yes => Outcome::Matches,
            Match::Maybe => Outcome::MayMatch,
            Match::No => Outcome::Skipped,
        }
    }

    /// Whether its terms count.
    pub fn counts(self) -> bool {
        matches!(self, Outcome::Matches | Outcome::MayMatch)
    }

    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Matches => "matches",
            Outcome::MayMatch => "may_match",
            Outcome::Skipped => "skipped",
            Outcome::NotAsked => "not_asked",
        }
    }

    /// The same in words.
    pub const fn words(self) -> &'static str {
        match self {
            Outcome::Matches => "matches",
            Outcome::MayMatch => "may match",
            Outcome::Skipped => "skipped",
            Outcome::NotAsked => "not asked",
        }
    }
}

/// What `matcher` asks for and what it finds.
pub(super) fn why(matcher: &Matcher, facts: &Facts<'_>, tags: &AccountTags) -> Vec<String> {
    let role = Wording {
        subject: format!("the role `{}`", visible(facts.role.as_str())),
        has: "fits",
        has_not: "does not fit",
        not_known: "the role is not known",
    };
    let account = Wording {
        subject: account_words(matcher, facts),
        has: "fits",
        has_not: "does not fit",
        not_known: "the account's name is not known",
    };
    let tag = Wording {
        subject: "the account".to_owned(),
        has: "has",
        has_not: "does not have",
        not_known: "the account's tags are not known",
    };
    let known = tags.of(facts.account);
    let why: Vec<String> = [
        role.about(&matcher.roles, |glob| glob_matches_role(glob, facts)),
        account.about(&matcher.accounts, |glob| glob_matches_account(glob, facts)),
        tag.about(&matcher.tags, |tag| tag_is_among(tag, known)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if why.is_empty() { vec!["the rule is for every target".to_owned()] } else { why }
}

/// What the built-in table says of the role's name, where the rules of the team leave it to that.
pub(super) fn by_role_name(rule: RuleName, tier: Tier, facts: &Facts<'_>) -> RuleExplanation {
    let role = visible(facts.role.as_str());
    let why = match &rule {
        RuleName::BuiltIn(pattern) => format!("the role `{role}` fits `{pattern}`, which counts as {}", tier.word()),
        _ => format!("nothing knows the role `{role}`, which counts as {}", tier.word()),
    };
    RuleExplanation { rule, outcome: Outcome::Matches, why: vec![why] }
}

/// The account as the patterns see it: by id, or by its name too.
fn account_words(matcher: &Matcher, facts: &Facts<'_>) -> String {
    let has_names = matcher.accounts.iter().any(|glob| matches!(glob, AccountGlob::Name(_)));
    match facts.known_name() {
        Some(name) if has_names => format!("the account {} (`{}`)", facts.account, visible(name)),
        _ => format!("the account {}", facts.account),
    }
}

/// How a sentence about one kind of fact goes.
struct Wording {
    subject: String,
    has: &'static str,
    has_not: &'static str,
    not_known: &'static str,
}

impl Wording {
    /// What `list` asks for and whether the target has it; nothing where the list is empty.
    fn about<T: Display>(&self, list: &[T], fits: impl Fn(&T) -> Match) -> Option<String> {
        let Wording { subject, has, has_not, not_known } = self;
        let those = |wanted: Match| {
            let items = list.iter().filter(|item| fits(item) == wanted);
            items.map(|item| format!("`{}`", visible(&item.to_string()))).collect::<Vec<_>>().join(", ")
        };
        if list.is_empty() {
            return None;
        }
        Some(match any(list, &fits) {
            Match::Yes => format!("{subject} {has} {}", those(Match::Yes)),
            Match::Maybe => format!("{not_known}, and the rule asks for {}", those(Match::Maybe)),
            Match::No if list.len() == 1 => format!("{subject} {has_not} {}", those(Match::No)),
            Match::No => format!("{subject} {has} none of {}", those(Match::No)),
        })
    }
}
