use crate::tui::effect::Effect;
use crate::tui::model::screen::Dialog;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

const OPEN: &str = "pay admin<Enter>";

fn opened() -> TestApp {
    TestApp::signed_in().keys(OPEN)
}

/// What stands in the field.
fn typed(app: &TestApp) -> &str {
    match app.model.dialogs.last() {
        Some(Dialog::Reason(dialog)) => dialog.text.text(),
        other => panic!("{other:?}"),
    }
}

/// The reasons of the fetches so far.
fn submitted(app: &TestApp) -> Vec<&str> {
    let reason = |effect| match effect {
        &Effect::Spawn(_, Task::OpenShell(ref request, _)) => request.reason.as_ref().map(|reason| reason.as_str()),
        _ => None,
    };
    app.effects.iter().filter_map(reason).collect()
}

#[test]
fn what_to_do_stands_before_facts_on_the_smallest_screen() {
    let long = "restore the ledger table after INC-4711: the nightly job dropped the last partition, and the on-call \
                engineer of payments has asked for it in the incident's channel; the table is put back from the copy \
                of 03:00 and checked against the queue";
    let app = || opened().with_reasons(&["restore the ledger"]).size(40, 10);
    assert_dialog!("reason_40x10", app().keys("restore the ledger"));
    assert_dialog!("reason_long_40x10", app().keys(long));
}

#[test]
fn admin_requires_a_reason_that_enter_alone_does_not_give() {
    let app = opened().keys("<Enter>restore the ledger");
    assert_eq!(submitted(&app), [] as [&str; 0]);
    assert_eq!(submitted(&app.keys("<Enter>")), ["restore the ledger"]);
}

#[test]
fn a_paste_fills_the_reason_and_submits_nothing() {
    let huge = format!("restore the ledger\u{1b}[201~\r{}", "x y z ".repeat(200_000));
    let app = opened().paste(&huge);
    assert!(app.effects.is_empty());
    let app = app.keys("<Enter><Enter>");
    assert!(app.effects.is_empty(), "a paste and Enter submit nothing");
    let pasted = || opened().paste("restore the ledger");
    assert_eq!(submitted(&pasted().keys("!<Enter>")), ["restore the ledger!"], "another key means that it was read");
    let app = opened().keys("restore the ledger").keys_in_burst("<Enter>");
    assert!(app.effects.is_empty(), "an Enter in a burst submits nothing");
}

#[test]
fn what_was_typed_is_there_again_for_the_same_role_and_no_other() {
    let left = || opened().keys("restore the<Esc>");
    assert_eq!(typed(&left().keys("<Enter>")), "restore the");
    assert_eq!(typed(&left().keys("<Esc>stage admin<Enter>")), "");
    assert_eq!(submitted(&left().keys("<Enter> ledger<Enter>")), ["restore the ledger"]);
    let emptied = left().keys("<Enter><C-u><Esc><Enter>");
    assert_eq!(typed(&emptied), "");
}

#[test]
fn a_reason_that_was_submitted_is_no_draft_any_more() {
    let app = opened().keys("restore the<Esc><Enter> ledger<Enter>");
    assert!(app.model.drafts.is_empty());
}

#[test]
fn a_paste_in_a_draft_still_has_to_be_reviewed() {
    let reopened = || opened().paste("restore the ledger").keys("<Esc><Enter>");
    let app = reopened().keys("<Enter>");
    assert_eq!((typed(&app), submitted(&app)), ("restore the ledger", Vec::new()));
    assert_eq!(submitted(&reopened().keys("<Esc><Enter><Enter>")), [] as [&str; 0], "leaving it again is no review");
    assert_eq!(submitted(&reopened().keys("!<Enter>")), ["restore the ledger!"]);
}

#[test]
fn recent_reasons_are_recalled_and_entered_only_by_enter() {
    let app = || TestApp::signed_in().with_reasons(&["rotate the keys", "restore the ledger"]).keys(OPEN).keys("mine");
    for (older, newer) in [("<Up>", "<Down>"), ("<C-p>", "<C-n>")] {
        let shown = |keys: &[&str]| typed(&app().keys(&keys.concat())).to_owned();
        assert_eq!(shown(&[older]), "restore the ledger");
        assert_eq!(shown(&[older, older]), "rotate the keys");
        assert_eq!(shown(&[older, older, older]), "rotate the keys", "there is no older one");
        assert_eq!(shown(&[older, older, newer]), "restore the ledger");
        assert_eq!(shown(&[older, older, newer, newer]), "mine", "what was typed is not lost");
    }
    let recalled = app().keys("<Up>");
    assert!(recalled.effects.is_empty());
    assert_eq!(submitted(&recalled.keys("<Enter>")), ["restore the ledger"]);
    assert_eq!(submitted(&app().keys("<Up> table<Enter>")), ["restore the ledger table"]);
}

#[test]
fn up_within_the_text_moves_the_cursor_and_recalls_nothing() {
    let two_lines = "restore the ledger table that the nightly job has dropped, as INC-4711 asks for";
    let app = TestApp::signed_in().with_reasons(&["rotate the keys"]).keys(OPEN).keys(two_lines);
    let app = app.keys("<Up>");
    assert_eq!(typed(&app), two_lines);
    assert_eq!(typed(&app.keys("<Up>")), "rotate the keys");
}

#[test]
fn a_reason_that_was_used_is_remembered_and_a_rejected_one_is_not() {
    let app = opened().keys("short<Enter>");
    assert!(app.model.preferences.reasons.is_empty());
    let app = opened().keys("restore the ledger<Enter>");
    assert_eq!(app.model.preferences.reasons[0].as_str(), "restore the ledger");
    assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Spawn(_, Task::SavePreference(_)))));
}
