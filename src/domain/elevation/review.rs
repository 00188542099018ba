//! The review of a draft: the only way to an approved elevation.

use jiff::SignedDuration;

use super::approved::ApprovedElevation;
use super::draft::{Confirmation, Draft};
use super::id::ElevationId;
use super::outlook::rounded_down;
use super::reason::{InvalidReason, Reason};
use super::ticket::{InvalidTicket, TicketAnswer};
use crate::domain::policy::{Cap, Terms, Verdict};
use crate::domain::text::visible;

/// The shortest elevation.
pub const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

/// Why a draft is not approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The reason will not do.
    #[error(transparent)]
    Reason(#[from] InvalidReason),
    /// What was said about a ticket will not do.
    #[error(transparent)]
    Ticket(#[from] InvalidTicket),
    /// It is longer or shorter than elevations may be.
    #[error("an elevation of {asked:#} was asked for; allowed: {SHORTEST:#} to {most:#}")]
    Duration {
        /// What was asked for.
        asked: SignedDuration,
        /// What the policy allows.
        most: SignedDuration,
    },
    /// Too much has been used already.
    #[error("the policy allows {cap} on this device, and {} of it is left", rounded_down(*left))]
    Cap {
        /// The cap.
        cap: Cap,
        /// What is left of it.
        left: SignedDuration,
    },
    /// Somebody would have to approve it, and nobody can be asked.
    #[error("the policy asks for approval by {}, and approvals cannot be asked for yet", names(.0))]
    Approval(Vec<String>),
    /// Nobody has confirmed it, though the policy lets a process do so.
    #[error("nobody has confirmed the elevation")]
    Unconfirmed,
    /// Nobody at a terminal confirmed it.
    #[error("an elevation takes a person at a terminal; the policy allows none without for this target")]
    Unattended,
}

impl Refusal {
    /// Whether the person can mend it by writing something else.
    pub fn is_of_what_was_written(&self) -> bool {
        matches!(self, Refusal::Reason(_) | Refusal::Ticket(_) | Refusal::Duration { .. })
    }
}

/// Approves `draft` under `verdict`, or says why not. `left` tells what is left of a cap.
///
/// Where a team asks for approval, it is asked for here, between the checks and the approved elevation.
pub fn review(
    draft: &Draft,
    verdict: &Verdict,
    id: ElevationId,
    left: impl Fn(&Cap) -> SignedDuration,
) -> Result<ApprovedElevation, Refusal> {
    let terms = verdict.terms();
    let confirmation = match draft.confirmation {
        Some(Confirmation::Typed) => Confirmation::Typed,
        _ if !terms.unattended => return Err(Refusal::Unattended),
        Some(Confirmation::Unattended) => Confirmation::Unattended,
        None => return Err(Refusal::Unconfirmed),
    };
    let reason = Reason::parse_under(&draft.reason, terms.min_reason, &terms.denied_reasons)?;
    let ticket = match draft.drill {
        true => TicketAnswer::parse_for_drill(draft.ticket.as_deref(), terms)?,
        false => TicketAnswer::parse(draft.ticket.as_deref(), draft.no_ticket, terms)?,
    };
    if let Some(approvers) = &terms.approvers {
        return Err(Refusal::Approval(approvers.clone()));
    }
    let duration = allowed_duration(draft.duration, draft.extends, terms, left)?;
    Ok(ApprovedElevation::new(id, draft, confirmation, reason, ticket, terms.mode.clone(), duration))
}

/// How long an elevation lasts for which `asked` is asked for. Where nobody asks, one that `extends` another lasts as long as it
/// may: its default could end sooner than that one. What nobody asked for is shortened to what the caps leave.
///
/// # Errors
/// It is longer or shorter than elevations may be, or the caps leave less.
pub fn allowed_duration(
    asked: Option<SignedDuration>,
    extends: Option<ElevationId>,
    terms: &Terms,
    left: impl Fn(&Cap) -> SignedDuration,
) -> Result<SignedDuration, Refusal> {
    let usual = if extends.is_some() { terms.max_duration } else { terms.default_duration };
    let wanted = asked.unwrap_or(usual);
    if !(SHORTEST..=terms.max_duration).contains(&wanted) {
        return Err(Refusal::Duration { asked: wanted, most: terms.max_duration });
    }
    let Some((cap, left)) = terms.caps.iter().map(|cap| (cap, left(cap))).min_by_key(|(_, left)| *left) else {
        return Ok(wanted);
    };
    let fits = if asked.is_some() { left >= wanted } else { left >= SHORTEST };
    if fits { Ok(wanted.min(left)) } else { Err(Refusal::Cap { cap: cap.clone(), left }) }
}

fn names(approvers: &[String]) -> String {
    match approvers {
        [] => "nobody who is known".to_owned(),
        some => some.iter().map(|name| visible(name)).collect::<Vec<_>>().join(" or "),
    }
}
