//! The keys of the roles screen. Letters filter, so that commands are on Ctrl and function keys.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, ctrl, key, letter};
use crate::tui::model::Model;
use crate::tui::model::session::Listing;
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Fetch credentials for the selected role, after a sign-in where one is needed.
    Fetch,
    /// Choose what to copy for the selected role.
    Copy,
    /// Drop the selected role's credentials.
    Drop,
    SignIn,
    ShowActive,
    ShowSessions,
    /// List accounts and roles again.
    Refresh,
    Help,
    Back,
    Move(Movement),
}

pub(crate) fn bindings(model: &Model) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let Some(session) = model.current_session() else { return bindings };
    let selected = session.roles.selected();
    let target = selected.and_then(|row| row.target());
    let is_kept = target.is_some_and(|target| session.kept(target, model.now).is_some());
    let (is_signed_in, is_filtered) = (session.is_signed_in(model.now), !session.roles.query.is_empty());
    let enter = [key(KeyCode::Enter)];
    match target {
        Some(_) if is_kept => bindings.add(&enter, Command::Copy, "copy…", "Choose what to copy for this role"),
        Some(_) if is_signed_in => {
            bindings.add(&enter, Command::Fetch, "get credentials", "Get credentials for this role");
        }
        Some(_) => bindings.add(&enter, Command::Fetch, "sign in", "Sign in, then get credentials"),
        None if selected.is_some() => bindings.add(&enter, Command::Refresh, "try again", "List again"),
        None => {}
    }
    let is_fetchable = target.is_some() && !is_kept;
    if is_fetchable {
        bindings.add(&[ctrl('o')], Command::Copy, "copy…", "Get credentials and choose what to copy");
    }
    match (is_signed_in, is_fetchable) {
        (true, _) => {}
        // Enter already says "sign in".
        (false, true) => bindings.add_to_help(&[ctrl('l')], Command::SignIn, "Sign in to this session"),
        (false, false) => bindings.add(&[ctrl('l')], Command::SignIn, "sign in", "Sign in to this session"),
    }
    if is_kept {
        bindings.add_to_help(&[ctrl('o')], Command::Copy, "Choose what to copy for this role");
        bindings.add(&[ctrl('x')], Command::Drop, "drop", "Forget the credentials kept for this role");
    }
    bindings.add(&[key(KeyCode::F(2)), ctrl('a')], Command::ShowActive, "active", "Show all credentials that are kept");
    bindings.add(&[key(KeyCode::Tab)], Command::ShowSessions, "sessions", "Switch between SSO sessions, sign out");
    if is_signed_in {
        bindings.add(&[ctrl('r'), key(KeyCode::F(5))], Command::Refresh, "refresh", "List accounts and roles anew");
        bindings.add_to_help(&[ctrl('l')], Command::SignIn, "Sign in again, for a full day");
    }
    if is_filtered {
        bindings.pin(&[key(KeyCode::F(1))], Command::Help, "help", "Show the keys");
    } else {
        bindings.pin(&[letter('?'), key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
    }
    let is_fetching = target.is_some_and(|target| model.is_fetching(&session.key, target));
    let is_listing = matches!(session.listing, Listing::Running { .. });
    let (label, about) = match (is_fetching, is_filtered) {
        (true, _) => ("cancel", "Stop waiting for these credentials"),
        (_, true) => ("clear", "Clear the filter"),
        _ if is_listing => ("stop", "Stop listing"),
        _ if !model.notices.is_empty() => ("dismiss", "Dismiss the notice"),
        _ => ("quit", "Leave"),
    };
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, label, about);
    bindings.movement(false, Command::Move);
    bindings
}
