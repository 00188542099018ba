//! What the keys do in the sessions dialog.

use super::keys::Command;
use super::model::SessionsDialog;
use crate::domain::sso_session::SessionKey;
use crate::tui::actions::sign_in;
use crate::tui::dialogs::confirm::model::Confirmation;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::movement::Movement;
use crate::tui::screens::setup::model::SetupForm;

/// Opens the dialog on the session of the selected role.
pub(crate) fn open(model: &mut Model) {
    let focused = model.focused_session().map(|session| session.key.clone());
    let selected = focused.and_then(|key| model.sessions.iter().position(|session| session.key == key));
    model.open_dialog(Dialog::Sessions(SessionsDialog { selected: selected.unwrap_or_default() }));
}

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
        Command::Show => show(model, &key),
        Command::SignIn => return sign_in::start(model, &key, None),
        Command::Standby => return sign_in::start_standby(model, &key),
        Command::SignOut => model.open_dialog(Dialog::Confirm(Confirmation::SignOut(key))),
        Command::Add => model.screen = Screen::Setup(SetupForm::default()),
        Command::Back | Command::Move(_) => {}
    }
    Effects::none()
}

/// Narrows the list to the roles of a session.
fn show(model: &mut Model, key: &SessionKey) {
    let Some(name) = model.session(key).map(|session| session.config.name.clone()) else { return };
    model.screen = Screen::Roles;
    model.roles.narrow_to(&name);
}

/// Moves the selection by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    let last = model.sessions.len().saturating_sub(1);
    if let Some(Dialog::Sessions(dialog)) = model.dialogs.last_mut() {
        dialog.selected = dialog.selected.saturating_add_signed(lines).min(last);
    }
}
