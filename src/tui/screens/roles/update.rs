//! What the keys, the mouse and typed text do on the roles screen.

use super::keys::Command;
use super::layout;
use crate::tui::actions::{credentials, listing, sign_in};
use crate::tui::dialogs::confirm::model::Confirmation;
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::dialogs::sessions::model::SessionsDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::model::session::Listing;
use crate::tui::movement::Movement;
use crate::tui::screens::active::model::ActiveList;
use crate::tui::widgets::text_input::TextInput;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let Some(session) = model.current_session() else { return Effects::none() };
    let key = session.key.clone();
    let target = session.roles.selected().and_then(|row| row.target()).cloned();
    match (command, target) {
        (Command::Fetch, Some(target)) => return credentials::fetch(model, &key, target),
        (Command::Copy, Some(target)) => return credentials::choose_copy(model, &key, target),
        (Command::Drop, Some(target)) => {
            model.open_dialog(Dialog::Confirm(Confirmation::DropCredentials(key, target)));
        }
        (Command::Fetch | Command::Copy | Command::Drop, None) => {}
        (Command::SignIn, _) => return sign_in::start(model, &key, None),
        (Command::Refresh, _) => return listing::start(model, &key),
        (Command::ShowActive, _) => model.screen = Screen::Active(ActiveList::default()),
        (Command::ShowSessions, _) => {
            model.open_dialog(Dialog::Sessions(SessionsDialog { selected: model.current }));
        }
        (Command::Help, _) => model.open_dialog(Dialog::Help(HelpDialog::default())),
        (Command::Move(movement), _) => move_selection(model, movement),
        (Command::Back, Some(target)) if model.is_fetching(&key, &target) => {
            return model.cancel(|pending| pending.fetches(&key, &target));
        }
        (Command::Back, _) => return back(model),
    }
    Effects::none()
}

/// One step back: clears the filter, stops the listing, dismisses a notice, or quits.
fn back(model: &mut Model) -> Effects {
    let Some(session) = model.current_session_mut() else { return Effects::none() };
    let key = session.key.clone();
    if !session.roles.query.is_empty() {
        session.roles.query.clear();
        session.roles.query_changed();
        return Effects::none();
    }
    if matches!(session.listing, Listing::Running { .. }) {
        return listing::stop(model, &key);
    }
    if model.notices.is_empty() {
        model.open_dialog(Dialog::Confirm(Confirmation::Quit));
    } else {
        model.notices.remove(0);
    }
    Effects::none()
}

fn move_selection(model: &mut Model, movement: Movement) {
    let page = list_height(model).max(1);
    if let Some(session) = model.current_session_mut() {
        let roles = &mut session.roles;
        roles.select(movement.apply(roles.selected_index(), roles.len(), page));
    }
}

/// Scrolls by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    if let Some(session) = model.current_session_mut() {
        let at = session.roles.selected_index().saturating_add_signed(lines);
        session.roles.select(at);
    }
}

/// Selects the row under the mouse.
pub(crate) fn click(model: &mut Model, column: u16, row: u16) {
    let (_, areas) = layout::areas(model);
    if !areas.list.contains((column, row).into()) {
        return;
    }
    if let Some(session) = model.current_session_mut() {
        let at = session.roles.offset() + usize::from(row - areas.list.y);
        if at < session.roles.len() {
            session.roles.select(at);
        }
    }
}

/// Edits the filter; `edit` returns whether it changed the text.
pub(crate) fn edit_filter(model: &mut Model, edit: impl FnOnce(&mut TextInput) -> bool) {
    if let Some(session) = model.current_session_mut()
        && edit(&mut session.roles.query)
    {
        session.roles.query_changed();
    }
}

/// Brings the list in line with the catalog, the filter and the size of the screen.
pub(crate) fn sync_list(model: &mut Model) {
    let height = list_height(model);
    let (settings, now) = (&model.settings, model.now);
    if let Some(session) = model.sessions.get_mut(model.current) {
        session.sync_roles(settings, now, height);
    }
}

fn list_height(model: &Model) -> usize {
    let (_, areas) = layout::areas(model);
    usize::from(areas.list.height)
}
