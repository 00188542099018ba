//! The bindings that apply now. Key presses, footer and help all use them.

use crossterm::event::KeyEvent;

use super::dialogs::{confirm, details, elevation, error, help, palette, region, sessions, sheet, text};
use super::keys::{Bindings, KeyPress, ctrl, letter};
use super::model::Model;
use super::model::screen::{Dialog, Screen};
use super::screens::{active, roles, setup, sign_in};

/// What a key asks for: a command of the screen or dialog that takes the keys, or one that is available everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Setup(setup::keys::Command),
    SignIn(sign_in::keys::Command),
    Roles(roles::keys::Command),
    Active(active::keys::Command),
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
    };
    if model.sent_to_terminal.is_some() {
        own.add_to_help(&[ctrl('v')], Command::ShowSentText, "Show what was sent to the terminal's clipboard");
    }
    let mut bindings = with_global(own);
    let is_typing = match &model.screen {
        Screen::Setup(_) => true,
        Screen::Roles => !model.roles.query.is_empty(),
        Screen::SignIn(_) | Screen::Active(_) => false,
    };
    let keys: &[KeyPress] = if is_typing { &[ctrl('k')] } else { &[ctrl('k'), letter(':')] };
    bindings.add_to_help(keys, Command::ShowPalette, "Find a command or a setting");
    bindings
}

fn with_global(mut bindings: Bindings<Command>) -> Bindings<Command> {
    bindings.add_to_help(&[ctrl('l')], Command::Redraw, "Draw the screen anew");
    bindings.add_to_help(&[ctrl('z')], Command::Suspend, "Back to the shell; `fg` returns");
    bindings.add_to_help(&[ctrl('c')], Command::Quit, "Leave at once");
    bindings
}
