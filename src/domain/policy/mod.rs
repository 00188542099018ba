//! The policy of a team: how long things may live, and what is asked for each role before it is used.
//!
//! [`Policy::judge`] is the one judgement. The first rule of the team that matches a target, in the order of the file,
//! decides every field of its [`Terms`]; what it leaves out is the tier's. Where it is not known whether a rule matches,
//! the strictest word of all that could counts, field by field: not knowing never loosens.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::cap::{Cap, CapOwner, InvalidCap};
pub use self::clause::{Clause, TermValue};
pub use self::defaults::TierDefaults;
pub use self::explain::{Outcome, RuleExplanation};
pub use self::glob::{AccountGlob, Glob, InvalidGlob};
pub use self::identity::{PolicyDigest, PolicyIdentity};
pub use self::invalid::InvalidPolicy;
use self::matcher::Match;
pub use self::matcher::Matcher;
pub use self::origin::{Origin, SourcedTerms};
pub use self::pattern::{InvalidPattern, Pattern};
use self::role_names::RoleNames;
pub use self::rule::{Clauses, Rule};
pub use self::rule_id::{InvalidRuleId, RuleId};
pub use self::tags::{AccountTags, InvalidTag, Tag};
pub use self::terms::{Mode, OnEnd, Terms, TicketNeed};
pub use self::verdict::{Facts, RuleName, Verdict};
use super::catalog::Catalog;
use super::ids::AccountId;
use super::on_call::{People, PersonNames, Rota};
use super::target::Target;
use super::text::visible;
use super::tier::Tier;

mod cap;
mod clause;
mod defaults;
mod explain;
mod glob;
mod identity;
mod invalid;
mod matcher;
mod origin;
mod pattern;
mod role_names;
mod rule;
mod rule_id;
mod slips;
mod tags;
mod terms;
#[cfg(test)]
mod tests;
mod verdict;

/// The longest life of an SSO session from its login, and the ranges that a policy's durations keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimit {
    longest: SignedDuration,
    is_built_in: bool,
}

impl Default for SessionLimit {
    fn default() -> Self {
        SessionLimit { longest: SignedDuration::from_hours(8), is_built_in: true }
    }
}

impl SessionLimit {
    /// 15 minutes to 12 hours. Eight hours, a working day, is the default and the value to stay with; twelve covers a long
    /// shift, and nothing beyond it is one login a day any more.
    pub fn new(given: SignedDuration) -> Result<Self, InvalidPolicy> {
        within("max_session", given, SignedDuration::from_mins(15), SignedDuration::from_hours(12), "15m to 12h")
            .map(|longest| SessionLimit { longest, is_built_in: false })
    }
}

/// Checks the length of an elevation: 1 minute to 1 hour.
pub fn elevation_length(what: &'static str, given: SignedDuration) -> Result<SignedDuration, InvalidPolicy> {
    within(what, given, SignedDuration::from_mins(1), terms::ADMIN_LONGEST, "1m to 1h")
}

/// Checks how many characters a reason has at least: 10 to 500.
pub fn reason_length(given: i64) -> Result<usize, InvalidPolicy> {
    match usize::try_from(given) {
        Ok(count) if (terms::SHORTEST_REASON..=500).contains(&count) => Ok(count),
        _ => Err(InvalidPolicy::new("min_reason", &given.to_string(), "10 to 500")),
    }
}

fn within(
    what: &'static str,
    given: SignedDuration,
    least: SignedDuration,
    most: SignedDuration,
    allowed: &'static str,
) -> Result<SignedDuration, InvalidPolicy> {
    if (least..=most).contains(&given) {
        Ok(given)
    } else {
        Err(InvalidPolicy::new(what, &format!("{given:#}"), allowed))
    }
}

/// A whole, checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    max_session: SessionLimit,
    defaults: TierDefaults,
    rules: Arc<[PreparedRule]>,
    role_names: Arc<RoleNames>,
    tags: Arc<AccountTags>,
    rotas: Arc<[Rota]>,
    people: Arc<People>,
    identity: Arc<PolicyIdentity>,
}

