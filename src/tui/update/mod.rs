//! From a message to a new model and the effects it asks for. Pure: no clock, no I/O.

mod active;
mod copy;
mod events;
mod open;
mod reason;
mod roles;
mod sessions;
mod setup;
mod sign_in;

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};

pub use self::open::{begin, verdict_of};
use super::effect::{Effect, Effects};
use super::keymap::{self, Command, Step};
use super::layout;
use super::message::Message;
use super::model::{Dialog, Model, Offer, Phase, Question, Screen};
use crate::domain::time::Now;

/// Takes one message at a moment.
pub fn update(model: &mut Model, now: Now, message: Message) -> Effects {
    model.now = now;
    if model.toast.as_ref().is_some_and(|toast| toast.life.left(now).is_zero()) {
        model.toast = None;
    }
    match message {
        Message::Key { key, hurried } => with_lists(model, |model| pressed(model, key, hurried)),
        Message::Paste(text) => with_lists(model, |model| pasted(model, &text)),
        Message::Mouse(mouse) => with_lists(model, |model| moused(model, mouse)),
        Message::Resize(size) => {
            model.size = size;
            Effects::none()
        }
        Message::Tick => Effects::none(),
        Message::Index(index) => events::index(model, &index),
        Message::Notice(notice) => {
            model.notices.push(notice);
            Effects::none()
        }
        Message::Progress(attempt, progress) => events::progress(model, attempt, progress),
        Message::Ended(attempt, outcome) => events::ended(model, attempt, outcome),
    }
}

/// Input acts on lists as they are shown, and leaves them fit to be shown.
fn with_lists(model: &mut Model, act: impl FnOnce(&mut Model) -> Effects) -> Effects {
    model.settle();
    let effects = act(model);
    model.settle();
    effects
}

fn pressed(model: &mut Model, key: KeyEvent, hurried: bool) -> Effects {
    let Some(command) = keymap::command(model, key) else {
        model.pasted = false;
        return typed(model, key);
    };
    if command != Command::Submit {
        model.pasted = false;
    }
    match command {
        Command::Quit => quit(model),
        Command::Suspend => Effect::Suspend.into(),
        Command::Help => {
            model.open(Dialog::Help(0));
            Effects::none()
        }
        command if model.dialogs.is_empty() => on_screen(model, command),
        command => on_dialog(model, command, hurried),
    }
}

fn on_screen(model: &mut Model, command: Command) -> Effects {
    match model.screen {
        Screen::Setup(_) => setup::command(model, command),
        Screen::SignIn(_) => sign_in::command(model, command),
        Screen::Roles => roles::command(model, command),
        Screen::Active { .. } => active::command(model, command),
    }
}

fn on_dialog(model: &mut Model, command: Command, hurried: bool) -> Effects {
    if command == Command::Back {
        model.dialogs.pop();
        return Effects::none();
    }
    match model.dialogs.last_mut() {
        Some(Dialog::Reason(_)) => reason::command(model, command, hurried),
        Some(Dialog::Copy(_)) => copy::command(model, command),
        Some(Dialog::Sessions(_)) => sessions::command(model, command),
        Some(Dialog::Help(first)) => {
            *first = stepped(*first, command, usize::MAX / 2, 10);
            Effects::none()
        }
        Some(Dialog::Question(question)) if command == Command::Submit && !hurried && !model.pasted => {
            let question = question.clone();
            model.dialogs.pop();
            confirmed(model, question)
        }
        Some(Dialog::Problem(_, Offer::SignIn(key, then))) if command == Command::Submit => {
            let (key, then) = (key.clone(), then.clone());
            model.dialogs.pop();
            open::sign_in(model, &key, then)
        }
        _ => Effects::none(),
    }
}

fn confirmed(model: &mut Model, question: Question) -> Effects {
    match question {
        Question::Drop(key, target) => open::drop_credentials(model, &key, target),
        Question::SignOut(key) => open::sign_out(model, &key),
        Question::Quit => {
            model.leaving = true;
            Effects::none()
        }
    }
}

/// Leaves, unless a sign-in under way deserves a question first.
fn quit(model: &mut Model) -> Effects {
    let signing_in = matches!(&model.screen, Screen::SignIn(sign_in) if !matches!(sign_in.phase, Phase::Over(_)));
    let asked = matches!(model.dialogs.last(), Some(Dialog::Question(Question::Quit)));
    if signing_in && !asked {
        model.open(Dialog::Question(Question::Quit));
    } else {
        model.leaving = true;
    }
    Effects::none()
}

/// A key that is no command: text, where text is taken.
fn typed(model: &mut Model, key: KeyEvent) -> Effects {
    match model.dialogs.last_mut() {
        Some(Dialog::Reason(form)) => {
            form.text.edit(key);
            form.refused = None;
        }
        Some(_) => {}
        None => match &mut model.screen {
            Screen::Setup(setup) => {
                setup.focused().edit(key);
            }
            Screen::Roles => roles::edit(model, |query| query.edit(key)),
            Screen::SignIn(_) | Screen::Active { .. } => {}
        },
    }
    Effects::none()
}

/// A paste fills text, and nothing else: it presses no key and confirms nothing.
fn pasted(model: &mut Model, text: &str) -> Effects {
    model.pasted = true;
    match model.dialogs.last_mut() {
        Some(Dialog::Reason(form)) => form.text.insert(text),
        Some(_) => {}
        None => match &mut model.screen {
            Screen::Setup(setup) => setup.focused().insert(text.trim()),
            Screen::Roles => roles::edit(model, |query| {
                query.insert(text);
                true
            }),
            Screen::SignIn(_) | Screen::Active { .. } => {}
        },
    }
    Effects::none()
}

/// The mouse scrolls and selects; it triggers nothing.
fn moused(model: &mut Model, mouse: MouseEvent) -> Effects {
    let steps = match mouse.kind {
        MouseEventKind::ScrollUp => Some(-3),
        MouseEventKind::ScrollDown => Some(3),
        _ => None,
    };
    let clicked = matches!(mouse.kind, MouseEventKind::Down(MouseButton::Left));
    match (model.dialogs.last_mut(), steps) {
        (Some(Dialog::Help(first)), Some(steps)) => *first = first.saturating_add_signed(steps),
        (Some(_), _) => {}
        (None, Some(steps)) => match model.screen {
            Screen::Roles => roles::step(model, steps),
            Screen::Active { .. } => active::step(model, steps.signum()),
            _ => {}
        },
        (None, None) if clicked => click(model, mouse.column, mouse.row),
        (None, None) => {}
    }
    Effects::none()
}

fn click(model: &mut Model, column: u16, row: u16) {
    let place = (column, row).into();
    match model.screen {
        Screen::Roles => {
            let list = layout::roles(model).list;
            if list.contains(place) {
                roles::click(model, usize::from(row - list.y));
            }
        }
        Screen::Active { .. } => {
            let list = layout::active(model).list;
            if list.contains(place) {
                active::click(model, usize::from(row - list.y));
            }
        }
        Screen::Setup(_) | Screen::SignIn(_) => {}
    }
}

/// A place in a list of `len`, after a movement.
fn stepped(at: usize, command: Command, len: usize, page: usize) -> usize {
    let Command::Move(step) = command else { return at };
    let last = len.saturating_sub(1);
    match step {
        Step::Up => at.saturating_sub(1),
        Step::Down => at.saturating_add(1).min(last),
        Step::PageUp => at.saturating_sub(page),
        Step::PageDown => at.saturating_add(page).min(last),
        Step::First => 0,
        Step::Last => last,
    }
}
