//! The bindings that apply now. Key presses, footer and help all use them.

use crossterm::event::{KeyCode, KeyEvent};

use super::actions::role::RoleAction;
use super::dialogs::{confirm, details, elevation, error, help, palette, region, sessions, sheet, text};
use super::keys::{Bindings, KeyPress, ctrl, key, letter};
use super::model::Model;
use super::model::screen::{Dialog, Screen};
use super::screens::{active, elevations, roles, setup, sign_in};
use crate::domain::elevation::ElevationId;

/// Extends the elevation that keys act on, and ends it.
const EXTEND: KeyPress = ctrl('e');
const END: KeyPress = ctrl('x');

/// What a key asks for: a command of the screen or dialog that takes the keys, or one that is available everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Setup(setup::keys::Command),
    SignIn(sign_in::keys::Command),
    Roles(roles::keys::Command),
    Active(active::keys::Command),
    Elevations(elevations::keys::Command),
    /// Show the elevations.
    ShowElevations,
    Elevation(elevation::keys::Command),
    Details(details::keys::Command),
    Sheet(sheet::keys::Command),
    Confirm(confirm::keys::Command),
    Error(error::keys::Command),
    Sessions(sessions::keys::Command),
    Region(region::keys::Command),
    Palette(palette::keys::Command),
    HelpDialog(help::keys::Command),
    /// Find a command or a setting.
    ShowPalette,
    /// Draw everything anew.
    Redraw,
    Text(text::keys::Command),
    /// Carry this elevation on with another one.
    ExtendElevation(ElevationId),
    /// End this elevation, once that is confirmed.
    EndElevation(ElevationId),
    /// Show the text that was sent to the terminal's clipboard last.
    ShowSentText,
    /// Stop the process until the shell continues it.
    Suspend,
    Quit,
}

/// The command that a key gives.
pub(crate) fn command(model: &Model, event: KeyEvent) -> Option<Command> {
    bindings(model).command(event)
}

/// The bindings of the topmost dialog, or of the screen.
pub(crate) fn bindings(model: &Model) -> Bindings<Command> {
    let own = match model.dialogs.last() {
        None => return screen_bindings(model),
        Some(Dialog::Elevation(dialog)) => elevation::keys::bindings(model, dialog).map(Command::Elevation),
        Some(Dialog::Details(dialog)) => details::keys::bindings(model, dialog).map(Command::Details),
        Some(Dialog::Sheet(dialog)) => sheet::keys::bindings(model, dialog).map(Command::Sheet),
        Some(Dialog::Confirm(confirmation)) => confirm::keys::bindings(confirmation).map(Command::Confirm),
        Some(Dialog::Error(dialog)) => error::keys::bindings(dialog).map(Command::Error),
        Some(Dialog::Sessions(dialog)) => sessions::keys::bindings(model, dialog).map(Command::Sessions),
        Some(Dialog::Region(dialog)) => region::keys::bindings(dialog).map(Command::Region),
        Some(Dialog::Palette(dialog)) => palette::keys::bindings(dialog).map(Command::Palette),
        Some(Dialog::Help(_)) => help::keys::bindings().map(Command::HelpDialog),
        Some(Dialog::Text(_)) => text::keys::bindings().map(Command::Text),
    };
    with_global(own)
}

