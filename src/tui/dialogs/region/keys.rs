//! The keys of the region dialog.

use crossterm::event::KeyCode;

use super::model::RegionDialog;
use crate::tui::keys::{Bindings, key};
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Take the selected region for this role.
    Choose,
    /// Forget the region chosen for this role.
    Reset,
    Back,
    Move(Movement),
}

pub(crate) fn bindings(dialog: &RegionDialog) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    if dialog.selected().is_some() {
        bindings.add(&[key(KeyCode::Enter)], Command::Choose, "take it", "Take this region for the role from now on");
    }
    if dialog.can_reset() {
        bindings.add(&[key(KeyCode::Backspace)], Command::Reset, "automatic", "Forget the region chosen for this role");
    }
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, "back", "Change nothing");
    bindings.movement(false, Command::Move);
    bindings
}
