//! The keys of the screen of active credentials.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, ctrl, key, letter};
use crate::tui::model::Model;
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Choose what to copy for the selected role.
    Copy,
    /// Fetch the selected credentials again.
    Renew,
    /// Drop the selected credentials.
    Drop,
    ShowSessions,
    Help,
    Back,
    Move(Movement),
}

pub(crate) fn bindings(model: &Model) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    if model.sessions.iter().any(|session| !session.all_kept(model.now).is_empty()) {
        let copy = [key(KeyCode::Enter), letter('c'), ctrl('o')];
        bindings.add(&copy, Command::Copy, "copy…", "Choose what to copy");
        bindings.add(&[letter('r'), ctrl('r')], Command::Renew, "renew", "Fetch these credentials anew");
        bindings.add(&[letter('x'), ctrl('x')], Command::Drop, "drop", "Forget these credentials");
    }
    bindings.add(&[key(KeyCode::Tab)], Command::ShowSessions, "sessions", "Switch between SSO sessions, sign out");
    bindings.pin(&[letter('?'), key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
    let back = [key(KeyCode::Esc), letter('q'), key(KeyCode::F(2)), ctrl('a')];
    bindings.pin(&back, Command::Back, "roles", "Back to the roles");
    bindings.movement(true, Command::Move);
    bindings
}
