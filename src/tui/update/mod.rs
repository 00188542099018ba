//! Update: from a message to a changed model and the effects to carry out. It reads no clock and does no I/O.

mod task_ended;
mod task_progress;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::actions::{copying, elevation as elevation_actions, expiry};
use super::dialogs::confirm::model::Confirmation;
use super::dialogs::error::model::{ErrorAction, ErrorDialog};
use super::dialogs::{confirm, details, elevation, error, help, palette, region, sessions, sheet, text};
use super::effect::{Effect, Effects};
use super::keymap::{self, Command};
use super::message::{Message, ShellEnd};
use super::model::screen::{Dialog, Screen};
use super::model::{LastUse, Model};
use super::policy::TuiPolicy;
use super::screens::{active, elevations, roles, setup, sign_in};
use super::view::{band, footer};
use crate::domain::index::Index;
use crate::domain::policy::Policy;
use crate::domain::time::Now;
use crate::report::Report;

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
        Message::Background(background) => model.settings.display.background = background,
        Message::Tick => return expiry::announce(model),
        Message::Index(index) => on_index(model, &index),
        Message::Elevations(elevations) => return elevations::update::on_elevations(model, *elevations),
        Message::AllElevations(all) => {
            if let Screen::Elevations(screen) = &mut model.screen {
                screen.all = Some(*all);
            }
        }
        Message::Catalog(key, catalog) => {
            if let Some(session) = model.session_mut(&key) {
                session.on_catalog(*catalog);
                model.roles.rows_changed();
            }
        }
        Message::Policy(policy) => on_policy(model, policy),
        Message::Notice(notice) => model.add_notice(notice),
        Message::TaskProgress(id, progress) => task_progress::on_progress(model, id, progress),
        Message::TaskEnded(id, result) => return task_ended::on_end(model, id, result),
        Message::ShellEnded(Ok(ShellEnd::Left(session, target))) => {
            let role = model.role_name(&session, &target);
            model.show_toast(format!("Back from {role}"));
        }
        Message::ShellEnded(Ok(ShellEnd::Over(session, target))) => {
            let role = model.role_name(&session, &target);
            model.show_toast(format!("The elevation of {role} has ended, and its shell was ended with it"));
        }
        Message::ShellEnded(Err(error)) => {
            let report = Report::of(&error);
            model.open_dialog(Dialog::Error(ErrorDialog::new(report, ErrorAction::None)));
        }
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
    let is_deliberate = !in_burst && !model.unreviewed_paste;
    let withdrawn = model.last_use.take().filter(|_| in_burst).map(|first| withdraw(model, first));
    let effects = on_key_alone(model, key, in_burst, is_deliberate);
    withdrawn.unwrap_or_else(Effects::none).and(effects)
}

/// The key before this one was the first of a paste: it used credentials, and nobody asked for that.
fn withdraw(model: &mut Model, first: LastUse) -> Effects {
    let effects = model.withdraw_uses(first.after);
    if first.is_text {
        type_text(model, first.key, false);
    }
    effects
}

fn on_key_alone(model: &mut Model, key: KeyEvent, in_burst: bool, is_deliberate: bool) -> Effects {
    let command = keymap::command(model, key);
    // What arrives faster than anyone types is a paste, and pasted letters are text.
    let command = command.filter(|_| is_deliberate || !is_text(model, key));
    if !command.is_some_and(needs_review) {
        model.unreviewed_paste = false;
    }
    match command {
        // Many terminals deliver a paste as key presses, the line ends too.
        Some(command) if in_burst && uses_credentials(command) => Effects::none(),
        Some(command) => {
            let (after, is_text) = (model.last_task(), is_text(model, key));
            let effects = run(model, command, is_deliberate);
            model.last_use = uses_credentials(command).then_some(LastUse { key, is_text, after });
            effects
        }
        None => {
            type_text(model, key, in_burst);
            Effects::none()
        }
    }
}

