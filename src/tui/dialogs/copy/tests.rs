use crate::domain::handout::Format;
use crate::tui::effect::Effect;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn enter_on_kept_credentials_chooses_what_to_copy() {
    assert_screen!("copy", TestApp::with_kept().keys("pay dev<Enter>"));
    let app = TestApp::with_kept().keys("pay dev<Enter>2");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::CopyCredentials(request, Format::Fish)))
        if *request.source.target() == target("100000023757/Developer")));
    assert_screen!("copied", app.task_done());
}

#[test]
fn what_holds_no_secret_is_copied_as_text() {
    let copied = |script: &str| match TestApp::with_kept().keys(script).effects.pop() {
        Some(Effect::Spawn(_, Task::CopyText(text))) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        copied("pay dev<C-o><Down><Down><Down><Enter>"),
        "credential_process = daypass credentials 100000023757/Developer --session acme-prod"
    );
    assert_eq!(copied("pay dev<C-o>5"), "daypass exec --session acme-prod 100000023757/Developer --");
}

#[test]
fn escape_copies_nothing() {
    let app = TestApp::with_kept().keys("pay dev<Enter><Esc>");
    assert!(app.model.dialogs.is_empty() && app.effects.is_empty());
}
