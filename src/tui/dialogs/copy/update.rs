//! What the keys do in the copy dialog.

use super::format::CopyFormat;
use super::keys::Command;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::actions::credentials;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::Dialog;
use crate::tui::role_details;
use crate::tui::task::Task;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let Some(Dialog::Copy(dialog)) = model.dialogs.last_mut() else { return Effects::none() };
    let format = match command {
        Command::Back => {
            model.close_dialog();
            return Effects::none();
        }
        Command::Move(movement) => {
            let len = CopyFormat::ALL.len();
            dialog.selected = movement.apply(dialog.selected, len, len);
            return Effects::none();
        }
        Command::CopySelected => CopyFormat::ALL.get(dialog.selected).copied(),
        Command::Copy(format) => Some(format),
    };
    let Some(format) = format else { return Effects::none() };
    let (key, target) = (dialog.session.clone(), dialog.target.clone());
    model.close_dialog();
    copy(model, key, target, format)
}

fn copy(model: &mut Model, key: SessionKey, target: Target, format: CopyFormat) -> Effects {
    if let Some(secret_format) = format.secret_format() {
        let Some(request) = credentials::role_request(model, &key, &target) else { return Effects::none() };
        let pending = PendingTask::CopyCredentials(key, target, format);
        return model.spawn(pending, Task::CopyCredentials(request, secret_format)).1;
    }
    let Some(session) = model.session(&key) else { return Effects::none() };
    let snippets = role_details::snippets(model, session, &target);
    let text = if format == CopyFormat::Exec { snippets.exec() } else { snippets.credential_process() };
    model.spawn(PendingTask::CopyText(format.title()), Task::CopyText(text)).1
}
