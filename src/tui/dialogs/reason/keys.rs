//! The keys of the reason dialog.

use crossterm::event::KeyCode;

use crate::tui::keys::{Bindings, ctrl, key};
use crate::tui::model::Model;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Submit,
    /// Take the reason that was used before the one shown.
    Older,
    /// Take the reason that was used after the one shown, or what was typed.
    Newer,
    Back,
}

pub(crate) fn bindings(model: &Model) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let about = "Record the reason and go on";
    bindings.add(&[key(KeyCode::Enter)], Command::Submit, "enter with this reason", about);
    if !model.preferences.reasons.is_empty() {
        bindings.add(&[ctrl('p')], Command::Older, "recent reasons", "Take a reason that was used before");
        bindings.add_to_help(&[ctrl('n')], Command::Newer, "Back towards what was typed");
    }
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, "back", "Ask for nothing; the text is kept");
    bindings
}
