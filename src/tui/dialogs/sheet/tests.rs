use crate::domain::handout::Format;
use crate::tui::effect::Effect;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn the_last_action_is_reached_on_the_smallest_screen() {
    assert_screen!("sheet_40x10", TestApp::with_kept().keys("pay dev<C-o><End>").size(40, 10));
}

#[test]
fn a_letter_carries_out_its_action_and_enter_the_selected_one() {
    let copied = |script: &str| match TestApp::with_kept().keys(script).effects.pop() {
        Some(Effect::Spawn(_, Task::CopyText(text))) => text,
        other => panic!("{other:?}"),
    };
    let exec = "daypass exec --session acme-prod 100000023757/Developer --";
    let profile = "credential_process = daypass credentials 100000023757/Developer --session acme-prod";
    assert_eq!([copied("pay dev<C-o>y"), copied("pay dev<C-o><Down><Enter>")], [exec, exec]);
    assert_eq!(copied("pay dev<C-o>p"), profile);
    let app = TestApp::with_kept().keys("pay dev<C-o>f");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::CopyCredentials(request, Format::Fish, _)))
        if *request.source.target() == target("100000023757/Developer")));
    assert!(app.model.dialogs.is_empty());
}

#[test]
fn what_is_not_available_is_not_carried_out() {
    let app = TestApp::signed_in().keys("pay dev<C-o>x");
    assert!(app.effects.is_empty() && app.model.dialogs.len() == 1);
}

#[test]
fn escape_does_nothing() {
    let app = TestApp::with_kept().keys("pay dev<C-o><Esc>");
    assert!(app.model.dialogs.is_empty() && app.effects.is_empty());
}
