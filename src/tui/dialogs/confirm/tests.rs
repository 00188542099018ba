use crate::tui::effect::Effect;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn dropping_credentials_is_confirmed() {
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
    assert!(TestApp::with_kept().keys("<Tab>x<Esc>").effects.is_empty());
    assert!(matches!(TestApp::with_kept().keys("<Tab>xy").effects.last(), Some(Effect::Spawn(_, Task::SignOut(_)))));
}

#[test]
fn leaving_asks_only_where_something_would_be_lost() {
    assert!(TestApp::with_kept().keys("<Esc>").model.should_quit);
    assert!(TestApp::unconfigured().keys("<Esc>").model.should_quit);
    assert!(!TestApp::with_kept().keys("pay<Esc>").model.should_quit, "esc clears the search first");
    // Another role is selected when esc is pressed, so that it does not cancel the request.
    let fetching = || TestApp::signed_in().keys("pay read<C-o>r<C-u><Down><Esc>");
    assert!(!fetching().model.should_quit && !fetching().keys("<Esc>").model.should_quit);
    assert!(fetching().keys("y").model.should_quit);
    assert!(fetching().keys("<C-c>").model.should_quit);
    assert!(fetching().keys("<Esc>").task_done().keys("<Esc>").model.should_quit, "it has ended");
    let typed = || TestApp::unconfigured().keys("acme<Esc>");
    assert!(!typed().model.should_quit);
}

#[test]
fn every_question_can_be_read_on_the_smallest_screen() {
    assert_dialog!("drop_40x10", TestApp::with_kept().size(40, 10).keys("pay dev<C-x>"));
    assert_dialog!("sign_out_40x10", TestApp::with_kept().size(40, 10).keys("<Tab>x"));
}

#[test]
fn quitting_during_a_sign_in_is_confirmed_even_by_ctrl_c() {
    let app = || TestApp::signed_out().opened().code_issued().keys("<C-c>");
    assert!(!app().model.should_quit);
    assert!(app().keys("<C-c>").model.should_quit);
}
