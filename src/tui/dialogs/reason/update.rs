//! What the keys do in the reason dialog. A paste fills the text; it never submits.

use crossterm::event::KeyEvent;

use super::keys::Command;
use super::model::ReasonDialog;
use crate::domain::elevation::{InvalidReason, Reason};
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
    let Some(Dialog::Reason(dialog)) = model.dialogs.last() else { return Effects::none() };
    let (key, target) = (dialog.session.clone(), dialog.target.clone());
    let rejection = match parsed(model, dialog) {
        _ if !is_deliberate => "a paste confirms nothing: read it, press another key, then ↵".to_owned(),
        Ok(reason) => {
            model.close_dialog();
            return credentials::fetch_for(model, &key, target, reason);
        }
        Err(invalid) => invalid.to_string(),
    };
    if let Some(Dialog::Reason(dialog)) = model.dialogs.last_mut() {
        dialog.rejection = Some(rejection);
    }
    Effects::none()
}

/// The reason as it was typed, where the policy takes it.
fn parsed(model: &Model, dialog: &ReasonDialog) -> Result<Reason, InvalidReason> {
    let verdict = model
        .session(&dialog.session)
        .map(|session| model.settings.policy.verdict_on_target(&session.catalog, &dialog.target, model.now));
    Reason::parse(dialog.text.text(), verdict.map_or(Reason::FLOOR, |verdict| verdict.min_reason()))
}

/// Edits the reason with a key that is no command.
pub(crate) fn edit(dialog: &mut ReasonDialog, key: KeyEvent) {
    dialog.text.edit(key);
    dialog.rejection = None;
}
