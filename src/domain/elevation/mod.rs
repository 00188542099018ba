//! Elevations: what a gate asks before it opens, each state with just the facts of that state.
//!
//! A [`Draft`] is what a person asks for. [`review`] makes it an [`ApprovedElevation`], or refuses it. From the record of the
//! intent until AWS's answer it is being issued; when AWS has granted it, it is a [`GrantedElevation`], which may have been
//! warned of its end, and ends as an [`EndReason`] says. How long it lasts counts from AWS's answer, because only then is it
//! known how wrong our own clock is.
//!
//! [`authorize`] is the only way to an [`Authorization`], and credentials of a gated target are fetched with one alone.

mod approved;
mod aws_life;
mod draft;
mod end;
mod granted;
mod id;
mod identity_check;
mod outlook;
mod phrase;
mod plan;
mod reason;
mod review;
mod session_names;
mod ticket;

pub use self::approved::ApprovedElevation;
pub use self::aws_life::AwsLife;
pub use self::draft::{Confirmation, Draft};
pub use self::end::EndReason;
pub use self::granted::{GrantedElevation, Lacking};
pub use self::id::ElevationId;
pub use self::identity_check::{ExpectedIdentity, IdentityCheck, check_identity};
pub use self::outlook::{Beginning, CapLeft, Fact, Outlook, WARNING};
pub use self::phrase::ConfirmationPhrase;
pub use self::plan::Plan;
pub use self::reason::{InvalidReason, Reason};
pub use self::review::{Refusal, SHORTEST, allowed_duration, review};
pub use self::session_names::{RoleSessionName, SessionTags, SourceIdentity};
pub use self::ticket::{InvalidTicket, Ticket, TicketAnswer};
use super::on_call::{Admission, NotOnDuty};
use super::policy::Verdict;
use super::tier::{Gate, Tier};
use super::time::Now;

/// The permission to fetch credentials; made by [`authorize`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// The gate is open to everybody.
    Free,
    /// Whoever is on duty may. Who the person is, AWS is asked with the credentials, before they are kept or handed out:
    /// what was noted of that before may have been changed by anybody who can write our files.
    IfOnDuty,
    /// An elevation was granted before and still lasts.
    Running(GrantedElevation),
    /// A new elevation was approved.
    Approved(ApprovedElevation),
}

/// A gate did not open, and an elevation would open it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ElevationNeeded {
    /// It asks for one; an elevation that runs lacks what the policy asks for now.
    #[error("{} access asks for a reason", .0.title())]
    BreakGlass(Tier, Option<Lacking>),
    /// It is open to whoever is on duty.
    #[error(transparent)]
    NotOnDuty(NotOnDuty),
}

/// Authorizes a fetch at `now` under `verdict`.
///
/// `running` is an elevation granted earlier for the same source: it carries on until its end, and no longer, unless a new
/// one was `approved`. `admission` is what is known of the person's duty.
pub fn authorize(
    verdict: &Verdict,
    approved: Option<ApprovedElevation>,
    running: Option<&GrantedElevation>,
    admission: Admission,
    now: Now,
) -> Result<Authorization, ElevationNeeded> {
    if let Some(approved) = approved {
        return Ok(Authorization::Approved(approved));
    }
    let lacks = || running.and_then(|elevation| elevation.lacks(verdict, now));
    let serves = || running.and_then(|elevation| elevation.running_under(verdict, now)).map(Authorization::Running);
    match (verdict.gate(), admission) {
        (Gate::None, _) => Ok(Authorization::Free),
        (Gate::OnCall, Admission::OnDuty(_)) => Ok(Authorization::IfOnDuty),
        (Gate::OnCall, Admission::UserUnknown) => Ok(serves().unwrap_or(Authorization::IfOnDuty)),
        (Gate::OnCall, Admission::Refused(why)) => serves().ok_or(ElevationNeeded::NotOnDuty(why)),
        (Gate::OnCall, Admission::NotAsked) | (Gate::BreakGlass, _) => {
            serves().ok_or_else(|| ElevationNeeded::BreakGlass(verdict.tier(), lacks()))
        }
    }
}

#[cfg(test)]
mod tests;
