//! The keys of the copy dialog.

use crossterm::event::KeyCode;

use super::format::CopyFormat;
use crate::tui::keys::{Bindings, key, letter};
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Copy the selected form.
    CopySelected,
    Copy(CopyFormat),
    Back,
    Move(Movement),
}

pub(crate) fn bindings() -> Bindings<Command> {
    let mut bindings = Bindings::default();
    bindings.add(&[key(KeyCode::Enter), letter('c')], Command::CopySelected, "copy", "Copy this form");
    for (digit, format) in ('1'..='9').zip(CopyFormat::ALL) {
        bindings.add_to_help(&[letter(digit)], Command::Copy(format), "Copy this form");
    }
    bindings.pin(&[key(KeyCode::Esc), letter('q')], Command::Back, "back", "Copy nothing");
    bindings.movement(true, Command::Move);
    bindings
}
