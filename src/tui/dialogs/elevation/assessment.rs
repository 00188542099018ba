//! What the policy says of the form as it is filled in.

use jiff::SignedDuration;

use super::model::ElevationDialog;
use crate::domain::elevation::{
    InvalidReason, InvalidTicket, Outlook, Reason, Refusal, SHORTEST, TicketAnswer, allowed_duration,
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
    /// What is known beforehand.
    pub(super) outlook: Outlook,
    /// Why no elevation is possible, whatever is written.
    pub(super) refused: Option<Refusal>,
}

/// The assessment; none where the session is gone.
pub(super) fn assess(model: &Model, dialog: &ElevationDialog) -> Option<Assessment> {
    let session = model.session(&dialog.goal.session)?;
    let verdict = model.settings.policy.verdict_on_target(&session.catalog, &dialog.goal.target, model.now);
    let source = Source::portal_role(session.config.clone(), dialog.goal.target.clone());
    let stamp = Stamp { at: model.now, aws_offset: None };
    let (admission, zone) = (dialog.admission.clone(), model.settings.zone.clone());
    let outlook = match &model.elevations {
        Some(list) => list.outlook(&verdict, &source, admission, (stamp, model.now), zone),
        None => Outlook::while_reading(admission, model.now.wall, zone),
    };
    let terms = verdict.terms();
    let lefts = outlook.caps.iter().flatten().map(|cap| cap.left);
    let lefts: Vec<(&Cap, SignedDuration)> = terms.caps.iter().zip(lefts).collect();
    let left = |cap: &Cap| lefts.iter().find(|(known, _)| *known == cap).map_or(cap.total, |(_, left)| *left);
    let form = &dialog.form;
    let allowed = |asked| allowed_duration(asked, dialog.extends, terms, left).map_err(|refusal| refusal.to_string());
    let spent = lefts.iter().find(|(_, left)| *left < SHORTEST);
    let refused = match &terms.approvers {
        Some(approvers) => Some(Refusal::Approval(approvers.clone())),
        None => spent.map(|(cap, left)| Refusal::Cap { cap: (*cap).clone(), left: *left }),
    };
    Some(Assessment {
        reason: match dialog.phrase.phrase.is(form.reason.text()) {
            true => Err(InvalidReason::Confirmation),
            false => Reason::parse_under(form.reason.text(), terms.min_reason, &terms.denied_reasons),
        },
        ticket: match dialog.is_drill {
            true => TicketAnswer::parse_for_drill(Some(form.ticket.text()), terms),
            false => TicketAnswer::parse(Some(form.ticket.text()), form.no_ticket, terms),
        },
        duration: form.asked_duration().and_then(allowed),
        refused,
        outlook,
        verdict,
    })
}
