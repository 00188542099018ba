//! Every screen, dialog and state: a table of named apps, from which snapshots, colours and odd sizes are tested.

mod apps;
mod colors;
mod dialogs;
mod roles;
mod screens;

pub(super) use self::apps::{busy_day, organisations};
use super::test_app::*;
use crate::report::Report;
use crate::report::tests::every_error;
use crate::tui::dialogs::error::model::{ErrorAction, ErrorDialog};
use crate::tui::model::screen::Dialog;
use crate::tui::theme::Background;

/// A name and what builds the app.
pub(super) type State = (&'static str, fn() -> TestApp);

/// The sizes at which every state has to look right.
const SIZES: [(u16, u16); 4] = [(60, 20), (80, 24), (120, 40), (200, 60)];

/// Every state, in no particular order.
pub(super) fn states() -> impl Iterator<Item = State> {
    [roles::STATES, dialogs::STATES, screens::STATES].concat().into_iter()
}

/// The text of a state at all sizes.
fn screens_of(build: fn() -> TestApp) -> String {
    let screens = SIZES.map(|(width, height)| format!("{width}x{height}\n{}\n", build().size(width, height).screen()));
    screens.join("\n")
}

/// One snapshot for each state.
fn assert_snapshots(states: &[State]) {
    for (name, build) in states {
        insta::assert_snapshot!(*name, screens_of(*build));
    }
}

#[test]
fn the_roles_screen_in_every_state_and_size() {
    assert_snapshots(roles::STATES);
}

#[test]
fn every_dialog_in_every_state_and_size() {
    assert_snapshots(dialogs::STATES);
}

#[test]
fn the_other_screens_in_every_state_and_size() {
    assert_snapshots(screens::STATES);
}

/// At the smallest of the sizes, without the screen below.
#[test]
fn every_error_with_what_to_do_next() {
    let dialogs = every_error().into_iter().map(|error| {
        let mut app = TestApp::signed_in().size(60, 20);
        app.model.open_dialog(Dialog::Error(ErrorDialog::new(Report::of(&error), ErrorAction::None)));
        app.dialog()
    });
    insta::assert_snapshot!("every_error", dialogs.collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn a_light_background_changes_colors_and_no_text() {
    for (name, build) in states() {
        let screen = |background| build().background(background).size(120, 40).screen();
        assert_eq!(screen(Background::Light), screen(Background::Dark), "{name}");
    }
}

#[test]
fn every_state_has_a_name_and_a_look_of_its_own() {
    let mut looks = std::collections::BTreeMap::new();
    for (name, build) in states() {
        let previous = looks.insert(screens_of(build), name);
        assert_eq!(previous, None, "{name} looks the same");
    }
    let names: std::collections::BTreeSet<&str> = looks.values().copied().collect();
    assert_eq!(names.len(), looks.len());
}
