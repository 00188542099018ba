//! What the keys do in the command palette.

use crossterm::event::KeyEvent;

use super::keys::Command;
use super::layout;
use super::model::{Entry, PaletteDialog};
use crate::tui::keymap;
use crate::tui::keys::Binding;
use crate::tui::keys::KeyPress;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// What is to be done outside the palette.
pub(crate) enum Outcome {
    Nothing,
    /// Run this command of the screen below, as if its key had been pressed.
    Run(keymap::Command),
}

/// Opens the palette over the screen, with the commands that it has now, those in the footer first, and the settings.
pub(crate) fn open(model: &mut Model) {
    let bindings = keymap::screen_bindings(model);
    let is_worth_finding = |binding: &&Binding<keymap::Command>| {
        binding.command != keymap::Command::ShowPalette && !binding.keys.is_empty() && !binding.moves()
    };
    let others = bindings.iter().filter(is_worth_finding);
    let (footer, others): (Vec<_>, Vec<_>) = others.partition(|binding| binding.label.is_some());
    let mut commands: Vec<_> = footer.into_iter().chain(others).collect();
    // Of several that say the same, such as the quick keys, one is enough.
    commands.dedup_by_key(|binding| binding.about);
    let commands = commands.into_iter();
    let commands = commands.map(|binding| Entry::Command { about: binding.about, keys: binding.keys.clone() });
    let settings = model.settings.rows.iter().cloned().map(Entry::Setting);
    let dialog = PaletteDialog::new(commands.chain(settings).collect());
    model.open_dialog(Dialog::Palette(dialog));
}

/// `is_deliberate`: the key was pressed by hand, and pasted text was reviewed.
pub(crate) fn update(model: &mut Model, command: Command, is_deliberate: bool) -> Outcome {
    let page = layout::list_height(model.size);
    if let Some(Dialog::Palette(dialog)) = model.dialogs.last_mut() {
        dialog.rejection = None;
        match command {
            Command::Choose if is_deliberate => return choose(model),
            Command::Choose => dialog.rejection = Some("a paste runs nothing: press another key, then ↵"),
            Command::Move(movement) => dialog.list.move_selection(movement, page),
            Command::Back if dialog.setting.is_some() => dialog.setting = None,
            Command::Back => model.close_dialog(),
        }
    }
    Outcome::Nothing
}

fn choose(model: &mut Model) -> Outcome {
    let Some(Dialog::Palette(dialog)) = model.dialogs.last_mut() else { return Outcome::Nothing };
    match dialog.selected().cloned() {
        None => Outcome::Nothing,
        Some(Entry::Setting(row)) => {
            dialog.setting = Some(row);
            Outcome::Nothing
        }
        Some(Entry::Command { about, keys }) => {
            let Some(command) = command_of(model, about, &keys) else {
                reject(model, "not possible any more");
                return Outcome::Nothing;
            };
            model.close_dialog();
            Outcome::Run(command)
        }
    }
}

/// What these keys do on the screen below; none where what has ended meanwhile has taken the command away.
fn command_of(model: &Model, about: &str, keys: &[KeyPress]) -> Option<keymap::Command> {
    let bindings = keymap::screen_bindings(model);
    let binding = bindings.iter().find(|binding| binding.about == about && binding.keys == keys);
    binding.map(|binding| binding.command)
}

fn reject(model: &mut Model, why: &'static str) {
    if let Some(Dialog::Palette(dialog)) = model.dialogs.last_mut() {
        dialog.rejection = Some(why);
    }
}

/// Edits the query with a key that is no command.
pub(crate) fn edit(dialog: &mut PaletteDialog, key: KeyEvent) {
    if dialog.setting.is_none() {
        dialog.rejection = None;
        dialog.list.edit(key);
    }
}

/// Inserts pasted text into the query.
pub(crate) fn paste(dialog: &mut PaletteDialog, text: &str) {
    if dialog.setting.is_none() {
        dialog.rejection = None;
        dialog.list.insert(text);
    }
}
