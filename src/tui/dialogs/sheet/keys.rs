//! The keys of the action sheet.

use crossterm::event::KeyCode;

use super::entries::entries;
use super::model::SheetDialog;
use crate::tui::actions::role::RoleAction;
use crate::tui::keys::{Bindings, ctrl, key, letter};
use crate::tui::model::Model;
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Carry out the selected action.
    Selected,
    Act(RoleAction),
    Back,
    Move(Movement),
}

pub(crate) fn bindings(model: &Model, dialog: &SheetDialog) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    bindings.add(&[key(KeyCode::Enter)], Command::Selected, "do it", "Carry out the selected action");
    for (action, availability) in entries(model, dialog) {
        if availability.is_possible() {
            bindings.add_to_help(&[letter(action.letter())], Command::Act(action), action.title());
        }
    }
    bindings.pin(&[key(KeyCode::Esc), letter('q'), ctrl('o')], Command::Back, "back", "Do nothing");
    bindings.movement(true, Command::Move);
    bindings
}
