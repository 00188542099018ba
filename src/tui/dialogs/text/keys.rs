//! The keys of the text dialog.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, key};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Close,
}

pub(crate) fn bindings() -> Bindings<Command> {
    let mut bindings = Bindings::default();
    bindings.pin(&[key(KeyCode::Esc), key(KeyCode::Enter)], Command::Close, "back", "Go back");
    bindings
}
