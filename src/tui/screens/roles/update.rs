//! What the keys, the mouse and typed text do on the roles screen.

use super::keys::Command;
use super::layout;
use super::rows::Sources;
use crate::domain::preferences::{ListView, PreferenceChange};
use crate::domain::sso_session::SessionKey;
use crate::tui::actions::role::RoleAction;
use crate::tui::actions::{listing, preferences, sign_in};
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::dialogs::sheet::model::SheetDialog;
use crate::tui::dialogs::{confirm, sessions};
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::model::session::Listing;
use crate::tui::movement::Movement;
use crate::tui::screens::active::model::ActiveList;
use crate::tui::widgets::text_input::TextInput;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    match command {
        Command::Act(action) => act(model, action),
        Command::Quick(number) => {
            if model.roles.select_quick(number) {
                act(model, RoleAction::Shell)
            } else {
                Effects::none()
            }
        }
        Command::ShowActions => {
            if let Some((session, target)) = model.selected_role() {
                model.open_dialog(Dialog::Sheet(SheetDialog::new(session, target)));
            }
            Effects::none()
        }
        Command::SignIn => sign_in_to_focused(model),
        Command::Refresh => listing::start_all(model),
        Command::ShowActive => {
            model.screen = Screen::Active(ActiveList::default());
            Effects::none()
        }
        Command::ShowSessions => {
            sessions::update::open(model);
            Effects::none()
        }
        Command::SwitchView => {
            let view = match model.preferences.view {
                ListView::List => ListView::Matrix,
                ListView::Matrix => ListView::List,
            };
            preferences::change(model, PreferenceChange::View(view))
        }
        Command::Help => {
            model.open_dialog(Dialog::Help(HelpDialog::default()));
            Effects::none()
        }
        Command::Move(movement) => {
            move_selection(model, movement);
            Effects::none()
        }
        Command::MoveBeside { forward } => {
            let at = model.roles.matrix().beside(model.roles.selected_index(), forward);
            model.roles.select(at);
            Effects::none()
        }
        Command::Back => back(model),
    }
}

fn act(model: &mut Model, action: RoleAction) -> Effects {
    match model.selected_role() {
        Some((session, target)) => action.run(model, &session, &target),
        None => Effects::none(),
    }
}

/// Signs in to the session of the selected role, or where there is none, to one that the person chooses.
fn sign_in_to_focused(model: &mut Model) -> Effects {
    let focused: Option<SessionKey> = model.focused_session().map(|session| session.key.clone());
    match focused {
        Some(key) => sign_in::start(model, &key, None),
        None => {
            sessions::update::open(model);
            Effects::none()
        }
    }
}

/// One step back: stops a fetch, clears the search, stops the listing, dismisses a notice, or leaves.
fn back(model: &mut Model) -> Effects {
    if let Some((session, target)) = model.selected_role()
        && model.is_fetching(&session, &target)
    {
        return model.cancel(|pending| pending.fetches(&session, &target));
    }
    if !model.roles.query.is_empty() {
        model.roles.query.clear();
        model.roles.query_changed();
        return Effects::none();
    }
    if model.sessions.iter().any(|session| matches!(session.listing, Listing::Running(_))) {
        return listing::stop_all(model);
    }
    if model.notices.is_empty() {
        confirm::update::quit(model);
    } else {
        model.notices.remove(0);
    }
    Effects::none()
}

fn move_selection(model: &mut Model, movement: Movement) {
    let page = list_height(model).max(1);
    let roles = &mut model.roles;
    if roles.view() == ListView::List {
        return roles.select(movement.apply(roles.selected_index(), roles.len(), page));
    }
    let account = movement.apply(roles.selected_line(), roles.matrix().len(), page);
    if let Some(at) = roles.matrix().in_account(roles.selected_index(), account) {
        roles.select(at);
    }
}

/// Scrolls by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    let roles = &mut model.roles;
    match roles.view() {
        ListView::List => roles.select(roles.selected_index().saturating_add_signed(lines)),
        ListView::Matrix => {
            let account =
                roles.selected_line().saturating_add_signed(lines).min(roles.matrix().len().saturating_sub(1));
            if let Some(at) = roles.matrix().in_account(roles.selected_index(), account) {
                roles.select(at);
            }
        }
    }
}

/// Selects the row under the mouse.
pub(crate) fn click(model: &mut Model, column: u16, row: u16) {
    let (_, areas) = layout::areas(model);
    if !areas.list.contains((column, row).into()) {
        return;
    }
    if let Some(at) = model.roles.at_line(usize::from(row - areas.list.y)) {
        model.roles.select(at);
    }
}

/// Edits the search; `edit` returns whether it changed the text.
pub(crate) fn edit_query(model: &mut Model, edit: impl FnOnce(&mut TextInput) -> bool) {
    if edit(&mut model.roles.query) {
        model.roles.query_changed();
    }
}

/// Brings the list in line with the catalogs, the search and the size of the screen.
pub(crate) fn sync_list(model: &mut Model) {
    let (height, view) = (list_height(model), layout::view(model));
    let sources = Sources {
        sessions: &model.sessions,
        settings: &model.settings,
        preferences: &model.preferences,
        now: model.now,
    };
    model.roles.sync(sources, view, height);
}

fn list_height(model: &Model) -> usize {
    let (_, areas) = layout::areas(model);
    usize::from(areas.list.height)
}
