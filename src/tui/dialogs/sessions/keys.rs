//! The keys of the sessions dialog.

use crossterm::event::KeyCode;

use super::model::SessionsDialog;
use crate::tui::keys::{Bindings, key, letter};
use crate::tui::model::Model;
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Show the roles of the selected session, which is signed in to.
    Show,
    SignIn,
    SignOut,
    /// Sign in at a replica, beforehand.
    Standby,
    /// Add an SSO session.
    Add,
    Back,
    /// Moving down from the last session selects the first one.
    Move(Movement),
}

pub(crate) fn bindings(model: &Model, dialog: &SessionsDialog) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    if let Some(session) = model.sessions.get(dialog.selected) {
        let is_signed_in = session.is_signed_in(model.now);
        if is_signed_in {
            bindings.add(&[key(KeyCode::Enter)], Command::Show, "show", "Show this session's roles");
            bindings.add_to_help(&[letter('s')], Command::SignIn, "Sign in again, for a full day");
        } else {
            bindings.add(&[key(KeyCode::Enter), letter('s')], Command::SignIn, "sign in", "Sign in to this session");
        }
        if !session.standbys.is_empty() {
            let about = "Sign in at a replica too, in case this region goes out";
            bindings.add(&[letter('b')], Command::Standby, "standby", about);
        }
        if is_signed_in || session.has_standby(model.now) || !session.all_kept(model.now).is_empty() {
            bindings.add(&[letter('x')], Command::SignOut, "sign out", "Sign out and forget its credentials");
        }
    }
    bindings.add(&[letter('a')], Command::Add, "add", "Add an SSO session");
    bindings.pin(&[key(KeyCode::Esc), letter('q')], Command::Back, "back", "Close this");
    bindings.movement(true, Command::Move);
    bindings.add_to_help(&[key(KeyCode::Tab)], Command::Move(Movement::Down), "The next session");
    bindings
}
