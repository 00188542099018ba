//! What a person asks for, before anything is checked.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::id::ElevationId;

/// An elevation as it is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Why, in the person's words.
    pub reason: String,
    /// The ticket; the empty text is none.
    pub ticket: Option<String>,
    /// Whether the person says that there is no ticket.
    pub no_ticket: bool,
    /// How long; the policy's default where nothing is said.
    pub duration: Option<SignedDuration>,
    /// How it was confirmed; none while nobody has.
    pub confirmation: Option<Confirmation>,
    /// Whether it is a drill, for which AWS is not asked.
    pub drill: bool,
    /// The elevation that it carries on.
    pub extends: Option<ElevationId>,
    /// The first of several that were confirmed at once.
    pub group: Option<ElevationId>,
}

/// The reason and the ticket may hold a secret until they are checked.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("duration", &self.duration)
            .field("confirmation", &self.confirmation)
            .field("drill", &self.drill)
            .field("extends", &self.extends)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

impl Draft {
    /// One with this reason, confirmed so, and nothing else.
    pub fn new(reason: impl Into<String>, confirmation: Confirmation) -> Self {
        Draft { confirmation: Some(confirmation), ..Draft::unconfirmed(reason) }
    }

    /// One with this reason that nobody has confirmed yet.
    pub fn unconfirmed(reason: impl Into<String>) -> Self {
        Draft {
            reason: reason.into(),
            ticket: None,
            no_ticket: false,
            duration: None,
            confirmation: None,
            drill: false,
            extends: None,
            group: None,
        }
    }
}

/// How an elevation was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// Somebody typed the account's name or last four digits at a terminal.
    Typed,
    /// A process without a terminal said yes, as the policy allows for the target.
    Unattended,
}
