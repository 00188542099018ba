use std::time::Duration;

use crate::domain::ids::SessionName;
use crate::domain::session::Flow;
use crate::error::Error;
use crate::flows::login::Event;
use crate::ports::{Link, Opened};
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::screen::Screen;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

fn with_code() -> TestApp {
    TestApp::signed_out().opened().code_issued()
}

#[test]
fn a_code_is_requested_at_once_and_shown_large() {
    assert_screen!("sign_in_asking", TestApp::signed_out().opened());
    assert_screen!("sign_in", with_code());
    assert_screen!("sign_in_wide", with_code().size(120, 40));
    assert_screen!("sign_in_narrow", with_code().size(50, 16));
    assert_screen!("sign_in_smallest", with_code().size(40, 10));
    assert_screen!("sign_in_demo", TestApp::signed_out().demo().opened().code_issued().advance(2));
}

#[test]
fn every_state_of_a_sign_in_is_shown() {
    let unreachable = Event::StillWaiting { reachable: false };
    assert_screen!("sign_in_unreachable", with_code().sign_in_event(unreachable).advance(480));
    let browser_failed = Event::Browser(Opened::No("xdg-open is missing".into()));
    assert_screen!("sign_in_browser_failed", with_code().sign_in_event(browser_failed));
    let declined = Error::SignInDeclined { said: "access_denied".into() };
    assert_screen!("sign_in_declined", with_code().task_failed(declined));
    assert_screen!("sign_in_expired", expired());
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
    let app = app.sign_in_event(Event::BrowserNeeded { link, expires_in: Duration::from_secs(600) });
    assert_screen!("sign_in_pkce", app);
}

#[test]
fn success_leads_to_the_roles_and_a_listing() {
    let mut app = with_code();
    app.set_signed_in("acme-prod", lifespan(0, 480));
    let app = app.task_done();
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::ListRoles(_)))));
    assert_screen!("signed_in", app);
}

#[test]
fn escape_cancels_the_sign_in() {
    let sign_in = with_code().last_task();
    let app = with_code().keys("<Esc>");
    assert!(matches!(app.effects.last(), Some(Effect::Cancel(id)) if *id == sign_in));
    assert_screen!("signed_out", app);
}

#[test]
fn a_role_chosen_while_signed_out_is_fetched_after_the_sign_in() {
    let mut app = TestApp::signed_in().advance(9 * 3_600).keys("pay dev<Enter>").code_issued();
    app.set_signed_in("acme-prod", lifespan(-540, 480));
    let app = app.task_done();
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::FetchCredentials(request)))
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
}
