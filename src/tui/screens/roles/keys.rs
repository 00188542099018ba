//! The keys of the roles screen. Letters are typed into the search, so that commands are on Ctrl and function keys.

use crossterm::event::KeyCode;

use super::{banner, layout};
use crate::domain::preferences::ListView;
use crate::tui::actions::role::{Availability, RoleAction, RoleState};
use crate::tui::keys::{Bindings, ctrl, key, letter};
use crate::tui::model::Model;
use crate::tui::model::session::Listing;
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Do something with the selected role.
    Act(RoleAction),
    /// Choose what to do with the selected role.
    ShowActions,
    /// Open a shell with the role of this quick key, from 1 on.
    Quick(usize),
    SignIn,
    ShowActive,
    ShowSessions,
    /// List accounts and roles again.
    Refresh,
    /// Show the other view of the list.
    SwitchView,
    Help,
    Back,
    Move(Movement),
    /// To the role beside the selected one, in the view of accounts and tiers.
    MoveBeside {
        forward: bool,
    },
}

pub(crate) fn bindings(model: &Model) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let role = model.selected_role();
    let state = role.as_ref().and_then(|(session, target)| RoleState::of(model, session, target));
    let (is_filtered, enter) = (!model.roles.query.is_empty(), [key(KeyCode::Enter)]);
    match state {
        Some(state) => add_actions(&mut bindings, state),
        None if model.roles.selected().is_some() => {
            bindings.add(&enter, Command::Refresh, "try again", "List again");
        }
        None if banner::needs_sign_in(model) => {
            bindings.add(&enter, Command::SignIn, "sign in", "Sign in");
        }
        None => {}
    }
    for (digit, number) in ('1'..='9').zip(1..=model.roles.quick_keys()) {
        bindings.add_to_help(&[letter(digit)], Command::Quick(number), "Open a shell with this role of today");
    }
    bindings.add(&[key(KeyCode::F(2))], Command::ShowActive, "active", "Show all credentials that are kept");
    bindings.add(&[key(KeyCode::Tab)], Command::ShowSessions, "sessions", "SSO sessions: sign in, sign out, add");
    if model.sessions.iter().any(|session| session.is_signed_in(model.now)) {
        bindings.add(&[ctrl('r'), key(KeyCode::F(5))], Command::Refresh, "refresh", "List accounts and roles anew");
    }
    bindings.add_to_help(&[ctrl('s')], Command::SignIn, "Sign in, also again for a full day");
    if layout::fits_matrix(model) {
        let (label, about) = match model.preferences.view {
            ListView::List => ("tiers", "Accounts × tiers: one line an account"),
            ListView::Matrix => ("list", "The list: one line a role"),
        };
        bindings.add(&[key(KeyCode::F(4))], Command::SwitchView, label, about);
    }
    if model.roles.view() == ListView::Matrix {
        bindings.add_to_help(&[key(KeyCode::Left)], Command::MoveBeside { forward: false }, "To the tier on the left");
        bindings.add_to_help(&[key(KeyCode::Right)], Command::MoveBeside { forward: true }, "To the tier on the right");
    }
    if is_filtered {
        bindings.pin(&[key(KeyCode::F(1))], Command::Help, "help", "Show the keys");
    } else {
        bindings.pin(&[key(KeyCode::F(1)), letter('?')], Command::Help, "help", "Show these keys");
    }
    let narrowing = "Type tier:admin, org:NAME or #alias";
    bindings.add_to_help(&[], Command::Help, narrowing);
    let is_fetching = role.is_some_and(|(session, target)| model.is_fetching(&session, &target));
    let is_listing = model.sessions.iter().any(|session| matches!(session.listing, Listing::Running(_)));
    let (label, about) = match (is_fetching, is_filtered) {
        (true, _) => ("cancel", "Stop waiting for these credentials"),
        (_, true) => ("clear", "Clear the search"),
        _ if is_listing => ("stop", "Stop listing"),
        _ if !model.notices.is_empty() => ("dismiss", "Dismiss the notice"),
        _ => ("quit", "Leave"),
    };
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, label, about);
    bindings.movement(false, Command::Move);
    bindings
}

fn add_actions(bindings: &mut Bindings<Command>, role: RoleState) {
    if role.on_enter() == RoleAction::Get {
        let get = Command::Act(RoleAction::Get);
        bindings.add(&[key(KeyCode::Enter)], get, "renew", "Get new credentials for this role");
    }
    for action in RoleAction::ALL {
        let (keys, label) = (action.keys(), action.label());
        match (action.availability(role), label) {
            _ if keys.is_empty() || (action == RoleAction::Shell && role.on_enter() != action) => {}
            (Availability::No(_) | Availability::Absent, _) => {}
            (Availability::AfterSignIn, Some(_)) if action == RoleAction::Shell => {
                bindings.add(keys, Command::Act(action), "sign in", "Sign in, then open a shell with this role");
            }
            (_, Some(label)) => bindings.add(keys, Command::Act(action), label, action.title()),
            (_, None) => bindings.add_to_help(keys, Command::Act(action), action.title()),
        }
        if action == RoleAction::CopyExec {
            bindings.add(&[ctrl('o')], Command::ShowActions, "more…", "Choose what to do with this role");
        }
    }
}
