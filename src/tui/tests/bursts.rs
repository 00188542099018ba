//! Pastes that a terminal delivers as key presses: no letter of them and no line end gets credentials.

use super::test_app::*;
use crate::tui::effect::Effect;
use crate::tui::model::pending_task::PendingTask;

fn opened(app: TestApp, first: &str, rest: &str) -> TestApp {
    let app = app.keys(first);
    assert!(app.model.pending.values().any(PendingTask::is_for_shell), "{first} alone opens a shell");
    app.keys_in_burst(rest)
}

#[test]
fn a_paste_whose_first_key_would_open_a_shell_is_text_and_opens_none() {
    for (first, rest, query) in [("1", "00000023757", "100000023757"), ("<Enter>", "rm x<Enter>", "rm x")] {
        let app = opened(TestApp::with_kept().opened(), first, rest);
        assert!(!app.model.pending.values().any(PendingTask::is_for_shell), "{first}");
        let task = app.last_task();
        assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Cancel(id) if *id == task)), "{first}");
        assert_eq!(app.model.withdrawn, Some(task), "its shell is not wanted, even if it was ready before");
        assert_eq!(app.model.roles.query.text(), query);
    }
}

#[test]
fn a_key_that_is_pressed_by_hand_afterwards_takes_no_shell_back() {
    let app = TestApp::with_kept().opened().keys("<Enter>").keys("x").keys_in_burst("y");
    assert!(app.model.pending.values().any(PendingTask::is_for_shell));
    assert_eq!(app.model.withdrawn, None);
}

#[test]
fn a_shell_that_was_cancelled_is_not_wanted_any_more() {
    let app = TestApp::with_kept().opened().keys("<Enter>");
    let task = app.last_task();
    assert_eq!(app.keys("<Esc>").model.withdrawn, Some(task));
}
