//! What the keys do in the confirmation dialog.

use super::keys::Command;
use super::model::Confirmation;
use crate::tui::actions::{credentials, elevation, session};
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::{Dialog, Screen};

/// `is_deliberate`: the key was pressed by hand, and no text was pasted before it.
pub(crate) fn update(model: &mut Model, command: Command, is_deliberate: bool) -> Effects {
    let Some(Dialog::Confirm(confirmation)) = model.dialogs.last() else { return Effects::none() };
    let confirmation = confirmation.clone();
    match command {
        Command::Confirm if !is_deliberate => return Effects::none(),
        Command::Confirm | Command::Back => model.close_dialog(),
    }
    match (command, confirmation) {
        (Command::Back, _) => Effects::none(),
        (Command::Confirm, Confirmation::DropCredentials(key, target)) => credentials::drop_kept(model, &key, target),
        (Command::Confirm, Confirmation::EndElevation(id)) => elevation::end(model, id),
        (Command::Confirm, Confirmation::SignOut(key)) => session::sign_out(model, &key),
        (Command::Confirm, Confirmation::Quit) => {
            model.should_quit = true;
            Effects::none()
        }
    }
}

/// Quits, but asks first where something would be lost.
pub(crate) fn quit(model: &mut Model) {
    if has_unwritten_text(model) || model.pending.values().any(|pending| pending.lost_by_quitting().is_some()) {
        model.open_dialog(Dialog::Confirm(Confirmation::Quit));
    } else {
        model.should_quit = true;
    }
}

/// Whether something was typed that is not written yet.
pub(super) fn has_unwritten_text(model: &Model) -> bool {
    matches!(&model.screen, Screen::Setup(form) if !form.is_empty())
}
