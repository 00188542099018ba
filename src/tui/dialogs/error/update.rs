//! What the keys do in the error dialog.

use super::keys::Command;
use super::model::ErrorAction;
use crate::tui::actions::sign_in;
use crate::tui::dialogs::reason::model::ReasonDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let Some(Dialog::Error(dialog)) = model.dialogs.last() else { return Effects::none() };
    let action = dialog.action.clone();
    model.close_dialog();
    match (command, action) {
        (Command::SignIn, ErrorAction::SignIn { session, then_fetch }) => {
            sign_in::start(model, &session, Some(then_fetch))
        }
        (Command::GiveReason, ErrorAction::GiveReason { session, target }) => {
            model.open_dialog(Dialog::Reason(ReasonDialog::new(session, target)));
            Effects::none()
        }
        (Command::SignIn | Command::GiveReason | Command::Close, _) => Effects::none(),
    }
}
