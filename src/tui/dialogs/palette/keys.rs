//! The keys of the command palette.

use crossterm::event::KeyCode;

use super::model::{Entry, PaletteDialog};
use crate::tui::keys::{Bindings, key};
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Run the selected command, or show how the selected setting is set.
    Choose,
    /// From a setting to the list, or from the list to the screen.
    Back,
    Move(Movement),
}

pub(crate) fn bindings(dialog: &PaletteDialog) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    if dialog.setting.is_none() {
        match dialog.selected() {
            Some(Entry::Command { .. }) => {
                bindings.add(&[key(KeyCode::Enter)], Command::Choose, "run", "Run this command");
            }
            Some(Entry::Setting(_)) => {
                bindings.add(&[key(KeyCode::Enter)], Command::Choose, "how to set it", "Show how this is set");
            }
            None => {}
        }
        bindings.movement(false, Command::Move);
    }
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, "back", "One step back");
    bindings
}