/// Whether a key could be meant as text where the focus is.
fn is_text(model: &Model, key: KeyEvent) -> bool {
    let is_letter = matches!(key.code, KeyCode::Char(_)) && !key.modifiers.contains(KeyModifiers::CONTROL);
    is_letter && model.dialogs.is_empty() && matches!(model.screen, Screen::Roles)
}

/// Whether a command gets or hands out credentials.
fn uses_credentials(command: Command) -> bool {
    match command {
        Command::Roles(command) => matches!(command, roles::keys::Command::Act(_) | roles::keys::Command::Quick(_)),
        Command::Details(command) => matches!(command, details::keys::Command::Act(_)),
        Command::Active(command) => matches!(command, active::keys::Command::Act(_)),
        Command::Sheet(command) => matches!(command, sheet::keys::Command::Act(_) | sheet::keys::Command::Selected),
        _ => false,
    }
}

/// Whether a command is carried out only when pasted text was reviewed: after another key.
fn needs_review(command: Command) -> bool {
    matches!(
        command,
        Command::Confirm(confirm::keys::Command::Confirm)
            | Command::Region(region::keys::Command::Choose)
            | Command::Palette(palette::keys::Command::Choose)
    )
}

fn run(model: &mut Model, command: Command, is_deliberate: bool) -> Effects {
    match command {
        Command::Setup(command) => setup::update::update(model, command),
        Command::SignIn(command) => sign_in::update::update(model, command),
        Command::Roles(command) => roles::update::update(model, command),
        Command::Active(command) => active::update::update(model, command),
        Command::Elevations(command) => elevations::update::update(model, command),
        Command::ShowElevations => elevations::update::open(model),
        Command::Elevation(command) => elevation::update::update(model, command, is_deliberate),
        Command::Details(command) => details::update::update(model, command),
        Command::Sheet(command) => sheet::update::update(model, command),
        Command::Confirm(command) => confirm::update::update(model, command, is_deliberate),
        Command::Error(command) => error::update::update(model, command),
        Command::Sessions(command) => sessions::update::update(model, command),
        Command::Region(command) => region::update::update(model, command, is_deliberate),
        Command::Palette(command) => match palette::update::update(model, command, is_deliberate) {
            palette::update::Outcome::Nothing => Effects::none(),
            palette::update::Outcome::Run(chosen) => run(model, chosen, is_deliberate),
        },
        Command::HelpDialog(command) => {
            help::update::update(model, command);
            Effects::none()
        }
        Command::ShowPalette => {
            palette::update::open(model);
            Effects::none()
        }
        Command::Redraw => Effect::Redraw.into(),
        Command::Text(command) => {
            text::update::update(model, command);
            Effects::none()
        }
        Command::ShowSentText => {
            copying::show_sent(model);
            Effects::none()
        }
        Command::ExtendElevation(id) => elevation_actions::extend(model, id),
        Command::EndElevation(id) => {
            elevation_actions::ask_to_end(model, id);
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
fn type_text(model: &mut Model, key: KeyEvent, in_burst: bool) {
    match (model.dialogs.last_mut(), &mut model.screen) {
        (Some(Dialog::Elevation(_)), _) => elevation::update::edit(model, key, in_burst),
        (Some(Dialog::Region(dialog)), _) => dialog.edit(key),
        (Some(Dialog::Palette(dialog)), _) => palette::update::edit(dialog, key),
        (Some(_), _) => {}
        (None, Screen::Setup(form)) => {
            form.focused().edit(key);
        }
        (None, Screen::Roles) => roles::update::edit_query(model, |query| query.edit(key)),
        (None, Screen::Elevations(screen)) => elevations::update::edit_query(screen, |query| query.edit(key)),
        (None, Screen::SignIn(_) | Screen::Active(_)) => {}
    }
}

/// A paste inserts text; it gives no command and confirms nothing.
fn on_paste(model: &mut Model, text: &str) -> Effects {
    // An elevation is confirmed by typing alone, so that a paste into its form needs no review.
    model.unreviewed_paste = !matches!(model.dialogs.last(), Some(Dialog::Elevation(_)));
    match (model.dialogs.last_mut(), &mut model.screen) {
        (Some(Dialog::Elevation(dialog)), _) => elevation::update::paste(dialog, text),
        (Some(Dialog::Region(dialog)), _) => dialog.paste(text),
        (Some(Dialog::Palette(dialog)), _) => palette::update::paste(dialog, text),
        (Some(_), _) => {}
        (None, Screen::Setup(form)) => form.focused().insert(text.trim()),
        (None, Screen::Elevations(screen)) => elevations::update::edit_query(screen, |query| {
            query.insert(text);
            true
        }),
        (None, Screen::Roles) => roles::update::edit_query(model, |query| {
            query.insert(text);
            true
        }),
        (None, Screen::SignIn(_) | Screen::Active(_)) => {}
    }
    Effects::none()
}

/// The mouse scrolls and selects; on the footer it gives the command of the key that it points at, which confirms nothing.
fn on_mouse(model: &mut Model, mouse: MouseEvent) -> Effects {
    match mouse.kind {
        MouseEventKind::ScrollUp => scroll(model, -WHEEL),
        MouseEventKind::ScrollDown => scroll(model, WHEEL),
        MouseEventKind::Down(MouseButton::Left) => return click(model, mouse.column, mouse.row),
        _ => {}
    }
    Effects::none()
}

fn scroll(model: &mut Model, lines: isize) {
    match (model.dialogs.last_mut(), &mut model.screen) {
        (Some(Dialog::Help(_)), _) => help::update::scroll(model, lines),
        (Some(Dialog::Error(_)), _) => error::update::scroll(model, lines),
        (Some(Dialog::Sessions(_)), _) => sessions::update::scroll(model, lines.signum()),
        (Some(Dialog::Region(dialog)), _) => dialog.list.scroll(lines.signum()),
        (Some(Dialog::Palette(dialog)), _) => dialog.list.scroll(lines.signum()),
        (Some(Dialog::Details(_)), _) => details::update::scroll(model, lines),
        (Some(Dialog::Sheet(_)), _) => sheet::update::scroll(model, lines),
        (None, Screen::Roles) => roles::update::scroll(model, lines),
        (None, Screen::Active(_)) => active::update::scroll(model, lines.signum()),
        (None, Screen::Elevations(_)) => elevations::update::scroll(model, lines),
        (Some(_), _) | (None, Screen::Setup(_) | Screen::SignIn(_)) => {}
    }
}

fn click(model: &mut Model, column: u16, row: u16) -> Effects {
    if row + 1 == model.size.height {
        return match footer::command_at(model, column) {
            Some(command) => run(model, command, false),
            None => Effects::none(),
        };
    }
    if let Some(command) = band::command_at(model, column, row) {
        return run(model, command, false);
    }
    match (model.dialogs.last(), &model.screen) {
        (None, Screen::Roles) => roles::update::click(model, column, row),
        (None, Screen::Active(_)) => active::update::click(model, column, row),
        (None, Screen::Elevations(_)) => elevations::update::click(model, column, row),
        (Some(_), _) | (None, Screen::Setup(_) | Screen::SignIn(_)) => {}
    }
    Effects::none()
}

fn on_index(model: &mut Model, index: &Index) {
    let mut is_other = false;
    for session in &mut model.sessions {
        is_other |= session.on_index(index.session(&session.key));
        session.on_standbys(index);
    }
    if is_other {
        model.roles.rows_changed();
    }
}

fn on_policy(model: &mut Model, policy: Arc<Policy>) {
    if !model.settings.policy.is(&policy) {
        model.settings.policy = TuiPolicy::new(policy);
        model.roles.rows_changed();
    }
}
