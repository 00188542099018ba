//! The chooser of what to copy.

use super::{open, stepped};
use crate::tui::effect::{Effects, Work};
use crate::tui::handover::{Form, Lines};
use crate::tui::keymap::Command;
use crate::tui::model::{Dialog, Model, Pending};

pub(super) fn command(model: &mut Model, command: Command) -> Effects {
    let Some(Dialog::Copy(chooser)) = model.dialogs.last_mut() else { return Effects::none() };
    match command {
        Command::Move(_) => {
            chooser.selected = stepped(chooser.selected, command, Form::ALL.len(), Form::ALL.len());
            return Effects::none();
        }
        Command::Choose(at) => chooser.selected = at,
        Command::Submit => {}
        _ => return Effects::none(),
    }
    let Some(form) = Form::ALL.get(chooser.selected).copied() else { return Effects::none() };
    let (key, target) = (chooser.session.clone(), chooser.target.clone());
    model.dialogs.pop();
    if let Some(format) = form.secret() {
        let Some(wanted) = open::wanted(model, &key, &target, None) else { return Effects::none() };
        return model.start(Pending::Copy(key, target, form), Work::CopyCredentials(wanted, format)).1;
    }
    let session = model.session_by(&key).filter(|_| model.sessions.len() > 1).map(|open| &open.session.name);
    let lines = Lines { program: &model.settings.program, session, target: &target };
    let text = if form == Form::Exec { lines.exec() } else { lines.credential_process() };
    model.start(Pending::CopyText(form.title()), Work::CopyText(text)).1
}
