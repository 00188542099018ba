use std::time::Duration;

use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::device_flow::PollOutcome;
use crate::domain::ids::SessionName;
use crate::domain::session::Flow;
use crate::error::{Error, KeyringFault};
use crate::flows::login::Event;
use crate::ports::Link;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::screen::Screen;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

fn with_code() -> TestApp {
    TestApp::signed_out().opened().code_issued()
}

#[test]
fn the_code_can_be_read_on_narrow_and_small_screens() {
    assert_screen!("sign_in_narrow", with_code().size(50, 16));
    assert_screen!("sign_in_smallest", with_code().size(40, 10));
}

#[test]
fn asking_too_often_is_not_shown_and_being_throttled_is() {
    let answered = |outcome| with_code().sign_in_event(Event::StillWaiting(outcome));
    assert_screen!("sign_in_throttled", answered(PollOutcome::Throttled).size(80, 20));
    let waiting = answered(PollOutcome::SlowDown).screen();
    assert!(waiting.contains("waiting for you to confirm"), "{waiting}");
}

#[test]
fn only_what_was_declined_or_came_too_late_is_called_so() {
    let keyring = |fault| Error::Keyring { fault, detail: "what the keyring says".into() };
    let answer = |kind| Error::Aws(AwsError { operation: "CreateToken", kind, detail: "".into() });
    let table = [
        (answer(AwsErrorKind::AccessDenied), "The sign-in was declined", None),
        (answer(AwsErrorKind::CodeExpired), "Not confirmed in time", None),
        (keyring(KeyringFault::PromptDismissed), "Keyring trouble", Some("run the command again")),
        (keyring(KeyringFault::Damaged), "Keyring trouble", Some("daypass login")),
        (keyring(KeyringFault::Absent), "Keyring trouble", Some("DAYPASS_STORE=keyutils")),
        (answer(AwsErrorKind::Unreachable), "AWS is not answering", Some("HTTPS_PROXY and the region")),
        (answer(AwsErrorKind::Throttled(None)), "AWS asks to slow down", Some("in a minute")),
        (answer(AwsErrorKind::Misconfigured), "That cannot be used", Some("AWS_CA_BUNDLE")),
        (login_needed(), "Sign-in needed", None),
    ];
    for (error, heading, hint) in table {
        let screen = with_code().task_failed(error).screen();
        assert!(screen.contains(&format!("✗  {heading}")), "{heading}:\n{screen}");
        assert!(hint.is_none_or(|hint| screen.contains(hint)), "{hint:?}:\n{screen}");
    }
}

#[test]
fn a_first_sign_in_that_may_have_failed_for_a_wrong_portal_says_how_to_correct_it() {
    let unreachable = || {
        let kind = AwsErrorKind::Unreachable;
        Error::Aws(AwsError { operation: "RegisterClient", kind, detail: "no such host".into() })
    };
    let correct = "daypass login acme-prod --start-url URL --region";
    let failed = |app: TestApp, error| app.opened().task_failed(error).size(120, 40);
    assert!(failed(TestApp::signed_out(), unreachable()).screen().contains(correct));
    assert!(!failed(TestApp::signed_out(), Error::TaskEnded).screen().contains(correct));
    let known = TestApp::signed_in().advance(9 * 3_600);
    assert!(!failed(known.keys("pay dev<Enter>"), unreachable()).screen().contains(correct));
}

fn expired() -> TestApp {
    let session = SessionName::parse("acme-prod").unwrap();
    with_code().task_failed(Error::SignInExpired { session })
}

#[test]
fn an_expired_sign_in_starts_again_only_on_a_key() {
    let spawned = expired().effects.len();
    assert_eq!(expired().advance(3_600).effects.len(), spawned);
    let app = expired().keys("<Enter>");
    assert_eq!(app.effects.len(), spawned + 1);
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::SignIn { flow: Flow::Device, .. }))));
}

#[test]
fn switching_the_flow_cancels_the_sign_in_and_drops_its_messages() {
    let app = with_code();
    let device = app.last_task();
    let mut app = app.keys("p");
    assert!(
        matches!(app.effects.as_slice(), [.., Effect::Cancel(id), Effect::Spawn(_, Task::SignIn { flow: Flow::Pkce, .. })]
        if *id == device)
    );
    app.send(Message::TaskEnded(device, Err(login_needed())));
    let link = "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=abc".parse().unwrap();
    let link = Link::Private(link);
    let mut app = app.sign_in_event(Event::BrowserNeeded { link, expires_in: Duration::from_secs(600) });
    assert!(app.screen().contains("response_type=code"));
}

#[test]
fn success_leads_to_the_roles_and_a_listing() {
    let mut app = with_code();
    app.set_signed_in("acme-prod", lifespan(0, 480));
    let app = app.task_done();
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::ListRoles(_)))));
    assert!(matches!(app.model.screen, Screen::Roles));
}

#[test]
fn escape_cancels_the_sign_in() {
    let sign_in = with_code().last_task();
    let app = with_code().keys("<Esc>");
    assert!(matches!(app.effects.last(), Some(Effect::Cancel(id)) if *id == sign_in));
    assert!(matches!(app.model.screen, Screen::Roles));
}

#[test]
fn a_role_chosen_while_signed_out_is_fetched_after_the_sign_in() {
    let mut app = TestApp::signed_in().advance(9 * 3_600).keys("pay dev<Enter>").code_issued();
    app.set_signed_in("acme-prod", lifespan(-540, 480));
    let app = app.task_done();
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::OpenShell(request, _)))
        if *request.source.target() == target("100000023757/Developer")));
}

#[test]
fn keys_copy_and_open_the_link_with_the_code() {
    let app = with_code().keys("c");
    let expected = "https://device.sso.us-east-1.amazonaws.com/?user_code=WDKF-QXRT";
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::CopyLink(Link::Public(link))))
        if link.as_str() == expected));
    let app = with_code().keys("o");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::OpenLink(Link::Public(link))))
        if link.as_str() == expected));
    assert!(matches!(app.model.screen, Screen::SignIn(_)));
}

#[test]
fn a_link_that_authorizes_a_browser_is_kept_from_other_users() {
    let link = Link::Private("https://oidc.us-east-1.amazonaws.com/authorize?state=CANARY".parse().unwrap());
    let event = Event::BrowserNeeded { link, expires_in: Duration::from_secs(600) };
    assert!(!format!("{event:?}").contains("CANARY"));
    let app = with_code().keys("p").sign_in_event(event);
    assert!(!format!("{:?}", app.model.screen).contains("CANARY"));
    let app = app.keys("o");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::OpenLink(Link::Private(_))))));
    let app = app.keys("c");
    let copies = app.effects.last();
    assert!(matches!(copies, Some(Effect::Spawn(_, Task::CopyLink(Link::Private(_))))));
    assert!(!format!("{copies:?}").contains("CANARY"));
    let mut failed = app.task_failed(Error::NoClipboard { tool: None, source: None });
    assert!(failed.screen().contains("select the link on the screen"));
    assert!(!format!("{:?}", failed.model.dialogs).contains("CANARY"));
}
