//! What the sheet offers.

use super::model::SheetDialog;
use crate::tui::actions::role::{Availability, RoleAction, RoleState};
use crate::tui::model::Model;

/// The actions that have to do with the role as it is.
pub(super) fn entries(model: &Model, dialog: &SheetDialog) -> Vec<(RoleAction, Availability)> {
    let Some(role) = RoleState::of(model, &dialog.session, &dialog.target) else { return Vec::new() };
    let all = RoleAction::ALL.into_iter().map(|action| (action, action.availability(role)));
    all.filter(|(_, availability)| *availability != Availability::Absent).collect()
}
