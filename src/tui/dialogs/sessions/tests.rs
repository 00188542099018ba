use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::tests::test_app::*;

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

#[test]
fn enter_shows_a_session_that_is_signed_in_and_signs_in_to_one_that_is_not() {
    let enter = |app: &TestApp| {
        let bindings = crate::tui::keymap::bindings(&app.model);
        bindings.iter().next().map(|binding| binding.label.unwrap())
    };
    let app = TestApp::with_kept().keys("<Tab>");
    assert_eq!(enter(&app), Some("show"));
    let app = app.keys("<Enter>");
    assert!(matches!(app.model.screen, Screen::Roles) && app.model.dialogs.is_empty());
    // Credentials that are still kept do not stand in for a sign-in.
    let mut app = TestApp::with_kept();
    app.set_signed_out("acme-prod");
    let app = app.keys("<Tab>");
    assert_eq!(enter(&app), Some("sign in"));
    assert!(matches!(app.keys("<Enter>").model.screen, Screen::SignIn(_)));
}

#[test]
fn sessions_can_be_told_apart_on_the_smallest_screen() {
    assert_dialog!("sessions_40x10", TestApp::with_kept().size(40, 10).keys("<Tab>"));
}

#[test]
fn the_wheel_moves_the_selection() {
    let selected = |app: TestApp| match app.model.dialogs.as_slice() {
        [Dialog::Sessions(dialog)] => dialog.selected,
        other => panic!("{other:?}"),
    };
    let opened = || TestApp::with_kept().keys("<Tab>");
    assert_eq!([selected(opened().wheel(1)), selected(opened().wheel(1).wheel(1).wheel(-1))], [1, 0]);
}
