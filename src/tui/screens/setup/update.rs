//! What the keys do on the setup screen.

use std::sync::Arc;

use super::keys::Command;
use super::model::Field;
use crate::report::{Report, replace_section};
use crate::tui::dialogs::confirm;
use crate::tui::dialogs::error::model::{ErrorAction, ErrorDialog};
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let is_adding = model.pending.values().any(|pending| matches!(pending, PendingTask::AddSession(_)));
    let Screen::Setup(form) = &mut model.screen else { return Effects::none() };
    match command {
        Command::NextField => {
            form.focus = if form.focus == Field::StartUrl { Field::Region } else { Field::StartUrl };
        }
        Command::Submit if is_adding => {}
        Command::Submit => return submit(model),
        Command::Help => model.open_dialog(Dialog::Help(HelpDialog::default())),
        Command::Back if is_adding => {
            return model.cancel(|pending| matches!(pending, PendingTask::AddSession(_)));
        }
        Command::Back if model.sessions.is_empty() => confirm::update::quit(model),
        Command::Back => model.screen = Screen::Roles,
    }
    Effects::none()
}

/// Adds the session, or moves to the field that is not valid yet.
fn submit(model: &mut Model) -> Effects {
    let Screen::Setup(form) = &mut model.screen else { return Effects::none() };
    let Some(session) = form.session() else {
        form.tried = form.focus == Field::Region || form.start_url().is_err();
        form.focus = if form.start_url().is_err() { Field::StartUrl } else { Field::Region };
        return Effects::none();
    };
    let session = session.at(Arc::clone(&model.settings.endpoints));
    if let Some(existing) = model.sessions.iter().find(|existing| existing.config.name == session.name) {
        let report = Report::usage(format!("an SSO session named `{}` exists already", session.name))
            .hint("esc twice, then tab   switches to it");
        let report = match existing.key == session.key() {
            true => report,
            false => report.hint(replace_section(&session)),
        };
        model.open_dialog(Dialog::Error(ErrorDialog::new(report, ErrorAction::None)));
        return Effects::none();
    }
    model.spawn(PendingTask::AddSession(session.clone()), Task::AddSession(session)).1
}
