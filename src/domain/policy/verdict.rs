//! What the policy says about one target at one moment.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::identity::PolicyIdentity;
use super::rule_id::RuleId;
use super::terms::Terms;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::tier::{Gate, Tier};

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// Its name, where it has been listed.
    pub account_name: Option<&'a str>,
    /// The role.
    pub role: &'a RoleName,
    /// The moment asked about.
    pub at: Timestamp,
}

impl Facts<'_> {
    /// The account's name; an empty one is none. Names are given by whoever runs the account: a rule that must hold names
    /// the account's id.
    pub(super) fn known_name(&self) -> Option<&str> {
        self.account_name.filter(|name| !name.trim().is_empty())
    }
}

/// What decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleName {
    /// The team's rule of this name.
    Team(RuleId),
    /// The built-in table of role names, by its pattern; all but the tier is the tier's.
    BuiltIn(&'static str),
    /// Nothing knows the role: it counts as Developer.
    Unmatched,
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleName::Team(id) => write!(f, "rule {id}"),
            RuleName::BuiltIn(pattern) => write!(f, "built-in {pattern}"),
            RuleName::Unmatched => f.write_str("no rule"),
        }
    }
}

/// The policy's answer for one target: what is asked and why. Made by [`super::Policy::judge`] alone.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub(super) rules: Vec<RuleName>,
    pub(super) terms: Arc<Terms>,
    pub(super) at: Timestamp,
    pub(super) policy: Arc<PolicyIdentity>,
}

impl Verdict {
    /// The rule that decided; several where something is not known that they ask for. The strictest word of each of them
    /// counts then.
    pub fn rules(&self) -> &[RuleName] {
        &self.rules
    }

    /// The same in words.
    pub fn rule(&self) -> String {
        let names: Vec<String> = self.rules.iter().map(RuleName::to_string).collect();
        names.join(" or ")
    }

    /// All that is asked.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The class of the role.
    pub fn tier(&self) -> Tier {
        self.terms.tier
    }

    /// What is asked before its credentials are handed out.
    pub fn gate(&self) -> Gate {
        self.terms.gate
    }

    /// Whether anything is asked.
    pub fn is_gated(&self) -> bool {
        self.terms.gate != Gate::None
    }

    /// Whether an elevation is asked for, whoever asks.
    pub fn asks_for_elevation(&self) -> bool {
        self.terms.gate == Gate::BreakGlass
    }

    /// The longest life of an elevation.
    pub fn max_duration(&self) -> SignedDuration {
        self.terms.max_duration
    }

    /// The fewest characters its reason has.
    pub fn min_reason(&self) -> usize {
        self.terms.min_reason
    }

    /// The moment it was asked about.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The policy that was asked.
    pub fn policy(&self) -> &PolicyIdentity {
        &self.policy
    }
}
