//! The roles screen.

use super::open;
use crate::tui::effect::Effects;
use crate::tui::keymap::{Command, Step};
use crate::tui::layout;
use crate::tui::model::{Dialog, Listing, Model, Pending, Question, RowId, Screen};
use crate::tui::widgets::input::InputLine;

pub(super) fn command(model: &mut Model, command: Command) -> Effects {
    let Some(session) = model.session() else { return Effects::none() };
    let key = session.key.clone();
    let target = session.roles.selected().and_then(|row| match &row.id {
        RowId::Role(target) => Some(target.clone()),
        RowId::Failed(_) => None,
    });
    match (command, target) {
        (Command::Use, Some(target)) if session.kept(&target, model.now).is_some() => {
            open::choose_copy(model, &key, target)
        }
        (Command::Use, Some(target)) => open::fetch(model, &key, target),
        (Command::Copy, Some(target)) => open::choose_copy(model, &key, target),
        (Command::Drop, Some(target)) => {
            model.open(Dialog::Question(Question::Drop(key, target)));
            Effects::none()
        }
        (Command::Use | Command::Refresh, _) => open::list(model, &key),
        (Command::SignIn, _) => open::sign_in(model, &key, None),
        (Command::Active, _) => {
            model.screen = Screen::Active { selected: None };
            Effects::none()
        }
        (Command::Sessions, _) => {
            model.open(Dialog::Sessions(model.current));
            Effects::none()
        }
        (Command::Move(step), _) => {
            moved(model, step);
            Effects::none()
        }
        (Command::Back, target) => {
            let waiting = target.is_some_and(|target| model.is_fetching(&key, &target));
            back(model, waiting)
        }
        _ => Effects::none(),
    }
}

/// One step back: what is waited for, then the filter, then the listing, then a notice, then the program.
fn back(model: &mut Model, waiting: bool) -> Effects {
    let Some(session) = model.session_mut() else { return Effects::none() };
    let key = session.key.clone();
    if waiting {
        return model.cancel(|pending| matches!(pending, Pending::Fetch(of, _) | Pending::Copy(of, ..) if *of == key));
    }
    if !session.roles.query.is_empty() {
        session.roles.query.clear();
        session.roles.query_changed();
        return Effects::none();
    }
    if matches!(session.listing, Listing::Running { .. }) {
        return open::stop_listing(model, &key);
    }
    if model.notices.is_empty() {
        model.open(Dialog::Question(Question::Quit));
    } else {
        model.notices.remove(0);
    }
    Effects::none()
}

fn moved(model: &mut Model, movement: Step) {
    let page = isize::try_from(layout::list_rows(model)).unwrap_or(isize::MAX).max(1);
    step(
        model,
        match movement {
            Step::Up => -1,
            Step::Down => 1,
            Step::PageUp => -page,
            Step::PageDown => page,
            Step::First => isize::MIN,
            Step::Last => isize::MAX,
        },
    );
}

/// Moves the selection.
pub(super) fn step(model: &mut Model, steps: isize) {
    if let Some(session) = model.session_mut() {
        session.roles.step(steps);
    }
}

/// Selects the row on this line of the list.
pub(super) fn click(model: &mut Model, line: usize) {
    if let Some(session) = model.session_mut() {
        let at = session.roles.position().0 + line;
        if at < session.roles.len() {
            session.roles.select(at);
        }
    }
}

/// Edits the filter.
pub(super) fn edit(model: &mut Model, change: impl FnOnce(&mut InputLine) -> bool) {
    if let Some(session) = model.session_mut()
        && change(&mut session.roles.query)
    {
        session.roles.query_changed();
    }
}
