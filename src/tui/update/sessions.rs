//! The switcher between SSO sessions.

use super::{open, stepped};
use crate::tui::effect::Effects;
use crate::tui::keymap::Command;
use crate::tui::model::{Dialog, Model, Question, Screen, Setup};

pub(super) fn command(model: &mut Model, command: Command) -> Effects {
    let len = model.sessions.len();
    let Some(Dialog::Sessions(at)) = model.dialogs.last_mut() else { return Effects::none() };
    if let Command::Move(_) = command {
        let wraps = command == Command::Move(crate::tui::keymap::Step::Down) && *at + 1 >= len;
        *at = if wraps { 0 } else { stepped(*at, command, len, len) };
        return Effects::none();
    }
    let at = *at;
    let Some(key) = model.sessions.get(at).map(|open| open.key.clone()) else { return Effects::none() };
    match command {
        Command::Use => {
            model.dialogs.pop();
            model.current = at;
            model.screen = Screen::Roles;
            open::begin(model)
        }
        Command::SignIn => {
            model.dialogs.pop();
            open::sign_in(model, &key, None)
        }
        Command::SignOut => {
            model.dialogs.pop();
            model.open(Dialog::Question(Question::SignOut(key)));
            Effects::none()
        }
        Command::AddSession => {
            model.dialogs.pop();
            model.screen = Screen::Setup(Setup::default());
            Effects::none()
        }
        _ => Effects::none(),
    }
}
