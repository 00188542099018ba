//! How input changes the picker.

use super::keys::{Command, bindings};
use super::model::{Outcome, Picker};
use crate::tui::message::Message;

pub(super) fn update(picker: &mut Picker, message: Message) {
    match message {
        Message::Key { key, in_burst } => match bindings().command(key) {
            // What arrives together with other text was pasted, and a paste takes nothing.
            Some(Command::Take) if in_burst => {}
            Some(Command::Take) => picker.take_selected(),
            Some(Command::Cancel) => picker.outcome = Some(Outcome::Cancelled),
            Some(Command::Move(movement)) => picker.move_selection(movement),
            None => {
                if picker.query.edit(key) {
                    picker.query_changed();
                }
            }
        },
        Message::Paste(text) => {
            picker.query.insert(&text);
            picker.query_changed();
        }
        _ => {}
    }
}
