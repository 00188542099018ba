use crate::tui::tests::test_app::*;

#[test]
fn scrolling_past_the_end_is_undone_by_one_key() {
    let screen = |script: &str| TestApp::with_kept().size(80, 16).keys(script).screen();
    assert_ne!(screen("?"), screen("?<End>"), "the list is longer than the screen");
    assert_eq!(screen("?<End><Down><Down>"), screen("?<End>"));
    assert_ne!(screen("?<End><Down><Down><Up>"), screen("?<End>"));
    assert_eq!(screen("?<End><Down><Down><Up><Down>"), screen("?<End>"));
}

#[test]
fn keys_can_be_read_on_a_small_screen() {
    assert_dialog!("help_40x10", TestApp::with_kept().size(40, 10).keys("?"));
}

#[test]
fn no_line_is_cut_at_60_columns() {
    let apps = ["", "pay", "<F2>", "<F4>"].map(|script| TestApp::with_kept().keys(script));
    let signing_in = || TestApp::signed_out().opened().code_issued();
    for app in apps.into_iter().chain([signing_in(), signing_in().keys("p"), TestApp::unconfigured()]) {
        let help = app.size(60, 60).keys("<F1>").dialog();
        assert!(help.contains("Leave at once") && !help.contains('…'), "{help}");
    }
}
