//! What the keys do in the reason dialog. A paste fills the text; it never submits.

use crossterm::event::KeyEvent;

use super::keys::Command;
use super::model::ReasonDialog;
use crate::tui::actions::credentials;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// `is_deliberate`: the key was pressed by hand, and pasted text was reviewed.
pub(crate) fn update(model: &mut Model, command: Command, is_deliberate: bool) -> Effects {
    match command {
        Command::Back => model.close_dialog(),
        Command::Submit => return submit(model, is_deliberate),
    }
    Effects::none()
}

fn submit(model: &mut Model, is_deliberate: bool) -> Effects {
    let Some(Dialog::Reason(dialog)) = model.dialogs.last_mut() else { return Effects::none() };
    if !is_deliberate {
        dialog.rejection = Some("a paste confirms nothing: read it, press another key, then ↵".to_owned());
        return Effects::none();
    }
    match model.settings.policy.parse_reason(dialog.text.text()) {
        Ok(reason) => {
            let (key, target) = (dialog.session.clone(), dialog.target.clone());
            model.close_dialog();
            credentials::fetch_for(model, &key, target, Some(reason))
        }
        Err(rejection) => {
            dialog.rejection = Some(rejection.to_string());
            Effects::none()
        }
    }
}

/// Edits the reason with a key that is no command.
pub(crate) fn edit(dialog: &mut ReasonDialog, key: KeyEvent) {
    dialog.text.edit(key);
    dialog.rejection = None;
}
