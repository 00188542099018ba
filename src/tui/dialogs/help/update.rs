//! What the keys and the mouse do in the help dialog.

use super::keys::Command;
use super::layout::last_first;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// Lines that a page key scrolls.
const PAGE: usize = 10;

pub(crate) fn update(model: &mut Model, command: Command) {
    match command {
        Command::Close => model.close_dialog(),
        Command::Move(movement) => set_first(model, |first, last| movement.apply(first, last + 1, PAGE)),
    }
}

/// Scrolls by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    set_first(model, |first, last| first.saturating_add_signed(lines).min(last));
}

/// Sets the first key shown, given the current one and the last possible one.
fn set_first(model: &mut Model, change: impl FnOnce(usize, usize) -> usize) {
    let last = last_first(model);
    if let Some(Dialog::Help(dialog)) = model.dialogs.last_mut() {
        dialog.first = change(dialog.first.min(last), last);
    }
}
