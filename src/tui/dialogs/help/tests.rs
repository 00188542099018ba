use crate::tui::tests::test_app::*;

#[test]
fn help_lists_the_keys_of_the_screen_below() {
    assert_screen!("help", TestApp::with_kept().keys("?").size(100, 30));
    assert_screen!("help_sign_in", TestApp::signed_out().opened().code_issued().keys("?").size(100, 30));
}

#[test]
fn scrolling_past_the_end_is_undone_by_one_key() {
    let screen = |script: &str| TestApp::with_kept().size(80, 16).keys(script).screen();
    assert_ne!(screen("?"), screen("?<End>"), "the list is longer than the screen");
    assert_eq!(screen("?<End><Down><Down>"), screen("?<End>"));
    assert_ne!(screen("?<End><Down><Down><Up>"), screen("?<End>"));
    assert_eq!(screen("?<End><Down><Down><Up><Down>"), screen("?<End>"));
}
