//! The picker's keys.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, ctrl, key};
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Take,
    Cancel,
    Move(Movement),
}

pub(super) fn bindings() -> Bindings<Command> {
    let mut bindings = Bindings::default();
    bindings.pin(&[key(KeyCode::Enter)], Command::Take, "take", "Go on with the selected role");
    bindings.pin(&[key(KeyCode::Esc), ctrl('c'), ctrl('g')], Command::Cancel, "cancel", "Choose nothing");
    bindings.movement(false, Command::Move);
    bindings
}
