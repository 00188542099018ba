//! The bindings that apply now. Key presses, footer and help all use them.

use crossterm::event::KeyEvent;

use super::dialogs::{confirm, copy, error, help, reason, sessions};
use super::keys::{Bindings, ctrl};
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
    Reason(reason::keys::Command),
    Copy(copy::keys::Command),
    Confirm(confirm::keys::Command),
    Error(error::keys::Command),
    Sessions(sessions::keys::Command),
    HelpDialog(help::keys::Command),
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
        Some(Dialog::Reason(_)) => reason::keys::bindings().map(Command::Reason),
        Some(Dialog::Copy(_)) => copy::keys::bindings().map(Command::Copy),
        Some(Dialog::Confirm(confirmation)) => confirm::keys::bindings(confirmation).map(Command::Confirm),
        Some(Dialog::Error(dialog)) => error::keys::bindings(dialog).map(Command::Error),
        Some(Dialog::Sessions(dialog)) => sessions::keys::bindings(model, dialog).map(Command::Sessions),
        Some(Dialog::Help(_)) => help::keys::bindings().map(Command::HelpDialog),
    };
    with_global(own)
}

/// The bindings of the screen, whatever dialogs are open over it.
pub(crate) fn screen_bindings(model: &Model) -> Bindings<Command> {
    with_global(match &model.screen {
        Screen::Setup(_) => setup::keys::bindings(model).map(Command::Setup),
        Screen::SignIn(sign_in) => sign_in::keys::bindings(sign_in).map(Command::SignIn),
        Screen::Roles => roles::keys::bindings(model).map(Command::Roles),
        Screen::Active(_) => active::keys::bindings(model).map(Command::Active),
    })
}

fn with_global(mut bindings: Bindings<Command>) -> Bindings<Command> {
    bindings.add_to_help(&[ctrl('z')], Command::Suspend, "Back to the shell; `fg` returns");
    bindings.add_to_help(&[ctrl('c')], Command::Quit, "Leave at once");
    bindings
}
