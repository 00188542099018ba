//! What is shown of a role's credentials, in the list and in the cells.

use jiff::Timestamp;
use ratatui::text::Span;

use crate::domain::target::Target;
use crate::domain::tier::Gate;
use crate::tui::model::Model;
use crate::tui::model::session::SessionState;
use crate::tui::remaining::Remaining;
use crate::tui::widgets::cells::span;

pub(super) enum RoleStatus {
    Fetching,
    Kept(Remaining),
    /// Credentials ended at this time, a short while ago; others are handed out through this gate.
    Ended(Timestamp, Gate),
    AsksForReason,
    /// They are handed out to whoever is on duty.
    ForThoseOnCall,
    Free,
}

pub(super) fn status(model: &Model, session: &SessionState, target: &Target, gate: Gate) -> RoleStatus {
    if model.is_fetching(&session.key, target) {
        return RoleStatus::Fetching;
    }
    if let Some(kept) = session.kept(target, model.now) {
        return RoleStatus::Kept(Remaining::of(&kept.ours, model.now));
    }
    match (session.ended(target, model.now), gate) {
        (Some(at), gate) => RoleStatus::Ended(at, gate),
        (None, Gate::BreakGlass) => RoleStatus::AsksForReason,
        (None, Gate::OnCall) => RoleStatus::ForThoseOnCall,
        (None, Gate::None) => RoleStatus::Free,
    }
}

impl RoleStatus {
    /// The mark before the account's name.
    pub(super) fn dot(&self, model: &Model) -> Span<'static> {
        let theme = model.theme();
        match self {
            RoleStatus::Fetching => span(format!("{} ", model.spinner()), theme.accent()),
            RoleStatus::Kept(remaining) => span("● ", theme.urgency(remaining.urgency())),
            RoleStatus::Ended(..) => span("○ ", theme.warn()),
            RoleStatus::AsksForReason | RoleStatus::ForThoseOnCall | RoleStatus::Free => Span::raw("  "),
        }
    }
}
