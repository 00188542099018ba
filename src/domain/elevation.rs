//! The gate before Admin: a reason, at most one hour on our side, a record first.
//!
//! Credentials of a gated tier are fetched only with a [`Passage`], and the only way to one is [`pass`].

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::text::visible;
use super::tier::{Gate, Tier};
use super::time::{Stamp, later};

/// Why an elevation is needed, in the engineer's words: at least ten characters, at most 500, one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

/// Why a reason was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReason {
    /// Fewer characters than asked for.
    #[error("the reason needs at least {0} characters")]
    TooShort(usize),
    /// More than 500 characters.
    #[error("the reason is longer than {} characters", Reason::LIMIT)]
    TooLong,
    /// The same character or two over and over says nothing.
    #[error("the reason says nothing; write what the access is for")]
    SaysNothing,
}

impl Reason {
    /// The least number of characters any policy can ask for.
    pub const FLOOR: usize = 10;
    /// The greatest number of characters.
    pub const LIMIT: usize = 500;

    /// Checks `text`, its control characters made visible and its ends trimmed, against `least` characters.
    pub fn parse(text: &str, least: usize) -> Result<Self, InvalidReason> {
        let text = visible(text.trim());
        let length = text.chars().count();
        let least = least.max(Self::FLOOR);
        if length < least {
            return Err(InvalidReason::TooShort(least));
        }
        if length > Self::LIMIT {
            return Err(InvalidReason::TooLong);
        }
        let mut distinct: Vec<char> = text.chars().filter(|character| character.is_alphanumeric()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 3 {
            return Err(InvalidReason::SaysNothing);
        }
        Ok(Reason(text))
    }

    /// The reason as text, safe to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = InvalidReason;
    fn try_from(text: String) -> Result<Self, InvalidReason> {
        Reason::parse(&text, Self::FLOOR)
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        reason.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One time-boxed, justified passage through a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elevation {
    /// Names the elevation in the log.
    pub id: u64,
    /// Why.
    pub reason: Reason,
    /// When it ends on our side (AWS's clock), however long AWS's credentials live.
    pub until: Timestamp,
}

/// Leave to fetch credentials for one tier; made by [`pass`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage(Option<Elevation>);

impl Passage {
    /// The elevation, where the gate asked for one.
    pub fn elevation(&self) -> Option<&Elevation> {
        self.0.as_ref()
    }
}

/// A gate asked for a reason and got none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} access asks for a reason", .0.title())]
pub struct ReasonNeeded(pub Tier);

/// Judges whether `tier` may be entered at `stamp`.
///
/// `running` is an elevation granted earlier for the same target: it carries on until its end, and no longer.
/// `id` names a new elevation, should one begin.
pub fn pass(
    policy: &Policy,
    tier: Tier,
    reason: Option<Reason>,
    running: Option<&Elevation>,
    id: u64,
    stamp: Stamp,
) -> Result<Passage, ReasonNeeded> {
    if policy.gate_of(tier) == Gate::None {
        return Ok(Passage(None));
    }
    let now = stamp.aws_time_then();
    if let Some(reason) = reason {
        let until = later(now, policy.admin_max().min(SignedDuration::from_hours(1)));
        return Ok(Passage(Some(Elevation { id, reason, until })));
    }
    match running {
        Some(elevation) if elevation.until > now => Ok(Passage(Some(elevation.clone()))),
        _ => Err(ReasonNeeded(tier)),
    }
}
