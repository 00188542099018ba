use crate::tui::effect::Effect;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn escape_leads_back_to_the_roles() {
    assert!(matches!(TestApp::with_kept().keys("<F2><Esc>").model.screen, Screen::Roles));
}

#[test]
fn renewing_asks_aws_again_though_the_credentials_are_fresh() {
    let app = TestApp::with_kept().keys("<F2>jr");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::FetchCredentials(request)))
        if *request.source.target() == target("100000023757/Developer") && request.renew));
    let opened = TestApp::with_kept().keys("<F2>j<Enter>");
    assert!(matches!(opened.effects.last(), Some(Effect::Spawn(_, Task::OpenShell(request, _))) if !request.renew));
}

#[test]
fn renewing_what_asked_for_a_reason_asks_for_one_again() {
    let app = TestApp::with_kept().keys("<F2>r");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Elevation(_)]));
}
