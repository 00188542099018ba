//! What the keys and the mouse do in the details.

use super::keys::Command;
use super::view::last_first;
use crate::tui::dialogs::sheet::model::SheetDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// Lines that a page key scrolls.
const PAGE: usize = 10;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    match command {
        Command::Act(action) => {
            if let Some(Dialog::Details(dialog)) = model.dialogs.pop() {
                return action.run(model, &dialog.session, &dialog.target);
            }
        }
        Command::Back => model.close_dialog(),
        Command::ShowActions => {
            if let Some(Dialog::Details(dialog)) = model.dialogs.pop() {
                model.open_dialog(Dialog::Sheet(SheetDialog::new(dialog.session, dialog.target)));
            }
        }
        Command::Move(movement) => set_first(model, |first, last| movement.apply(first, last + 1, PAGE)),
    }
    Effects::none()
}

/// Scrolls by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    set_first(model, |first, last| first.saturating_add_signed(lines).min(last));
}

/// Sets the first line shown, given the current one and the last possible one.
fn set_first(model: &mut Model, change: impl FnOnce(usize, usize) -> usize) {
    let Some(Dialog::Details(dialog)) = model.dialogs.last() else { return };
    let last = last_first(model, dialog);
    if let Some(Dialog::Details(dialog)) = model.dialogs.last_mut() {
        dialog.first = change(dialog.first.min(last), last);
    }
}
