use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::tier::Tier;
use crate::error::Error;
use crate::tui::effect::Effect;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn errors_say_what_to_do_and_stay_until_closed() {
    let denied = || {
        let source = AwsError {
            operation: "GetRoleCredentials",
            kind: AwsErrorKind::Forbidden,
            detail: "no access \u{1b}[2J".into(),
        };
        let error = Error::NotAssigned { target: target("100000023757/Developer"), source };
        TestApp::signed_in().keys("pay dev<Enter>").task_failed(error)
    };
    // Where there are two sessions, the command names its own.
    assert!(denied().screen().contains("daypass roles --session acme-prod --refresh"));
    assert_dialog!("denied_narrow", denied().size(40, 10));
    let app = denied().advance(3_600).keys("abc");
    assert_eq!(app.model.dialogs.len(), 1);
    assert!(app.keys("<Esc>").model.dialogs.is_empty());
}

#[test]
fn a_session_that_has_ended_offers_to_sign_in_and_fetch_again() {
    let app = TestApp::with_kept().keys("log read<Enter>").ended_by_aws();
    let app = app.keys("<Enter>");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::SignIn { .. }))));
    assert!(matches!(&app.model.screen, Screen::SignIn(sign_in)
        if sign_in.then.as_ref().is_some_and(|goal| goal.target == target("100000000001/ReadOnlyAccess"))));
}

#[test]
fn a_policy_that_asks_for_a_reason_since_the_key_was_pressed_offers_to_give_one() {
    let asked = target("100000023757/Developer");
    let error = Error::ReasonRequired { target: asked.clone(), tier: Tier::Developer, lacking: None };
    let app = TestApp::signed_in().keys("pay dev<Enter>").task_failed(error);
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Error(_)]), "what is being typed is no reason");
    let app = app.keys("<Enter>");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Elevation(dialog)] if dialog.goal.target == asked));
}

#[test]
fn an_error_that_does_not_fit_scrolls_by_keys_and_wheel() {
    let mut app = TestApp::signed_in().size(40, 10).keys("pay dev<Enter>");
    let detail = "the account is suspended, and has been for some time; ask the owner of the account to have it back in \
                  the organisation, then list the roles again, and only then try this once more";
    let source = AwsError { operation: "GetRoleCredentials", kind: AwsErrorKind::Forbidden, detail: detail.into() };
    app = app.task_failed(Error::NotAssigned { target: target("100000023757/Developer"), source });
    let top = app.dialog();
    let app = app.keys("<End>");
    assert_dialog!("denied_scrolled", app);
    let mut app = TestApp::signed_in().size(40, 10).keys("pay dev<Enter>");
    let source = AwsError { operation: "GetRoleCredentials", kind: AwsErrorKind::Forbidden, detail: detail.into() };
    app = app.task_failed(Error::NotAssigned { target: target("100000023757/Developer"), source });
    assert_ne!(app.wheel(1).dialog(), top);
}
