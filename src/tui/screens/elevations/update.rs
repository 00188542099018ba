//! What the keys, the mouse and typed text do on the screen of elevations.

use super::keys::Command;
use super::model::ElevationsScreen;
use super::{layout, view};
use crate::domain::elevation_list::ElevationList;
use crate::domain::live;
use crate::tui::actions::{elevation, expiry};
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;
use crate::tui::widgets::text_input::TextInput;

/// Lines of the summary that a page key scrolls.
const PAGE: usize = 10;

/// Shows the screen, and has the log read from its beginning.
pub(crate) fn open(model: &mut Model) -> Effects {
    model.screen = Screen::Elevations(ElevationsScreen::new());
    refresh(model)
}

/// Takes what the log tells of now; where the screen is open, the rest of it is read too.
pub(crate) fn on_elevations(model: &mut Model, elevations: ElevationList) -> Effects {
    let is_other = model.elevations.as_ref() != Some(&elevations);
    model.elevations = Some(elevations);
    let announced = expiry::announce(model);
    let is_shown = matches!(model.screen, Screen::Elevations(_));
    announced.and(if is_other && is_shown { refresh(model) } else { Effects::none() })
}

fn refresh(model: &mut Model) -> Effects {
    model.spawn(PendingTask::ReadElevations, Task::ReadAllElevations).1
}

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let page = usize::from(layout::areas(model).list.height);
    let Screen::Elevations(screen) = &mut model.screen else { return Effects::none() };
    match command {
        Command::Move(movement) if screen.is_reading() => {
            scroll_summary(model, |first, last| movement.apply(first, last + 1, PAGE))
        }
        Command::Move(movement) => screen.move_selection(movement, page),
        Command::Read => screen.read_from(0),
        Command::Back if screen.is_reading() => screen.stop_reading(),
        Command::Back if !screen.query.is_empty() => {
            screen.query.clear();
            screen.query_changed();
        }
        Command::Back => model.screen = Screen::Roles,
        Command::Refresh => return refresh(model),
        Command::Extend(id) => return elevation::extend(model, id),
        Command::End(id) => elevation::ask_to_end(model, id),
        Command::Help => model.open_dialog(Dialog::Help(HelpDialog::default())),
        Command::CopyText => {
            let text = screen.selected().map(|row| row.summary().text(&model.settings.zone));
            return copy(model, "the summary", text);
        }
        Command::CopyMarkdown => {
            let text = screen.selected().map(|row| row.summary().markdown(&model.settings.zone));
            return copy(model, "the summary as Markdown", text);
        }
        Command::CopyLive => {
            let text = screen.all.as_ref().map(|all| live::handover(all, model.now, &model.settings.zone));
            return copy(model, "what is live until when", text);
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

/// Scrolls by `lines`, up where negative: the summary, where that has the screen.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    let Screen::Elevations(screen) = &mut model.screen else { return };
    if screen.is_reading() {
        return scroll_summary(model, |first, _| first.saturating_add_signed(lines));
    }
    screen.select(screen.selected_index().saturating_add_signed(lines.signum()));
}

/// Sets the first line of the summary, given the current one and the last possible one.
fn scroll_summary(model: &mut Model, change: impl FnOnce(usize, usize) -> usize) {
    let last = view::last_first_line(model);
    if let Screen::Elevations(screen) = &mut model.screen {
        screen.read_from(change(screen.first_line(last), last).min(last));
    }
}

/// Selects the row under the mouse.
pub(crate) fn click(model: &mut Model, column: u16, row: u16) {
    let area = layout::areas(model).list;
    let Screen::Elevations(screen) = &mut model.screen else { return };
    if area.contains((column, row).into()) {
        screen.select(screen.offset(usize::from(area.height)) + usize::from(row - area.y));
    }
}
