//! An elevation that the policy allows and AWS has not granted yet.

use jiff::SignedDuration;

use super::draft::{Confirmation, Draft};
use super::granted::GrantedElevation;
use super::id::ElevationId;
use super::reason::Reason;
use super::ticket::TicketAnswer;
use crate::domain::policy::Mode;
use crate::domain::time::{Lifespan, Stamp};

/// An elevation that the policy allows and AWS has not granted yet; made by [`super::review`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedElevation {
    id: ElevationId,
    reason: Reason,
    ticket: TicketAnswer,
    mode: Mode,
    duration: SignedDuration,
    confirmation: Confirmation,
    is_drill: bool,
    extends: Option<ElevationId>,
    group: Option<ElevationId>,
}

impl ApprovedElevation {
    pub(super) fn new(
        id: ElevationId,
        draft: &Draft,
        confirmation: Confirmation,
        reason: Reason,
        ticket: TicketAnswer,
        mode: Mode,
        duration: SignedDuration,
    ) -> Self {
        ApprovedElevation {
            mode,
            id,
            reason,
            ticket,
            duration,
            confirmation,
            is_drill: draft.drill,
            extends: draft.extends,
            group: draft.group,
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

    /// What was said about a ticket.
    pub fn ticket(&self) -> &TicketAnswer {
        &self.ticket
    }

    /// How long it lasts from AWS's answer on.
    pub fn duration(&self) -> SignedDuration {
        self.duration
    }

    /// How it was confirmed.
    pub fn confirmation(&self) -> Confirmation {
        self.confirmation
    }

    /// Whether AWS is not asked.
    pub fn is_drill(&self) -> bool {
        self.is_drill
    }

    /// The elevation that it carries on.
    pub fn extends(&self) -> Option<ElevationId> {
        self.extends
    }

    /// The first of several that were confirmed at once.
    pub fn group(&self) -> Option<ElevationId> {
        self.group
    }

    /// AWS has granted it in the answer that `granted` was read off.
    pub fn granted(self, granted: Stamp) -> GrantedElevation {
        let life = Lifespan::countdown(granted, self.duration);
        GrantedElevation::new(self.id, self.reason, self.ticket, self.confirmation, &self.mode, life)
    }
}
