//! What the keys do in the text dialog.

use super::keys::Command;
use crate::tui::model::Model;

pub(crate) fn update(model: &mut Model, command: Command) {
    match command {
        Command::Close => model.close_dialog(),
    }
}
