use crate::tui::model::screen::Dialog;
use crate::tui::tests::test_app::*;

#[test]
fn help_lists_the_keys_of_the_screen_below() {
    assert_screen!("help", TestApp::with_kept().keys("?").size(100, 30));
    assert_screen!("help_sign_in", TestApp::signed_out().opened().code_issued().keys("?").size(100, 30));
}

#[test]
fn scrolling_past_the_end_is_undone_by_one_key() {
    let first = |script: &str| match TestApp::with_kept().size(80, 16).keys(script).model.dialogs.pop() {
        Some(Dialog::Help(dialog)) => dialog.first,
        other => panic!("{other:?}"),
    };
    let end = first("?<End>");
    assert!(end > 1, "the list is longer than the screen");
    assert_eq!(first("?<End><Down><Down>"), end);
    assert_eq!(first("?<End><Down><Down><Up>"), end - 1);
}
