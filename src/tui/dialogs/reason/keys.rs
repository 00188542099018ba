//! The keys of the reason dialog.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, key};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Submit,
    Back,
}

pub(crate) fn bindings() -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let about = "Record the reason and go on";
    bindings.add(&[key(KeyCode::Enter)], Command::Submit, "enter with this reason", about);
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, "back", "Ask for nothing");
    bindings
}
