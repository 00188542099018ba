//! The keys of the help dialog.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, key, letter};
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Close,
    Move(Movement),
}

pub(crate) fn bindings() -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let close = [key(KeyCode::Esc), letter('q'), letter('?'), key(KeyCode::F(1)), key(KeyCode::Enter)];
    bindings.pin(&close, Command::Close, "close", "Close help");
    bindings.movement(true, Command::Move);
    bindings
}
