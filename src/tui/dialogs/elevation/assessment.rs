//! What the policy says of the form as it is filled in.

use jiff::SignedDuration;

use super::model::ElevationDialog;
use crate::domain::elevation::{
    InvalidReason, InvalidTicket, Reason, Refusal, SHORTEST, TicketAnswer, allowed_duration,
};
use crate::domain::policy::{Cap, Verdict};
use crate::domain::source::Source;
use crate::domain::time::Stamp;
use crate::tui::model::Model;

pub(super) struct Assessment {
    pub(super) verdict: Verdict,
    pub(super) reason: Result<Reason, InvalidReason>,
    pub(super) ticket: Result<TicketAnswer, InvalidTicket>,
    pub(super) duration: Result<SignedDuration, String>,
    /// How much of each cap is left; none while that is being read.
    pub(super) left: Option<Vec<SignedDuration>>,
    /// Why no elevation is possible, whatever is written.
    pub(super) refused: Option<Refusal>,
}

/// The assessment; none where the session is gone.
pub(super) fn assess(model: &Model, dialog: &ElevationDialog) -> Option<Assessment> {
    let session = model.session(&dialog.goal.session)?;
    let verdict = model.settings.policy.verdict_on_target(&session.catalog, &dialog.goal.target, model.now);
    let key = Source::portal_role(session.config.clone(), dialog.goal.target.clone()).key();
    let aws_time = Stamp { at: model.now, aws_offset: SignedDuration::ZERO }.aws_time(model.now);
    let used = |cap: &Cap| match &model.elevations {
        Some(list) => list.used(cap.window, aws_time, &key, |access| access.counts_for(&cap.owner)),
        None => SignedDuration::ZERO,
    };
    let terms = verdict.terms();
    let left = |cap: &Cap| cap.total.saturating_sub(used(cap)).max(SignedDuration::ZERO);
    let form = &dialog.form;
    let allowed = |asked| allowed_duration(asked, terms, used).map_err(|refusal| refusal.to_string());
    let spent = terms.caps.iter().find(|cap| left(cap) < SHORTEST);
    let refused = match &terms.approvers {
        Some(approvers) => Some(Refusal::Approval(approvers.clone())),
        None => spent.map(|cap| Refusal::Cap { cap: cap.clone(), left: left(cap) }),
    };
    Some(Assessment {
        reason: Reason::parse_under(form.reason.text(), terms.min_reason, &terms.denied_reasons),
        ticket: TicketAnswer::parse(Some(form.ticket.text()), form.no_ticket, terms),
        duration: form.asked_duration().and_then(allowed),
        left: model.elevations.as_ref().map(|_| terms.caps.iter().map(left).collect()),
        refused,
        verdict,
    })
}
