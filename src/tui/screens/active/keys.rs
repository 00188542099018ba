//! The keys of the screen of active credentials.

use crossterm::event::KeyCode;

use super::model::{ActiveList, rows};
use crate::tui::actions::role::{RoleAction, RoleState};
use crate::tui::keys::{Bindings, ctrl, key, letter};
use crate::tui::model::Model;
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Do something with the selected role.
    Act(RoleAction),
    /// Choose what to do with it.
    ShowActions,
    ShowSessions,
    Help,
    Back,
    Move(Movement),
}

pub(crate) fn bindings(model: &Model, list: &ActiveList) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    if let Some((session, target)) = list.selected(&rows(&model.sessions, model.now)) {
        let (shell, exec) = (RoleAction::Shell, RoleAction::CopyExec);
        bindings.add(&[key(KeyCode::Enter), letter('s')], Command::Act(shell), "shell", shell.title());
        bindings.add(
            &[letter('o'), letter('c'), ctrl('o')],
            Command::ShowActions,
            "more…",
            "Choose what to do with it",
        );
        bindings.add(&[letter('r'), ctrl('r')], Command::Act(RoleAction::Renew), "renew", RoleAction::Renew.title());
        let (drop, label) = match model.elevation_of(&session, &target) {
            Some(_) => (RoleAction::End, "end"),
            None => (RoleAction::Drop, "drop"),
        };
        bindings.add(&[letter('x'), ctrl('x')], Command::Act(drop), label, drop.title());
        bindings.add_to_help(&[letter('y'), ctrl('y')], Command::Act(exec), exec.title());
        let actions = RoleState::of(model, &session, &target).map(RoleState::keyed_actions);
        for (action, keys) in actions.into_iter().flatten().filter(|(action, _)| action.label().is_none()) {
            bindings.add_to_help(keys, Command::Act(action), action.title());
        }
    }
    bindings.add(&[key(KeyCode::Tab)], Command::ShowSessions, "sessions", "SSO sessions: sign in, sign out, add");
    bindings.pin(&[letter('?'), key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
    let back = [key(KeyCode::Esc), letter('q'), key(KeyCode::F(2))];
    bindings.pin(&back, Command::Back, "roles", "Back to the roles");
    bindings.movement(true, Command::Move);
    bindings
}