/// The bindings of the screen, whatever dialogs are open over it.
pub(crate) fn screen_bindings(model: &Model) -> Bindings<Command> {
    let mut own = match &model.screen {
        Screen::Setup(_) => setup::keys::bindings(model).map(Command::Setup),
        Screen::SignIn(sign_in) => sign_in::keys::bindings(sign_in).map(Command::SignIn),
        Screen::Roles => roles::keys::bindings(model).map(Command::Roles),
        Screen::Active(list) => active::keys::bindings(model, list).map(Command::Active),
        Screen::Elevations(screen) => elevations::keys::bindings(screen).map(Command::Elevations),
    };
    if matches!(model.screen, Screen::Roles | Screen::Active(_)) {
        let (keys, about) = ([key(KeyCode::F(6))], "Show elevations and their summaries");
        match model.elevation_of_keys() {
            Some(_) => own.add_before_pinned(&keys, Command::ShowElevations, "live", about),
            None => own.add_to_help(&keys, Command::ShowElevations, about),
        }
    }
    if model.sent_to_terminal.is_some() {
        own.add_to_help(&[ctrl('v')], Command::ShowSentText, "Show what was sent to the terminal's clipboard");
    }
    add_elevation(model, &mut own);
    let mut bindings = with_global(own);
    let is_typing = match &model.screen {
        Screen::Setup(_) => true,
        Screen::Roles => !model.roles.query.is_empty(),
        Screen::Elevations(screen) => !screen.query.is_empty(),
        Screen::SignIn(_) | Screen::Active(_) => false,
    };
    let keys: &[KeyPress] = if is_typing { &[ctrl('k')] } else { &[ctrl('k'), letter(':')] };
    bindings.add_to_help(keys, Command::ShowPalette, "Find a command or a setting");
    bindings
}

/// The keys of an elevation that is on the band. A key that drops what is selected goes on doing that.
fn add_elevation(model: &Model, bindings: &mut Bindings<Command>) {
    let Some(subject) = model.elevation_of_keys().map(|elevation| elevation.subject) else { return };
    // What is typed there is edited with the same keys.
    if matches!(model.screen, Screen::Setup(_)) {
        return;
    }
    let (id, is_drill) = (subject.elevation, subject.drill);
    let is_free = |bindings: &Bindings<Command>, key| !bindings.iter().any(|binding| binding.keys.contains(&key));
    if !is_drill && is_free(bindings, EXTEND) {
        bindings.add_to_help(&[EXTEND], Command::ExtendElevation(id), "Extend the elevation on the band");
    }
    if is_free(bindings, END) {
        bindings.add_to_help(&[END], Command::EndElevation(id), "End the elevation on the band");
    }
}

/// The keys that act on [`Model::elevation_of_keys`] now, with what they do where `with_words`.
pub(crate) fn band_keys(model: &Model, with_words: bool) -> Vec<(String, Command)> {
    if !model.dialogs.is_empty() {
        return Vec::new();
    }
    let bindings = screen_bindings(model);
    let command =
        |key: KeyPress| bindings.iter().find(|binding| binding.keys.contains(&key)).map(|found| found.command);
    let extend =
        command(EXTEND).filter(|command| extends_elevation(*command)).map(|command| (EXTEND, "extend ", command));
    let end = command(END).filter(|command| ends_elevation(*command)).map(|command| (END, "end", command));
    let text = |key: KeyPress, word| if with_words { format!("{} {word} ", key.name()) } else { key.name() + " " };
    extend.into_iter().chain(end).map(|(key, word, command)| (text(key, word), command)).collect()
}

fn extends_elevation(command: Command) -> bool {
    matches!(command, Command::ExtendElevation(_) | Command::Elevations(elevations::keys::Command::Extend(_)))
}

fn ends_elevation(command: Command) -> bool {
    let end = RoleAction::End;
    matches!(command, Command::EndElevation(_))
        || command == Command::Roles(roles::keys::Command::Act(end))
        || command == Command::Active(active::keys::Command::Act(end))
        || matches!(command, Command::Elevations(elevations::keys::Command::End(_)))
}

fn with_global(mut bindings: Bindings<Command>) -> Bindings<Command> {
    bindings.add_to_help(&[ctrl('l')], Command::Redraw, "Draw the screen anew");
    bindings.add_to_help(&[ctrl('z')], Command::Suspend, "Back to the shell; `fg` returns");
    bindings.add_to_help(&[ctrl('c')], Command::Quit, "Leave at once");
    bindings
}
