//! What the keys do in the reason dialog. A paste fills the text; it never submits.

use crossterm::event::{KeyCode, KeyEvent};

use super::keys::Command;
use super::layout;
use super::model::{Draft, ReasonDialog};
use crate::domain::elevation::{InvalidReason, Reason};
use crate::domain::preferences::PreferenceChange;
use crate::tui::actions::{credentials, preferences};
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// `is_deliberate`: the key was pressed by hand, and pasted text was reviewed.
pub(crate) fn update(model: &mut Model, command: Command, is_deliberate: bool) -> Effects {
    let Some(Dialog::Reason(dialog)) = model.dialogs.last_mut() else { return Effects::none() };
    match command {
        Command::Older => dialog.recall_older(&model.preferences.reasons),
        Command::Newer => dialog.recall_newer(&model.preferences.reasons),
        Command::Back => close_with_draft(model, is_deliberate),
        Command::Submit => return submit(model, is_deliberate),
    }
    Effects::none()
}

/// Keeps what was typed; a paste that was not reviewed stays one.
fn close_with_draft(model: &mut Model, is_reviewed: bool) {
    let Some(Dialog::Reason(dialog)) = model.dialogs.pop() else { return };
    let role = (dialog.goal.session, dialog.goal.target);
    if dialog.text.text().is_empty() {
        model.drafts.remove(&role);
    } else {
        model.drafts.insert(role, Draft { text: dialog.text, unreviewed_paste: !is_reviewed });
    }
}

fn submit(model: &mut Model, is_deliberate: bool) -> Effects {
    let Some(Dialog::Reason(dialog)) = model.dialogs.last() else { return Effects::none() };
    let goal = dialog.goal.clone();
    let rejection = match parsed(model, dialog) {
        _ if !is_deliberate => "a paste enters nothing: press another key, then ↵".to_owned(),
        Ok(reason) => {
            model.close_dialog();
            model.drafts.remove(&(goal.session.clone(), goal.target.clone()));
            let remembered = preferences::change(model, PreferenceChange::Reason(reason.clone()));
            return remembered.and(credentials::obtain_for(model, goal, reason));
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
        .session(&dialog.goal.session)
        .map(|session| model.settings.policy.verdict_on_target(&session.catalog, &dialog.goal.target, model.now));
    Reason::parse(dialog.text.text(), verdict.map_or(Reason::FLOOR, |verdict| verdict.min_reason()))
}

/// Edits the reason with a key that is no command. Up on the first line shows recent reasons, and up and down go on through
/// them.
pub(crate) fn edit(model: &mut Model, key: KeyEvent) {
    let width = layout::field_width(model.size);
    let Some(Dialog::Reason(dialog)) = model.dialogs.last_mut() else { return };
    match key.code {
        KeyCode::Up if dialog.is_recalled() || dialog.text.is_on_first_line(width) => {
            dialog.recall_older(&model.preferences.reasons);
        }
        KeyCode::Down if dialog.is_recalled() => dialog.recall_newer(&model.preferences.reasons),
        _ => {
            dialog.begin_edit();
            dialog.text.edit(key, width);
        }
    }
}

/// Inserts pasted text.
pub(crate) fn paste(dialog: &mut ReasonDialog, text: &str) {
    dialog.begin_edit();
    dialog.text.insert(text);
}
