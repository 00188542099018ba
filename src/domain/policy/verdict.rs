//! What the policy says about one target at one moment.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::identity::PolicyIdentity;
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

/// The rule that put a role in its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The team's rule at this place in the policy file, counted from 1.
    Team(usize),
    /// A built-in rule, by its pattern.
    BuiltIn(&'static str),
    /// No rule matched.
    Unmatched,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Team(place) => write!(f, "tier rule {place}"),
            Rule::BuiltIn(pattern) => write!(f, "built-in {pattern}"),
            Rule::Unmatched => f.write_str("no rule"),
        }
    }
}

/// The policy's answer for one target: its tier and what that asks. Made by [`super::Policy::judge`] alone.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub(super) rule: Rule,
    pub(super) tier: Tier,
    pub(super) gate: Gate,
    pub(super) max_duration: SignedDuration,
    pub(super) min_reason: usize,
    pub(super) at: Timestamp,
    pub(super) policy: Arc<PolicyIdentity>,
}

impl Verdict {
    /// The rule that decided.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The class of the role.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Whether an elevation is asked for.
    pub fn asks_for_elevation(&self) -> bool {
        self.gate != Gate::None
    }

    /// The longest life of an elevation.
    pub fn max_duration(&self) -> SignedDuration {
        self.max_duration
    }

    /// The fewest characters its reason has.
    pub fn min_reason(&self) -> usize {
        self.min_reason
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
