use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::tests::test_app::*;

#[test]
fn every_session_is_shown_with_its_status() {
    assert_screen!("sessions", TestApp::with_kept().keys("<Tab>"));
}

#[test]
fn moving_down_from_the_last_session_selects_the_first() {
    let selected = |script: &str| match TestApp::with_kept().keys(script).model.dialogs.pop() {
        Some(Dialog::Sessions(dialog)) => dialog.selected,
        other => panic!("{other:?}"),
    };
    assert_eq!([selected("<Tab>"), selected("<Tab><Tab>"), selected("<Tab><Tab><Tab>")], [0, 1, 0]);
}

#[test]
fn a_session_that_was_never_signed_in_to_is_signed_in_to_when_shown() {
    let app = TestApp::with_kept().keys("<Tab><Tab><Enter>");
    assert!(matches!(&app.model.screen, Screen::SignIn(sign_in) if sign_in.session == app.model.sessions[1].key));
}
