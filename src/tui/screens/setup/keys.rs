//! The keys of the setup screen.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, key};
use crate::tui::model::Model;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Submit,
    NextField,
    Help,
    Back,
}

pub(crate) fn bindings(model: &Model) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    bindings.add(&[key(KeyCode::Enter)], Command::Submit, "continue", "Write the session and sign in");
    let next = [key(KeyCode::Tab), key(KeyCode::BackTab), key(KeyCode::Down), key(KeyCode::Up)];
    bindings.add(&next, Command::NextField, "next field", "Go to the other field");
    bindings.pin(&[key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
    let label = if model.sessions.is_empty() { "quit" } else { "back" };
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, label, "One step back");
    bindings
}
