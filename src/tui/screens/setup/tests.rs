use crate::tui::effect::Effect;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn the_form_shows_what_it_writes_on_a_narrow_screen() {
    assert_screen!("setup_narrow", TestApp::unconfigured().keys("acme<Tab>us-east-1").size(50, 16));
}

#[test]
fn a_warning_is_shown_to_its_end() {
    let mut app = TestApp::unconfigured().keys("<Enter>");
    let screen = app.screen().replace(['│', '\n'], " ");
    let words: Vec<&str> = screen.split_whitespace().collect();
    assert!(words.join(" ").contains("needed, such as acme, d-1234567890 or https://acme.awsapps.com/start"));
}

#[test]
fn only_where_there_is_no_session_none_was_found() {
    assert_screen!("setup_smallest", TestApp::unconfigured().size(40, 10));
    let words = "No [sso-session] was found.";
    assert!(TestApp::unconfigured().screen().contains(words));
    let mut further = TestApp::signed_in().keys("<Tab>a");
    assert!(!further.screen().contains(words));
}

#[test]
fn a_valid_form_adds_the_session_and_signs_in() {
    let app = TestApp::unconfigured().keys("acme<Enter>us-east-1<Enter>");
    assert!(matches!(app.effects.as_slice(), [Effect::Spawn(_, Task::AddSession(session))]
        if session.start_url.as_str() == "https://acme.awsapps.com/start" && session.region.as_str() == "us-east-1"));
    let app = app.task_done();
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::SignIn { .. }))));
    assert!(matches!(app.model.screen, Screen::SignIn(_)));
}

#[test]
fn a_name_that_is_taken_is_an_error() {
    let app = TestApp::signed_in().keys("<Tab>aacme-prod<Enter>us-east-1<Enter>");
    assert!(app.effects.is_empty());
    let app = TestApp::signed_in().keys("<Tab>aacme-prod<Enter>us-east-1<Enter><Esc><Esc><Tab>");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Sessions(_)]), "what the hint says");
}
