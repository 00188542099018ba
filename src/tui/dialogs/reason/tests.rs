use crate::tui::effect::Effect;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn admin_requires_a_reason_that_enter_alone_does_not_give() {
    assert_screen!("reason", TestApp::signed_in().keys("pay admin<Enter>"));
    assert_screen!("reason_short", TestApp::signed_in().keys("pay admin<Enter>short<Enter>").size(60, 20));
    let app = TestApp::signed_in().keys("pay admin<Enter>restore the ledger");
    assert!(app.effects.is_empty());
    assert_screen!("reason_good", TestApp::signed_in().keys("pay admin<Enter>restore the ledger").size(120, 40));
    let app = app.keys("<Enter>");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::FetchCredentials(request)))
        if request.reason.as_ref().is_some_and(|reason| reason.as_str() == "restore the ledger")));
}

#[test]
fn a_paste_fills_the_reason_and_submits_nothing() {
    let huge = format!("restore the ledger\u{1b}[201~\r{}", "x y z ".repeat(200_000));
    let app = TestApp::signed_in().keys("pay admin<Enter>").paste(&huge);
    assert!(app.effects.is_empty());
    let app = app.keys("<Enter><Enter>");
    assert!(app.effects.is_empty(), "a paste and Enter submit nothing");
    let pasted = || TestApp::signed_in().keys("pay admin<Enter>").paste("restore the ledger");
    assert_screen!("reason_pasted", pasted().keys("<Enter>"));
    assert_eq!(pasted().keys("!<Enter>").effects.len(), 1, "another key means that the person has read it");
    let app = TestApp::signed_in().keys("pay admin<Enter>restore the ledger").keys_in_burst("<Enter>");
    assert!(app.effects.is_empty(), "an Enter in a burst submits nothing");
}
