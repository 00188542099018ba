//! Elevations: what a gate asks before it opens, each state with just the facts of that state.
//!
//! A [`Draft`] is what a person asks for. [`review`] makes it an [`ApprovedElevation`], or refuses it. From the record of the
//! intent until AWS's answer it is being issued; when AWS has granted it, it is a [`GrantedElevation`], which may have been
//! warned of its end, and ends as an [`EndReason`] says. How long it lasts counts from AWS's answer, because only then is it
//! known how wrong our own clock is.
//!
//! [`authorize`] is the only way to an [`Authorization`], and credentials of a gated target are fetched with one alone.

mod approved;
mod draft;
mod end;
mod granted;
mod id;
mod identity_check;
mod phrase;
mod plan;
mod reason;
mod review;
mod session_names;
mod ticket;

pub use self::approved::ApprovedElevation;
pub use self::draft::{Confirmation, Draft};
pub use self::end::EndReason;
pub use self::granted::GrantedElevation;
pub use self::id::ElevationId;
pub use self::identity_check::{ExpectedIdentity, IdentityCheck, check_identity};
pub use self::phrase::ConfirmationPhrase;
pub use self::plan::{Plan, duration_words, rule_lines, told_lines};
pub use self::reason::{InvalidReason, Reason};
pub use self::review::{Refusal, SHORTEST, allowed_duration, review};
pub use self::session_names::{RoleSessionName, SessionTags, SourceIdentity};
pub use self::ticket::{InvalidTicket, Ticket, TicketAnswer};
use super::policy::Verdict;
use super::tier::Tier;
use super::time::Now;

/// The permission to fetch credentials; made by [`authorize`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// The gate is open to everybody.
    Free,
    /// An elevation was granted before and still lasts.
    Running(GrantedElevation),
    /// A new elevation was approved.
    Approved(ApprovedElevation),
}

/// A gate asked for an elevation and there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} access asks for a reason", .0.title())]
pub struct ElevationNeeded(pub Tier);

/// Authorizes a fetch at `now` under `verdict`.
///
/// `running` is an elevation granted earlier for the same source: it carries on until its end, and no longer, unless a new
/// one was `approved`.
pub fn authorize(
    verdict: &Verdict,
    approved: Option<ApprovedElevation>,
    running: Option<&GrantedElevation>,
    now: Now,
) -> Result<Authorization, ElevationNeeded> {
    if let Some(approved) = approved {
        return Ok(Authorization::Approved(approved));
    }
    if !verdict.asks_for_elevation() {
        return Ok(Authorization::Free);
    }
    match running.and_then(|elevation| elevation.running_under(verdict, now)) {
        Some(elevation) => Ok(Authorization::Running(elevation)),
        None => Err(ElevationNeeded(verdict.tier())),
    }
}

#[cfg(test)]
mod tests;
