//! The keys of the confirmation dialog.

use crossterm::event::KeyCode;

use super::model::Confirmation;
use crate::tui::keys::{Bindings, key, letter};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Confirm,
    Back,
}

pub(crate) fn bindings(confirmation: &Confirmation) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let label = match confirmation {
        Confirmation::DropCredentials(..) => "drop them",
        Confirmation::EndElevation(_) => "end it",
        Confirmation::SignOut(_) => "sign out",
        Confirmation::Quit => "quit",
    };
    bindings.add(&[letter('y'), key(KeyCode::Enter)], Command::Confirm, label, "Do it");
    bindings.pin(&[key(KeyCode::Esc), letter('n'), letter('q')], Command::Back, "no, go back", "Do nothing");
    bindings
}
