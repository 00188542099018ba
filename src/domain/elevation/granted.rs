//! An elevation that AWS has granted.

use serde::{Deserialize, Serialize};

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

/// What an elevation lacks under a policy that has become stricter since it was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lacking {
    /// Its reason will not do.
    #[error("another reason")]
    Reason,
    /// What was said about a ticket will not do.
    #[error("a ticket")]
    Ticket,
    /// Somebody has to approve it.
    #[error("an approval")]
    Approval,
    /// Somebody at a terminal has to confirm it.
    #[error("a confirmation at a terminal")]
    Confirmation,
    /// Its credentials are another role's.
    #[error("credentials of another role")]
    Role,
    /// It may not last that long.
    #[error("a shorter time")]
    Length,
}

impl GrantedElevation {
    pub(super) fn new(
        id: ElevationId,
        reason: Reason,
        ticket: TicketAnswer,
        confirmation: Confirmation,
        mode: &Mode,
        life: Lifespan,
    ) -> Self {
        GrantedElevation {
            assumed: assumed(mode),
            id,
            reason,
            no_ticket: ticket == TicketAnswer::NoTicket,
            ticket: ticket.ticket().cloned(),
            confirmation,
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
        let granted = self.life.obtained().aws_time_then();
        match self.lacking(verdict) {
            None => self.life.ending_by(later(granted, verdict.max_duration())),
            Some(_) => None,
        }
    }

    /// What it lacks under `verdict`, where it would last at `now` under the policy that it was granted under.
    pub(super) fn lacks(&self, verdict: &Verdict, now: Now) -> Option<Lacking> {
        if self.life.is_over(now) {
            return None;
        }
        match (self.lacking(verdict), self.life_under(verdict)) {
            (None, Some(life)) if life.is_over(now) => Some(Lacking::Length),
            (lacking, _) => lacking,
        }
    }

    fn lacking(&self, verdict: &Verdict) -> Option<Lacking> {
        let terms = verdict.terms();
        let ticket = self.ticket.as_ref().map(Ticket::as_str);
        if !self.reason.stands_under(terms.min_reason, &terms.denied_reasons) {
            Some(Lacking::Reason)
        } else if TicketAnswer::parse(ticket, self.no_ticket, terms).is_err() {
            Some(Lacking::Ticket)
        } else if terms.approvers.is_some() {
            Some(Lacking::Approval)
        } else if self.confirmation == Confirmation::Unattended && !terms.unattended {
            Some(Lacking::Confirmation)
        } else if self.assumed != assumed(&terms.mode) {
            Some(Lacking::Role)
        } else {
            None
        }
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
