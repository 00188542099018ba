//! What the keys, the mouse and typed text do on the screen of elevations.

use super::keys::Command;
use super::layout;
use super::model::ElevationsScreen;
use crate::domain::elevation_list::ElevationList;
use crate::tui::actions::elevation;
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;
use crate::tui::widgets::text_input::TextInput;

/// Shows the screen, and has the log read from its beginning.
pub(crate) fn open(model: &mut Model) -> Effects {
    model.screen = Screen::Elevations(ElevationsScreen::new());
    refresh(model)
}

/// Takes what the log tells of now; where the screen is open, the rest of it is read too.
pub(crate) fn on_elevations(model: &mut Model, elevations: ElevationList) -> Effects {
    let is_other = model.elevations.as_ref() != Some(&elevations);
    model.elevations = Some(elevations);
    if is_other && matches!(model.screen, Screen::Elevations(_)) { refresh(model) } else { Effects::none() }
}

fn refresh(model: &mut Model) -> Effects {
    model.spawn(PendingTask::ReadElevations, Task::ReadAllElevations).1
}

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let page = usize::from(layout::areas(model).list.height);
    let Screen::Elevations(screen) = &mut model.screen else { return Effects::none() };
    match command {
        Command::Move(movement) => screen.move_selection(movement, page),
        Command::Back if !screen.query.is_empty() => {
            screen.query.clear();
            screen.query_changed();
        }
        Command::Back => model.screen = Screen::Roles,
        Command::Refresh => return refresh(model),
        Command::End(id) => elevation::ask_to_end(model, id),
        Command::Help => model.open_dialog(Dialog::Help(HelpDialog::default())),
        Command::CopyText => {
            let text = screen.selected().map(|row| row.summary().text());
            return copy(model, "the summary", text);
        }
        Command::CopyMarkdown => {
            let text = screen.selected().map(|row| row.summary().markdown());
            return copy(model, "the summary as Markdown", text);
        }
    }
    Effects::none()
}

fn copy(model: &mut Model, what: &'static str, text: Option<String>) -> Effects {
    let Some(text) = text else { return Effects::none() };
    model.spawn(PendingTask::CopyText { what, text: text.clone() }, Task::CopyText(text)).1
}

/// Edits the search; `edit` returns whether it changed the text.
pub(crate) fn edit_query(screen: &mut ElevationsScreen, edit: impl FnOnce(&mut TextInput) -> bool) {
    if edit(&mut screen.query) {
        screen.query_changed();
    }
}

/// Scrolls by `lines`, up where negative.
pub(crate) fn scroll(screen: &mut ElevationsScreen, lines: isize) {
    screen.select(screen.selected_index().saturating_add_signed(lines));
}

/// Selects the row under the mouse.
pub(crate) fn click(model: &mut Model, column: u16, row: u16) {
    let area = layout::areas(model).list;
    let Screen::Elevations(screen) = &mut model.screen else { return };
    if area.contains((column, row).into()) {
        screen.select(screen.offset(usize::from(area.height)) + usize::from(row - area.y));
    }
}
