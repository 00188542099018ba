//! The keys of the error dialog.

use crossterm::event::KeyCode;

use super::model::{ErrorAction, ErrorDialog};
use crate::tui::keys::{Bindings, key};
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    SignIn,
    GiveReason,
    Close,
    Move(Movement),
}

pub(crate) fn bindings(dialog: &ErrorDialog) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    match dialog.action {
        ErrorAction::SignIn(_) => {
            bindings.add(&[key(KeyCode::Enter)], Command::SignIn, "sign in", "Sign in");
            bindings.pin(&[key(KeyCode::Esc)], Command::Close, "close", "Close this");
        }
        ErrorAction::GiveReason(..) => {
            bindings.add(&[key(KeyCode::Enter)], Command::GiveReason, "give a reason", "Give a reason");
            bindings.pin(&[key(KeyCode::Esc)], Command::Close, "close", "Close this");
        }
        ErrorAction::None => {
            bindings.pin(&[key(KeyCode::Esc), key(KeyCode::Enter)], Command::Close, "close", "Close this");
        }
    }
    bindings.movement(true, Command::Move);
    bindings
}
