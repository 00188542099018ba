//! The keys of the details: those of the role, as on the screen of roles, and those that scroll.

use crossterm::event::KeyCode;

use super::model::DetailsDialog;
use crate::tui::actions::role::{RoleAction, RoleState};
use crate::tui::keys::{Bindings, ctrl, key, letter};
use crate::tui::model::Model;
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Do something with the role.
    Act(RoleAction),
    /// Choose what to do with the role.
    ShowActions,
    Back,
    Move(Movement),
}

pub(crate) fn bindings(model: &Model, dialog: &DetailsDialog) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let actions = RoleState::of(model, &dialog.session, &dialog.target).map(RoleState::keyed_actions);
    for (action, keys) in actions.into_iter().flatten().filter(|(action, _)| *action != RoleAction::Details) {
        match action.label() {
            Some(label) => bindings.add(keys, Command::Act(action), label, action.title()),
            None => bindings.add_to_help(keys, Command::Act(action), action.title()),
        }
    }
    bindings.add(&[ctrl('o')], Command::ShowActions, "more…", "Choose what to do with this role");
    let back = [key(KeyCode::Esc), letter('q'), key(KeyCode::F(3))];
    bindings.pin(&back, Command::Back, "back", "Close the details");
    bindings.movement(true, Command::Move);
    bindings
}
