//! What the keys do in the sessions dialog.

use super::keys::Command;
use crate::tui::actions::{session, sign_in};
use crate::tui::dialogs::confirm::model::Confirmation;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::movement::Movement;
use crate::tui::screens::setup::model::SetupForm;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let len = model.sessions.len();
    let Some(Dialog::Sessions(dialog)) = model.dialogs.last_mut() else { return Effects::none() };
    if let Command::Move(movement) = command {
        let wraps = movement == Movement::Down && dialog.selected + 1 >= len;
        dialog.selected = if wraps { 0 } else { movement.apply(dialog.selected, len, len) };
        return Effects::none();
    }
    let selected = dialog.selected;
    model.close_dialog();
    let Some(key) = model.sessions.get(selected).map(|session| session.key.clone()) else { return Effects::none() };
    match command {
        Command::Show => {
            model.current = selected;
            model.screen = Screen::Roles;
            return session::open_current(model);
        }
        Command::SignIn => return sign_in::start(model, &key, None),
        Command::SignOut => model.open_dialog(Dialog::Confirm(Confirmation::SignOut(key))),
        Command::Add => model.screen = Screen::Setup(SetupForm::default()),
        Command::Back | Command::Move(_) => {}
    }
    Effects::none()
}
