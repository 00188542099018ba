use crate::tui::effect::Effect;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::{Place, Task};
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

/// The first session has a sign-in at the second of its replicas.
fn with_standby() -> TestApp {
    TestApp::with_kept().replicas(&["eu-west-1", "us-west-2"]).with_standby(1, lifespan(0, 300))
}

#[test]
fn replicas_are_shown_below_their_session_with_the_time_left() {
    assert_dialog!("sessions_with_standby", with_standby().keys("<Tab>"));
    let mut small = with_standby().size(40, 10).keys("<Tab>");
    let shown = small.screen();
    assert!(shown.contains("west-1  ○ none") && shown.contains("west-2  5h 00m"), "{shown}");
}

#[test]
fn a_key_signs_in_at_a_replica_and_only_where_there_is_one() {
    let mut app = with_standby().keys("<Tab>b");
    assert!(matches!(&app.model.screen, Screen::SignIn(sign_in) if sign_in.place == Place::Replica));
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::SignIn { place: Place::Replica, .. }))));
    assert!(app.screen().contains("Sign in to acme-prod, standby"), "{}", app.screen());
    let without = TestApp::with_kept().keys("<Tab>b");
    assert!(!matches!(without.model.screen, Screen::SignIn(_)));
}

#[test]
fn while_the_region_is_out_the_sign_in_at_a_replica_is_used_and_no_other_asked_for() {
    let signed_out = |mut app: TestApp| {
        app.set_signed_out("acme-prod");
        app
    };
    let first_task = |app: TestApp| match app.effects.into_iter().next_back() {
        Some(Effect::Spawn(_, task)) => task,
        other => panic!("{other:?}"),
    };
    let obtain = |app: TestApp| first_task(app.keys("stage dev<Enter><Enter>"));
    assert!(matches!(obtain(signed_out(with_standby().out())), Task::FetchCredentials(_) | Task::OpenShell(..)));
    assert!(matches!(obtain(signed_out(with_standby())), Task::SignIn { place: Place::Own, .. }));
}
