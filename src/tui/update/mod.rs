//! Update: from a message to a changed model and the effects to carry out. It reads no clock and does no I/O.

mod task_ended;
mod task_progress;

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};

use super::dialogs::confirm::model::Confirmation;
use super::dialogs::{self, confirm, copy, error, help, reason, sessions};
use super::effect::{Effect, Effects};
use super::keymap::{self, Command};
use super::message::Message;
use super::model::Model;
use super::model::screen::{Dialog, Screen};
use super::policy::TuiPolicy;
use super::screens::{active, roles, setup, sign_in};
use crate::domain::index::Index;
use crate::domain::policy::Policy;
use crate::domain::time::Now;

/// Lines that one step of the mouse wheel scrolls.
const WHEEL: isize = 3;

/// Handles a message that arrived at `now`.
pub(crate) fn update(model: &mut Model, now: Now, message: Message) -> Effects {
    model.now = now;
    if model.toast.as_ref().is_some_and(|toast| toast.lifespan.left(now).is_zero()) {
        model.toast = None;
    }
    match message {
        Message::Key { key, in_burst } => return with_synced_list(model, |model| on_key(model, key, in_burst)),
        Message::Paste(text) => return with_synced_list(model, |model| on_paste(model, &text)),
        Message::Mouse(mouse) => return with_synced_list(model, |model| on_mouse(model, mouse)),
        Message::Resize(size) => model.size = size,
        Message::Tick => {}
        Message::Index(index) => on_index(model, &index),
        Message::Catalog(key, catalog) => {
            if let Some(session) = model.session_mut(&key) {
                session.on_catalog(*catalog);
            }
        }
        Message::Policy(policy) => on_policy(model, policy),
        Message::Notice(notice) => model.notices.push(notice),
        Message::TaskProgress(id, progress) => task_progress::on_progress(model, id, progress),
        Message::TaskEnded(id, result) => return task_ended::on_end(model, id, result),
    }
    Effects::none()
}

/// Input acts on the list as it is shown, and leaves it ready to be drawn.
fn with_synced_list(model: &mut Model, handle: impl FnOnce(&mut Model) -> Effects) -> Effects {
    roles::update::sync_list(model);
    let effects = handle(model);
    roles::update::sync_list(model);
    effects
}

fn on_key(model: &mut Model, key: KeyEvent, in_burst: bool) -> Effects {
    let command = keymap::command(model, key);
    let is_deliberate = !in_burst && !model.unreviewed_paste;
    if !command.is_some_and(needs_review) {
        model.unreviewed_paste = false;
    }
    match command {
        Some(command) => run(model, command, is_deliberate),
        None => {
            type_text(model, key);
            Effects::none()
        }
    }
}

/// Whether a command is carried out only when pasted text was reviewed: after another key.
fn needs_review(command: Command) -> bool {
    matches!(
        command,
        Command::Reason(reason::keys::Command::Submit) | Command::Confirm(confirm::keys::Command::Confirm)
    )
}

fn run(model: &mut Model, command: Command, is_deliberate: bool) -> Effects {
    match command {
        Command::Setup(command) => setup::update::update(model, command),
        Command::SignIn(command) => sign_in::update::update(model, command),
        Command::Roles(command) => roles::update::update(model, command),
        Command::Active(command) => active::update::update(model, command),
        Command::Reason(command) => reason::update::update(model, command, is_deliberate),
        Command::Copy(command) => copy::update::update(model, command),
        Command::Confirm(command) => confirm::update::update(model, command, is_deliberate),
        Command::Error(command) => error::update::update(model, command),
        Command::Sessions(command) => sessions::update::update(model, command),
        Command::HelpDialog(command) => {
            help::update::update(model, command);
            Effects::none()
        }
        Command::Suspend => Effect::Suspend.into(),
        Command::Quit => {
            quit(model);
            Effects::none()
        }
    }
}

/// Quits, but asks first while a sign-in is running; asked twice, it quits.
fn quit(model: &mut Model) {
    let is_signing_in = matches!(&model.screen, Screen::SignIn(sign_in) if sign_in.phase.is_running());
    let was_asked = matches!(model.dialogs.last(), Some(Dialog::Confirm(Confirmation::Quit)));
    if is_signing_in && !was_asked {
        model.open_dialog(Dialog::Confirm(Confirmation::Quit));
    } else {
        model.should_quit = true;
    }
}

/// A key that is no command edits the text that has the focus.
fn type_text(model: &mut Model, key: KeyEvent) {
    match (model.dialogs.last_mut(), &mut model.screen) {
        (Some(Dialog::Reason(dialog)), _) => dialogs::reason::update::edit(dialog, key),
        (Some(_), _) => {}
        (None, Screen::Setup(form)) => {
            form.focused().edit(key);
        }
        (None, Screen::Roles) => roles::update::edit_filter(model, |query| query.edit(key)),
        (None, Screen::SignIn(_) | Screen::Active(_)) => {}
    }
}

/// A paste inserts text; it gives no command and confirms nothing.
fn on_paste(model: &mut Model, text: &str) -> Effects {
    model.unreviewed_paste = true;
    match (model.dialogs.last_mut(), &mut model.screen) {
        (Some(Dialog::Reason(dialog)), _) => dialog.text.insert(text),
        (Some(_), _) => {}
        (None, Screen::Setup(form)) => form.focused().insert(text.trim()),
        (None, Screen::Roles) => roles::update::edit_filter(model, |query| {
            query.insert(text);
            true
        }),
        (None, Screen::SignIn(_) | Screen::Active(_)) => {}
    }
    Effects::none()
}

/// The mouse scrolls and selects; it gives no command.
fn on_mouse(model: &mut Model, mouse: MouseEvent) -> Effects {
    match mouse.kind {
        MouseEventKind::ScrollUp => scroll(model, -WHEEL),
        MouseEventKind::ScrollDown => scroll(model, WHEEL),
        MouseEventKind::Down(MouseButton::Left) => click(model, mouse.column, mouse.row),
        _ => {}
    }
    Effects::none()
}

fn scroll(model: &mut Model, lines: isize) {
    match (model.dialogs.last(), &model.screen) {
        (Some(Dialog::Help(_)), _) => help::update::scroll(model, lines),
        (None, Screen::Roles) => roles::update::scroll(model, lines),
        (None, Screen::Active(_)) => active::update::scroll(model, lines.signum()),
        (Some(_), _) | (None, Screen::Setup(_) | Screen::SignIn(_)) => {}
    }
}

fn click(model: &mut Model, column: u16, row: u16) {
    match (model.dialogs.last(), &model.screen) {
        (None, Screen::Roles) => roles::update::click(model, column, row),
        (None, Screen::Active(_)) => active::update::click(model, column, row),
        (Some(_), _) | (None, Screen::Setup(_) | Screen::SignIn(_)) => {}
    }
}

fn on_index(model: &mut Model, index: &Index) {
    for session in &mut model.sessions {
        session.on_index(index.session(&session.key));
    }
}

fn on_policy(model: &mut Model, policy: Arc<Policy>) {
    if !model.settings.policy.is(&policy) {
        model.settings.policy = TuiPolicy::new(policy);
        model.sessions.iter_mut().for_each(|session| session.roles.catalog_changed());
    }
}
