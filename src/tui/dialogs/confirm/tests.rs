use crate::tui::effect::Effect;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn dropping_credentials_is_confirmed() {
    assert_screen!("drop", TestApp::with_kept().keys("pay dev<C-x>"));
    assert!(TestApp::with_kept().keys("pay dev<C-x><Esc>").effects.is_empty());
    let app = TestApp::with_kept().keys("pay dev<C-x>y");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::DropCredentials(source)))
        if *source.target() == target("100000023757/Developer")));
}

#[test]
fn neither_a_burst_nor_a_paste_confirms() {
    let app = TestApp::with_kept().keys("pay dev<C-x>").keys_in_burst("<Enter>");
    assert!(app.effects.is_empty() && app.model.dialogs.len() == 1);
    let app = app.paste("y").keys("<Enter>");
    assert!(app.effects.is_empty() && app.model.dialogs.len() == 1);
}

#[test]
fn signing_out_is_confirmed() {
    assert_screen!("sign_out", TestApp::with_kept().keys("<Tab>x"));
    assert!(TestApp::with_kept().keys("<Tab>x<Esc>").effects.is_empty());
    assert!(matches!(TestApp::with_kept().keys("<Tab>xy").effects.last(), Some(Effect::Spawn(_, Task::SignOut(_)))));
}

#[test]
fn quitting_is_confirmed_except_by_ctrl_c() {
    assert_screen!("quit", TestApp::with_kept().keys("<Esc>"));
    assert!(!TestApp::with_kept().keys("<Esc>").model.should_quit);
    assert!(!TestApp::with_kept().keys("<Esc><Esc>").model.should_quit);
    assert!(TestApp::with_kept().keys("<Esc>y").model.should_quit);
    assert!(TestApp::with_kept().keys("<C-c>").model.should_quit);
    assert!(!TestApp::with_kept().keys("pay<Esc>y").model.should_quit, "esc clears the filter first");
}

#[test]
fn quitting_during_a_sign_in_is_confirmed_even_by_ctrl_c() {
    let app = || TestApp::signed_out().opened().code_issued().keys("<C-c>");
    assert_screen!("quit_sign_in", app());
    assert!(!app().model.should_quit);
    assert!(app().keys("<C-c>").model.should_quit);
}
