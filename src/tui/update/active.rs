//! The screen of active credentials.

use super::{open, stepped};
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::effect::Effects;
use crate::tui::keymap::Command;
use crate::tui::layout;
use crate::tui::model::{Dialog, Model, Question, Screen};

pub(super) fn command(model: &mut Model, command: Command) -> Effects {
    let selected = model.active_selected();
    match (command, selected) {
        (Command::Copy, Some((key, target))) => open::choose_copy(model, &key, target),
        (Command::Renew, Some((key, target))) => open::fetch(model, &key, target),
        (Command::Drop, Some((key, target))) => {
            model.open(Dialog::Question(Question::Drop(key, target)));
            Effects::none()
        }
        (Command::Move(_), _) => {
            let page = layout::list_rows(model);
            let rows = model.active_rows();
            let at = model.active_position().unwrap_or_default();
            select(model, rows.get(stepped(at, command, rows.len(), page)).cloned());
            Effects::none()
        }
        (Command::Sessions, _) => {
            model.open(Dialog::Sessions(model.current));
            Effects::none()
        }
        (Command::Back, _) => {
            model.screen = Screen::Roles;
            Effects::none()
        }
        _ => Effects::none(),
    }
}

/// Moves the selection.
pub(super) fn step(model: &mut Model, steps: isize) {
    let rows = model.active_rows();
    let at = model.active_position().unwrap_or_default().saturating_add_signed(steps);
    select(model, rows.get(at.min(rows.len().saturating_sub(1))).cloned());
}

/// Selects the row on this line of the list.
pub(super) fn click(model: &mut Model, line: usize) {
    if let Some(row) = model.active_rows().get(model.active_offset() + line).cloned() {
        select(model, Some(row));
    }
}

fn select(model: &mut Model, row: Option<(SessionKey, Target)>) {
    if let Screen::Active { selected } = &mut model.screen {
        *selected = row;
    }
}
