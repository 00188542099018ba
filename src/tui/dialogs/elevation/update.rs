//! What the keys do in an elevation's form. A paste fills a field; it confirms nothing, and neither does a click.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::assessment::{Assessment, assess};
use super::keys::Command;
use super::layout;
use super::model::{ElevationDialog, Field};
use crate::domain::elevation::Reason;
use crate::domain::preferences::PreferenceChange;
use crate::tui::actions::{credentials, elevation, preferences};
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// `is_deliberate`: the key was pressed by hand.
pub(crate) fn update(model: &mut Model, command: Command, is_deliberate: bool) -> Effects {
    let Some(Dialog::Elevation(dialog)) = model.dialogs.last() else { return Effects::none() };
    let Some(assessment) = assess(model, dialog) else { return Effects::none() };
    if command == Command::Enter {
        return enter(model, assessment, is_deliberate);
    }
    let Some(Dialog::Elevation(dialog)) = model.dialogs.last_mut() else { return Effects::none() };
    match command {
        Command::NextField => dialog.focus_on(dialog.focus.beside(true)),
        Command::PreviousField => dialog.focus_on(dialog.focus.beside(false)),
        Command::NextDuration => dialog.form.take_next_duration(assessment.verdict.max_duration()),
        Command::NoTicket => dialog.form.no_ticket = !dialog.form.no_ticket,
        Command::Drill => dialog.is_drill = !dialog.is_drill,
        Command::Older => dialog.recall_older(&model.preferences.reasons),
        Command::Newer => dialog.recall_newer(&model.preferences.reasons),
        Command::Back => close_with_draft(model),
        Command::Enter => {}
    }
    Effects::none()
}

/// Closes the form, where it is open; what was written is kept.
pub(crate) fn give_up(model: &mut Model) {
    if let Some(Dialog::Elevation(_)) = model.dialogs.last() {
        close_with_draft(model);
    }
}

/// Keeps what was written. What carries another elevation on begins with the words of that one each time.
fn close_with_draft(model: &mut Model) {
    let Some(Dialog::Elevation(dialog)) = model.dialogs.pop() else { return };
    if dialog.extends.is_some() {
        return;
    }
    let role = (dialog.goal.session, dialog.goal.target);
    if dialog.form.is_empty() {
        model.drafts.remove(&role);
    } else {
        model.drafts.insert(role, dialog.form);
    }
}

fn enter(model: &mut Model, assessment: Assessment, is_deliberate: bool) -> Effects {
    let Some(Dialog::Elevation(dialog)) = model.dialogs.last_mut() else { return Effects::none() };
    let is_confirmed = match dialog.focus {
        Field::Confirmation => {
            let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
            dialog.phrase.on_key(enter, !is_deliberate)
        }
        _ => false,
    };
    let is_possible = is_deliberate && assessment.refused.is_none();
    match missing(&assessment) {
        _ if !is_possible => {}
        Ok(reason) if is_confirmed => return begin(model, reason),
        Ok(_) if dialog.focus != Field::Confirmation => dialog.focus_on(Field::Confirmation),
        Ok(_) => {}
        // Whoever comes to a field learns from it what is asked; only one that was left as it is says why it will not do.
        Err((field, _)) if field != dialog.focus => dialog.focus_on(field),
        Err((_, why)) => dialog.rejection = Some(why),
    }
    Effects::none()
}

/// The reason, where nothing is missing; or the first field that will not do, and why.
fn missing(assessment: &Assessment) -> Result<Reason, (Field, String)> {
    let reason = assessment.reason.clone().map_err(|why| (Field::Reason, why.to_string()))?;
    assessment.ticket.as_ref().map_err(|why| (Field::Ticket, why.to_string()))?;
    assessment.duration.as_ref().map_err(|why| (Field::Duration, why.clone()))?;
    Ok(reason)
}

fn begin(model: &mut Model, reason: Reason) -> Effects {
    let Some(Dialog::Elevation(dialog)) = model.dialogs.pop() else { return Effects::none() };
    let ElevationDialog { goal, form, extends, is_drill, .. } = *dialog;
    model.drafts.remove(&(goal.session.clone(), goal.target.clone()));
    let remembered = preferences::change(model, PreferenceChange::Reason(reason));
    let draft = form.draft(extends, is_drill);
    let begun = match is_drill {
        true => elevation::hold_drill(model, &goal, draft),
        false => credentials::obtain_for(model, goal, draft),
    };
    remembered.and(begun)
}

/// Edits the field that has the focus with a key that is no command. Up on the first line of the reason shows recent ones,
/// and up and down go on through them.
pub(crate) fn edit(model: &mut Model, key: KeyEvent, in_burst: bool) {
    let width = layout::field_width(model.size);
    let Some(Dialog::Elevation(dialog)) = model.dialogs.last_mut() else { return };
    match (dialog.focus, key.code) {
        (Field::Confirmation, _) => {
            dialog.phrase.on_key(key, in_burst);
            dialog.rejection = None;
        }
        (Field::Ticket, _) => {
            if dialog.form.ticket.edit(key) {
                dialog.form.no_ticket = false;
                dialog.rejection = None;
            }
        }
        (Field::Duration, _) => {
            if dialog.form.duration.edit(key) {
                dialog.rejection = None;
            }
        }
        (Field::Reason, KeyCode::Up) if dialog.is_recalled() || dialog.form.reason.is_on_first_line(width) => {
            dialog.recall_older(&model.preferences.reasons);
        }
        (Field::Reason, KeyCode::Down) if dialog.is_recalled() => dialog.recall_newer(&model.preferences.reasons),
        (Field::Reason, _) => {
            dialog.begin_edit();
            dialog.form.reason.edit(key, width);
        }
    }
}

/// Inserts pasted text; the confirmation takes none.
pub(crate) fn paste(dialog: &mut ElevationDialog, text: &str) {
    match dialog.focus {
        Field::Reason => {
            dialog.begin_edit();
            dialog.form.reason.insert(text);
        }
        Field::Ticket => {
            dialog.form.no_ticket = false;
            dialog.form.ticket.insert(text.trim());
        }
        Field::Duration => dialog.form.duration.insert(text.trim()),
        Field::Confirmation => dialog.phrase.on_paste(),
    }
}
