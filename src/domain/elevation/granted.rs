//! An elevation that AWS has granted.

use serde::{Deserialize, Serialize};

use super::approved::ApprovedElevation;
use super::draft::Confirmation;
use super::id::ElevationId;
use super::reason::Reason;
use super::ticket::{Ticket, TicketAnswer};
use crate::domain::policy::{Mode, Verdict};
use crate::domain::time::{Lifespan, Now, later};

/// An elevation that AWS has granted. It may be over: ask its [`Lifespan`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedElevation {
    id: ElevationId,
    reason: Reason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket: Option<Ticket>,
    #[serde(default)]
    no_ticket: bool,
    /// How it was confirmed; older records do not say.
    #[serde(default = "unattended")]
    confirmation: Confirmation,
    /// The policy's text for the role that was assumed; none where the credentials are the permission set's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assumed: Option<String>,
    life: Lifespan,
}

impl GrantedElevation {
    pub(super) fn new(approved: ApprovedElevation, life: Lifespan) -> Self {
        GrantedElevation {
            assumed: assumed(approved.mode()),
            id: approved.id(),
            reason: approved.reason().clone(),
            no_ticket: *approved.ticket() == TicketAnswer::NoTicket,
            ticket: approved.ticket().ticket().cloned(),
            confirmation: approved.confirmation(),
            life,
        }
    }

    /// Names it in records.
    pub fn id(&self) -> ElevationId {
        self.id
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The ticket.
    pub fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// From when to when it lasts on our side, however long AWS's credentials live.
    pub fn life(&self) -> Lifespan {
        self.life
    }

    /// What is left of it under `verdict`, which may have become stricter since it was granted.
    pub fn life_under(&self, verdict: &Verdict) -> Option<Lifespan> {
        let terms = verdict.terms();
        let ticket = self.ticket.as_ref().map(Ticket::as_str);
        let stands = self.reason.stands_under(terms.min_reason, &terms.denied_reasons)
            && TicketAnswer::parse(ticket, self.no_ticket, terms).is_ok()
            && terms.approvers.is_none()
            && (self.confirmation == Confirmation::Typed || terms.unattended)
            && self.assumed == assumed(&terms.mode);
        let granted = self.life.obtained().aws_time_then();
        if stands { self.life.ending_by(later(granted, verdict.max_duration())) } else { None }
    }

    /// The same, no longer than `verdict` allows, where it lasts at `now`.
    pub(super) fn running_under(&self, verdict: &Verdict, now: Now) -> Option<GrantedElevation> {
        let life = self.life_under(verdict).filter(|life| !life.is_over(now))?;
        Some(GrantedElevation { life, ..self.clone() })
    }
}

/// What has to be allowed where nothing is said.
fn unattended() -> Confirmation {
    Confirmation::Unattended
}

fn assumed(mode: &Mode) -> Option<String> {
    match mode {
        Mode::Direct => None,
        Mode::Chained(role) => Some(role.clone()),
    }
}
