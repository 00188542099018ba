//! Elevations: what a gate asks before Admin, each state with just the facts of that state.
//!
//! [`authorize`] is the only way to an [`Authorization`], and credentials of a gated tier are fetched with one alone.
//! A new elevation is an [`ApprovedElevation`] until AWS has granted it; from then on it is a [`GrantedElevation`]. How
//! long it lasts counts from AWS's answer, because only then is it known how wrong our own clock is.

mod id;
mod identity_check;
mod reason;
mod session_names;
mod ticket;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

pub use self::id::ElevationId;
pub use self::identity_check::{ExpectedIdentity, IdentityCheck, check_identity};
pub use self::reason::{InvalidReason, Reason};
pub use self::session_names::{RoleSessionName, SessionTags, SourceIdentity};
pub use self::ticket::{InvalidTicket, Ticket, TicketAnswer};
use super::policy::Verdict;
use super::tier::Tier;
use super::time::{Lifespan, Now, Stamp, later};

/// An elevation that the policy allows and AWS has not granted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedElevation {
    id: ElevationId,
    reason: Reason,
    max_duration: SignedDuration,
}

impl ApprovedElevation {
    /// Names it in records.
    pub fn id(&self) -> ElevationId {
        self.id
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// How long it may last.
    pub fn max_duration(&self) -> SignedDuration {
        self.max_duration
    }

    /// AWS has granted it in the answer that `granted` was read off.
    pub fn granted(self, granted: Stamp) -> GrantedElevation {
        GrantedElevation { id: self.id, reason: self.reason, life: Lifespan::countdown(granted, self.max_duration) }
    }
}

/// An elevation that AWS has granted. It may be over: ask its [`Lifespan`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedElevation {
    id: ElevationId,
    reason: Reason,
    life: Lifespan,
}

impl GrantedElevation {
    /// Names it in records.
    pub fn id(&self) -> ElevationId {
        self.id
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// From when to when it lasts on our side, however long AWS's credentials live.
    pub fn life(&self) -> Lifespan {
        self.life
    }

    /// What is left of it under `verdict`, which may have become stricter since it was granted.
    pub fn life_under(&self, verdict: &Verdict) -> Option<Lifespan> {
        if self.reason.as_str().chars().count() < verdict.min_reason() {
            return None;
        }
        let granted = self.life.obtained().aws_time_then();
        self.life.ending_by(later(granted, verdict.max_duration()))
    }

    /// The same, no longer than `verdict` allows, where it lasts at `now`.
    fn running_under(&self, verdict: &Verdict, now: Now) -> Option<GrantedElevation> {
        let life = self.life_under(verdict).filter(|life| !life.is_over(now))?;
        Some(GrantedElevation { life, ..self.clone() })
    }
}

/// Why an elevation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Its time was over.
    Expired,
    /// The person dropped its credentials.
    Dropped,
    /// The person signed out.
    SignedOut,
    /// The person, or another one, signed in anew.
    SignedInAnew,
    /// The person began another one for the same target.
    Replaced,
    /// Its credentials could not be kept.
    NotKept,
    /// The program was ended between request and outcome: what AWS answered is not known.
    Unknown,
}

impl EndReason {
    /// The word in records.
    pub const fn word(self) -> &'static str {
        match self {
            EndReason::Expired => "expired",
            EndReason::Dropped => "dropped",
            EndReason::SignedOut => "signed_out",
            EndReason::SignedInAnew => "signed_in_anew",
            EndReason::Replaced => "replaced",
            EndReason::NotKept => "not_kept",
            EndReason::Unknown => "unknown",
        }
    }
}

/// The permission to fetch credentials; made by [`authorize`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization(Option<Basis>);

/// The elevation that an authorization rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// One that was granted before and still lasts.
    Granted(GrantedElevation),
    /// A new one.
    Approved(ApprovedElevation),
}

impl Authorization {
    /// The elevation it rests on; none where the gate asks for none.
    pub fn basis(&self) -> Option<&Basis> {
        self.0.as_ref()
    }
}

/// A gate asked for a reason and got none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} access asks for a reason", .0.title())]
pub struct ReasonNeeded(pub Tier);

/// Authorizes a fetch at `now` under `verdict`.
///
/// `running` is an elevation granted earlier for the same source: it carries on until its end, and no longer. With a
/// new `reason` another one begins, which `id` names.
pub fn authorize(
    verdict: &Verdict,
    reason: Option<Reason>,
    running: Option<&GrantedElevation>,
    id: ElevationId,
    now: Now,
) -> Result<Authorization, ReasonNeeded> {
    if !verdict.asks_for_elevation() {
        return Ok(Authorization(None));
    }
    if let Some(reason) = reason {
        let approved = ApprovedElevation { id, reason, max_duration: verdict.max_duration() };
        return Ok(Authorization(Some(Basis::Approved(approved))));
    }
    match running.and_then(|elevation| elevation.running_under(verdict, now)) {
        Some(elevation) => Ok(Authorization(Some(Basis::Granted(elevation)))),
        None => Err(ReasonNeeded(verdict.tier())),
    }
}

#[cfg(test)]
mod tests;
