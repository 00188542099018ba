//! What the keys do in the error dialog.

use super::keys::Command;
use super::layout;
use super::model::ErrorAction;
use crate::tui::actions::sign_in;
use crate::tui::dialogs::elevation;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    if let Command::Move(movement) = command {
        let page = layout::height(model);
        set_first(model, |first, last| movement.apply(first, last + 1, page));
        return Effects::none();
    }
    let Some(Dialog::Error(dialog)) = model.dialogs.last() else { return Effects::none() };
    let action = dialog.action.clone();
    model.close_dialog();
    match (command, action) {
        (Command::SignIn, ErrorAction::SignIn(goal)) => {
            let session = goal.session.clone();
            sign_in::start(model, &session, Some(goal))
        }
        (Command::GiveReason, ErrorAction::GiveReason(goal, admission)) => elevation::open(model, goal, admission),
        (Command::SignIn | Command::GiveReason | Command::Close | Command::Move(_), _) => Effects::none(),
    }
}

/// Scrolls by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    set_first(model, |first, last| first.saturating_add_signed(lines).min(last));
}

/// Sets the first line shown, given the current one and the last possible one.
fn set_first(model: &mut Model, change: impl FnOnce(usize, usize) -> usize) {
    let Some(Dialog::Error(dialog)) = model.dialogs.last() else { return };
    let last = layout::last_first(model, dialog);
    if let Some(Dialog::Error(dialog)) = model.dialogs.last_mut() {
        dialog.first = change(dialog.first.min(last), last);
    }
}
