//! What the keys and the mouse do in the action sheet.

use super::entries::entries;
use super::keys::Command;
use crate::tui::actions::role::RoleAction;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    match command {
        Command::Back => model.close_dialog(),
        Command::Move(movement) => move_selection(model, |selected, len| movement.apply(selected, len, len)),
        Command::Selected => {
            let Some(Dialog::Sheet(dialog)) = model.dialogs.last() else { return Effects::none() };
            if let Some((action, availability)) = entries(model, dialog).get(dialog.selected).copied()
                && availability.is_possible()
            {
                return act(model, action);
            }
        }
        Command::Act(action) => return act(model, action),
    }
    Effects::none()
}

/// Moves the selection by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    move_selection(model, |selected, len| selected.saturating_add_signed(lines.signum()).min(len.saturating_sub(1)));
}

fn move_selection(model: &mut Model, to: impl FnOnce(usize, usize) -> usize) {
    let Some(Dialog::Sheet(dialog)) = model.dialogs.last() else { return };
    let len = entries(model, dialog).len();
    if let Some(Dialog::Sheet(dialog)) = model.dialogs.last_mut() {
        dialog.selected = to(dialog.selected, len);
    }
}

fn act(model: &mut Model, action: RoleAction) -> Effects {
    match model.dialogs.pop() {
        Some(Dialog::Sheet(dialog)) => action.run(model, &dialog.session, &dialog.target),
        other => {
            model.dialogs.extend(other);
            Effects::none()
        }
    }
}
