//! What the keys and the mouse do on the screen of active credentials.

use super::keys::Command;
use super::layout;
use super::model::{Row, rows};
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::dialogs::sessions;
use crate::tui::dialogs::sheet::model::SheetDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::movement::Movement;

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    match (command, selected(model)) {
        (Command::Act(action), Some((key, target))) => return action.run(model, &key, &target),
        (Command::ShowActions, Some((key, target))) => {
            model.open_dialog(Dialog::Sheet(SheetDialog::new(key, target)));
        }
        (Command::Act(_) | Command::ShowActions, None) => {}
        (Command::ShowSessions, _) => sessions::update::open(model),
        (Command::Help, _) => model.open_dialog(Dialog::Help(HelpDialog::default())),
        (Command::Back, _) => model.screen = Screen::Roles,
        (Command::Move(movement), _) => move_selection(model, movement),
    }
    Effects::none()
}

fn selected(model: &Model) -> Option<Row> {
    let Screen::Active(list) = &model.screen else { return None };
    list.selected(&rows(&model.sessions, model.now))
}

fn move_selection(model: &mut Model, movement: Movement) {
    let rows = rows(&model.sessions, model.now);
    let page = usize::from(layout::areas(model).list.height);
    if let Screen::Active(list) = &mut model.screen {
        let index = list.selected_index(&rows).unwrap_or_default();
        list.select(&rows, movement.apply(index, rows.len(), page));
    }
}

/// Scrolls by `lines`, up where negative.
pub(crate) fn scroll(model: &mut Model, lines: isize) {
    let rows = rows(&model.sessions, model.now);
    if let Screen::Active(list) = &mut model.screen {
        let index = list.selected_index(&rows).unwrap_or_default();
        list.select(&rows, index.saturating_add_signed(lines));
    }
}

/// Selects the row under the mouse.
pub(crate) fn click(model: &mut Model, column: u16, row: u16) {
    let area = layout::areas(model).list;
    if !area.contains((column, row).into()) {
        return;
    }
    let rows = rows(&model.sessions, model.now);
    if let Screen::Active(list) = &mut model.screen {
        let at = list.offset(&rows, usize::from(area.height)) + usize::from(row - area.y);
        if at < rows.len() {
            list.select(&rows, at);
        }
    }
}