/// A rule with what it asks of a role of each tier.
#[derive(Debug)]
struct PreparedRule {
    rule: Rule,
    terms: [Arc<Terms>; 3],
}

impl Policy {
    /// A team's policy, its rules in the order of the file.
    pub fn new(max_session: SessionLimit, defaults: TierDefaults, rules: Vec<Rule>, identity: PolicyIdentity) -> Self {
        let prepared = rules.into_iter().map(|rule| {
            let terms = Tier::ALL.map(|tier| {
                let tier = rule.tier.unwrap_or(tier);
                Arc::new(rule.clauses.terms(tier, defaults.of(tier)))
            });
            PreparedRule { rule, terms }
        });
        Policy {
            max_session,
            rules: prepared.collect(),
            defaults,
            role_names: Arc::new(RoleNames::new()),
            tags: Arc::default(),
            rotas: Arc::default(),
            people: Arc::default(),
            identity: Arc::new(identity),
        }
    }

    /// The policy where no file says otherwise. Its digest is that of all it says, as text, so it changes with it.
    pub fn built_in() -> Self {
        let identity = PolicyIdentity { digest: PolicyDigest::of(built_in_text().as_bytes()), path: None };
        Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]), Vec::new(), identity)
    }

    /// The same for accounts with these tags.
    pub fn with_tags(self, tags: AccountTags) -> Self {
        Policy { tags: Arc::new(tags), ..self }
    }

    /// The same with these rotas, and with what the users are called in them.
    pub fn with_on_call(self, rotas: Vec<Rota>, people: People) -> Self {
        Policy { rotas: rotas.into(), people: Arc::new(people), ..self }
    }

    /// The rotas, in the order of the file.
    pub fn rotas(&self) -> &[Rota] {
        &self.rotas
    }

    /// The rota of this name.
    pub fn rota(&self, name: &str) -> Option<&Rota> {
        self.rotas.iter().find(|rota| rota.name == name)
    }

    /// What `user`, as AWS asserts it, is called in the rotas.
    pub fn names_of(&self, user: &str) -> PersonNames {
        self.people.names_of(user)
    }

    /// Which policy it is.
    pub fn identity(&self) -> &PolicyIdentity {
        &self.identity
    }

    /// The team's rules, in the order in which they are asked.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|prepared| &prepared.rule)
    }

    /// What each tier asks where no rule says otherwise.
    pub fn defaults(&self) -> &TierDefaults {
        &self.defaults
    }

    /// The verdict at `at` on `target`, with its account's name where `catalog` lists the account.
    pub fn judge_target(&self, catalog: &Catalog, target: &Target, at: Timestamp) -> Verdict {
        let account_name = catalog.account(&target.account).map(|account| account.name.raw());
        self.judge(Facts { account: &target.account, account_name, role: &target.role, at })
    }

    /// The one judgement about a target: every front end and every flow asks here.
    pub fn judge(&self, facts: Facts<'_>) -> Verdict {
        let (named, by_name) = self.role_names.tier(facts.role);
        let mut possible: Vec<(RuleName, &Arc<Terms>)> = Vec::new();
        let mut is_decided = false;
        for PreparedRule { rule, terms } in self.rules.iter() {
            let matched = rule.matcher.matches(&facts, &self.tags);
            if matched != Match::No {
                possible.push((RuleName::Team(rule.id.clone()), &terms[defaults::place(named)]));
            }
            if matched == Match::Yes {
                is_decided = true;
                break;
            }
        }
        if !is_decided {
            possible.push((by_name, self.defaults.of(named)));
        }
        let (rules, terms): (Vec<RuleName>, Vec<&Arc<Terms>>) = possible.into_iter().unzip();
        let terms = match terms.as_slice() {
            [only] => Arc::clone(only),
            several => Arc::new(strictest(several)),
        };
        Verdict { rules, terms, at: facts.at, policy: Arc::clone(&self.identity) }
    }

    /// What each rule of the team has to do with a target, in the order of the file, and last what decides where none of
    /// them certainly matches. The rules whose outcome counts are those of [`Self::judge`]'s verdict.
    pub fn explain(&self, facts: Facts<'_>) -> Vec<RuleExplanation> {
        let mut explanations = Vec::with_capacity(self.rules.len() + 1);
        let mut is_decided = false;
        for PreparedRule { rule, .. } in self.rules.iter() {
            let name = RuleName::Team(rule.id.clone());
            if is_decided {
                let why = vec!["an earlier rule matches".to_owned()];
                explanations.push(RuleExplanation { rule: name, outcome: Outcome::NotAsked, why });
                continue;
            }
            let matched = rule.matcher.matches(&facts, &self.tags);
            is_decided = matched == Match::Yes;
            let why = explain::why(&rule.matcher, &facts, &self.tags);
            explanations.push(RuleExplanation { rule: name, outcome: Outcome::of(matched), why });
        }
        if !is_decided {
            let (tier, rule) = self.role_names.tier(facts.role);
            explanations.push(explain::by_role_name(rule, tier, &facts));
        }
        explanations
    }

    /// What the team's rule `id` asks of a role that its name puts into `named`, each term with where it comes from.
    fn sourced_rule(&self, id: &RuleId, named: Tier) -> Option<SourcedTerms> {
        let prepared = self.rules.iter().find(|prepared| prepared.rule.id == *id)?;
        let terms = &prepared.terms[defaults::place(named)];
        Some(self.defaults.sourced(terms.tier).under(&prepared.rule.clauses, Origin::Rule, terms))
    }

    /// What `rule` asks of each tier that its roles can have, each term with where it comes from.
    pub fn sourced_terms(&self, rule: &Rule) -> Vec<SourcedTerms> {
        let tiers = rule.tier.map_or_else(|| Tier::ALL.to_vec(), |tier| vec![tier]);
        tiers.into_iter().filter_map(|tier| self.sourced_rule(&rule.id, tier)).collect()
    }

    /// The terms of `verdict`, each with where it comes from; none where several rules could count, because they are the
    /// strictest of each then.
    pub fn sourced_verdict(&self, verdict: &Verdict) -> Option<SourcedTerms> {
        match verdict.rules() {
            [RuleName::Team(id)] => self.sourced_rule(id, verdict.tier()),
            [RuleName::BuiltIn(_) | RuleName::Unmatched] => Some(self.defaults.sourced(verdict.tier())),
            _ => None,
        }
    }

    /// The tags of `account`, safe to show; empty too where nothing is known of them.
    pub fn shown_tags(&self, account: &AccountId) -> Vec<String> {
        self.tags_of(account).into_iter().flatten().map(|tag| visible(&tag.to_string())).collect()
    }

    /// The tags of `account`, where the settings tell them.
    pub fn tags_of(&self, account: &AccountId) -> Option<&[Tag]> {
        self.tags.of(account)
    }

    /// The longest life of an SSO session, from its login; no refresh extends it.
    pub fn max_session(&self) -> SignedDuration {
        self.max_session.longest
    }

    /// Whether no file says so.
    pub fn max_session_is_built_in(&self) -> bool {
        self.max_session.is_built_in
    }
}

fn strictest(several: &[&Arc<Terms>]) -> Terms {
    let terms = several.iter().map(|terms| Terms::clone(terms)).reduce(Terms::stricter);
    terms.map(Terms::within_floors).unwrap_or_else(|| Terms::clone(TierDefaults::built_in(&[]).of(Tier::Admin)))
}

fn built_in_text() -> String {
    let defaults = TierDefaults::built_in(&[]);
    let tiers = Tier::ALL.map(|tier| {
        let terms = defaults.of(tier);
        format!(
            "{} {} default {:#} max {:#} reason {}\n",
            tier.word(),
            terms.gate.word(),
            terms.default_duration,
            terms.max_duration,
            terms.min_reason
        )
    });
    format!("max_session {:#}\n{}{}", SessionLimit::default().longest, tiers.concat(), RoleNames::text())
}
