//! Setup and sign-in, phase by phase.

use std::time::Duration;

use super::stage::*;
use crate::error::{Error, Kind};
use crate::flows::login::Event;
use crate::ports::{Link, Opened};
use crate::tui::effect::{Effect, Work};
use crate::tui::message::Message;
use crate::tui::model::Screen;

fn coded() -> Stage {
    Stage::new_here().begin().code_issued()
}

#[test]
fn a_code_is_asked_for_at_once_and_shown_large() {
    shows!("sign_in_asking", Stage::new_here().begin());
    shows!("sign_in", coded());
    shows!("sign_in_wide", coded().size(120, 40));
    shows!("sign_in_narrow", coded().size(50, 16));
    shows!("sign_in_smallest", coded().size(40, 10));
    shows!("sign_in_demo", Stage::new_here().demo().begin().code_issued().wait(2));
}

#[test]
fn every_state_of_a_sign_in_is_told() {
    shows!("sign_in_unreachable", coded().told(Event::StillWaiting { reachable: false }).wait(480));
    shows!("sign_in_browser_failed", coded().told(Event::Browser(Opened::No("xdg-open is missing".into()))));
    let declined = Error::new(Kind::Denied, "the sign-in was declined (access_denied)").hint("daypass login");
    shows!("sign_in_declined", coded().failed(declined));
    let expired = || Error::new(Kind::LoginNeeded, "the sign-in was not confirmed in time; the code has expired");
    shows!("sign_in_expired", coded().failed(expired()));
    let stage = coded().failed(expired());
    let begun = stage.effects.len();
    assert_eq!(stage.wait(3_600).effects.len(), begun, "no new code before a key is pressed");
    assert_eq!(coded().failed(expired()).keys("<Enter>").effects.len(), begun + 1);
}

#[test]
fn the_flow_can_be_switched_and_the_old_answer_is_dropped() {
    let stage = coded();
    let old = stage.last_attempt();
    let mut stage = stage.keys("p");
    assert!(matches!(
        stage.effects.last(),
        Some(Effect::Start(_, Work::SignIn { flow: crate::domain::session::Flow::Pkce, .. }))
    ));
    stage.take(Message::Ended(old, Err(signed_out().into())));
    let link = "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=abc".parse().unwrap();
    let stage = stage.told(Event::BrowserNeeded { link, expires_in: Duration::from_secs(600) });
    shows!("sign_in_pkce", stage);
}

#[test]
fn a_key_opens_the_link_and_one_that_authorizes_is_kept_from_other_users() {
    assert!(matches!(coded().keys("o").effects.last(), Some(Effect::Start(_, Work::OpenLink(Link::Public(_))))));
    let link = "https://oidc.us-east-1.amazonaws.com/authorize?state=abc".parse().unwrap();
    let stage = coded().keys("p").told(Event::BrowserNeeded { link, expires_in: Duration::from_secs(600) });
    assert!(matches!(stage.keys("o").effects.last(), Some(Effect::Start(_, Work::OpenLink(Link::Private(_))))));
}

#[test]
fn success_leads_to_the_roles_and_a_listing() {
    let mut stage = coded();
    stage.sign_in("acme-prod", lifespan(0, 480));
    let stage = stage.done();
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::List(_)))));
    shows!("signed_in", stage);
}

#[test]
fn leaving_a_sign_in_is_asked_about_and_escape_cancels_it() {
    shows!("quit_sign_in", coded().keys("<C-c>"));
    assert!(coded().keys("<C-c><C-c>").model.leaving);
    let stage = coded().keys("<Esc>");
    assert!(matches!(stage.effects.last(), Some(Effect::Cancel(_))));
    shows!("signed_out", stage);
}

#[test]
fn a_role_chosen_while_signed_out_is_fetched_after_the_sign_in() {
    let mut stage = Stage::signed_in().wait(9 * 3_600).keys("pay dev<Enter>").code_issued();
    stage.sign_in("acme-prod", lifespan(-540, 480));
    let stage = stage.done();
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::Fetch(_)))));
}

#[test]
fn setup_checks_while_typing_and_says_what_it_writes() {
    shows!("setup", Stage::unconfigured());
    shows!("setup_half", Stage::unconfigured().keys("http://x<Tab>us"));
    shows!("setup_good", Stage::unconfigured().keys("acme<Tab>us-east-1"));
    shows!("setup_narrow", Stage::unconfigured().keys("acme<Tab>us-east-1").size(50, 16));
    let stage = Stage::unconfigured().keys("acme<Enter>us-east-1<Enter>");
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::AddSession(_)))));
    let stage = stage.done();
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::SignIn { .. }))));
    assert!(matches!(stage.model.screen, Screen::SignIn(_)));
}
