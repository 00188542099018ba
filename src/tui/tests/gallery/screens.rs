//! The states of the screens besides that of the roles: active credentials, sign-in and setup.

use std::time::Duration;

use super::State;
use super::apps::*;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::device_flow::PollOutcome;
use crate::domain::ids::SessionName;
use crate::error::{Error, KeyringFault};
use crate::flows::login::Event;
use crate::ports::{Link, Opened};
use crate::tui::tests::test_app::*;

pub(super) const STATES: &[State] = &[
    ("active", || busy_day().keys("<F2>")),
    ("active_second", || busy_day().keys("<F2><Down>")),
    ("active_organisations", || organisations().keys("<F2>")),
    ("active_empty", || alone().keys("<F2>")),
    ("active_fetching", || busy_day().keys("<F2><Down>r")),
    ("active_very_long_names", || long_and_kept().keys("<F2>")),
    ("band", || elevated()),
    ("band_active", || elevated().keys("<F2>")),
    ("band_three", || {
        elevated().with_elevation("100000086989/AWSAdministratorAccess", 10, 60, 60).with_elevation(
            "100000031415/AWSAdministratorAccess",
            1,
            60,
            60,
        )
    }),
    ("band_at_end", || elevated().advance(25 * 60 + 20)),
    ("band_drill", || alone().with_drill("100000027182/AWSAdministratorAccess", 6, 15)),
    ("band_drill_last", || {
        elevated().with_drill("100000027182/AWSAdministratorAccess", 6, 15).keys("<F6><Down>").all_elevations()
    }),
    ("elevation_has_ended", || elevated().advance(27 * 60).first_elevation_ended("expired")),
    ("elevation_has_ended_active", || elevated().advance(27 * 60).first_elevation_ended("expired").keys("<F2>")),
    ("elevations", || listed().keys("<F6>").all_elevations()),
    ("elevations_many", || many().keys("<F6>").all_elevations().keys("<Down>")),
    ("elevations_read", || many().keys("<F6>").all_elevations().keys("<Enter><Down><Down>")),
    ("elevations_over", || listed().keys("<F6>").all_elevations().keys("stage")),
    ("elevations_reading", || listed().keys("<F6>")),
    ("elevations_none_match", || listed().keys("<F6>").all_elevations().keys("zzz")),
    ("sign_in_asking", || TestApp::signed_out().opened()),
    ("sign_in_asking_for_the_browser", || TestApp::signed_out().opened().keys("p")),
    ("sign_in_code", with_code),
    ("sign_in_code_ends_soon", || with_code().advance(560)),
    ("sign_in_browser_opened", || with_code().sign_in_event(Event::Browser(Opened::Yes))),
    ("sign_in_browser_failed", || with_code().sign_in_event(Event::Browser(Opened::No("xdg-open is missing".into())))),
    ("sign_in_throttled", || with_code().sign_in_event(Event::StillWaiting(PollOutcome::Throttled))),
    ("sign_in_unreachable", || with_code().sign_in_event(Event::StillWaiting(PollOutcome::Unreachable))),
    ("sign_in_demo", || TestApp::signed_out().demo().opened().code_issued().advance(2)),
    ("sign_in_demo_approved", || TestApp::signed_out().demo().opened().code_issued().advance(7)),
    ("sign_in_by_browser", by_browser),
    ("sign_in_by_browser_opened", || by_browser().sign_in_event(Event::Browser(Opened::Yes))),
    ("sign_in_by_browser_failed", || by_browser().task_failed(unreachable())),
    ("sign_in_not_confirmed_in_time", || with_code().task_failed(not_in_time())),
    ("sign_in_declined", || with_code().task_failed(Error::SignInDeclined { said: "access_denied".into() })),
    ("sign_in_keyring_locked", || with_code().task_failed(keyring_locked())),
    ("sign_in_wrong_portal", || TestApp::signed_out().opened().task_failed(unreachable())),
    ("sign_in_again_for_a_role", || organisations().advance(9 * 3_600).keys("lake dev<Enter>").code_issued()),
    ("sign_in_done", signed_in),
    ("setup", TestApp::unconfigured),
    ("setup_half", || TestApp::unconfigured().keys("acme")),
    ("setup_wrong", || TestApp::unconfigured().keys("http://x<Tab>us")),
    ("setup_needed", || TestApp::unconfigured().keys("<Enter>")),
    ("setup_good", || TestApp::unconfigured().keys("acme<Tab>us-east-1")),
    ("setup_further", || alone().keys("<Tab>a")),
    ("setup_further_of_three", || organisations().keys("<Tab>a")),
    ("setup_name_taken", || alone().keys("<Tab>aacme-prod<Enter>us-east-1<Enter>")),
    ("setup_name_taken_elsewhere", || alone().keys("<Tab>aacme-prod<Enter>eu-west-1<Enter>")),
];

/// An elevation is active, and two are over.
fn listed() -> TestApp {
    let stage = "100000086989/AWSAdministratorAccess";
    elevated().past_elevation(stage, 1_500, 30).past_elevation(stage, 300, 20)
}

/// Two elevations and a drill are active, one ended a moment ago, and a dozen are over.
fn many() -> TestApp {
    let (stage, lake) = ("100000086989/AWSAdministratorAccess", "100000031415/AWSAdministratorAccess");
    let app = elevated().advance(27 * 60).first_elevation_ended("ended_early");
    let app = app.with_elevation(stage, -25, 30, 60).with_elevation(lake, -20, 30, 240);
    let app = app.with_drill("100000027182/AWSAdministratorAccess", -20, 15);
    (1..13).fold(app, |app, day| app.past_elevation(stage, day * 1_440, 20))
}

fn with_code() -> TestApp {
    TestApp::signed_out().opened().code_issued()
}

fn by_browser() -> TestApp {
    let link = "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=abc&state=0123456789";
    let link = Link::Private(link.parse().unwrap());
    let event = Event::BrowserNeeded { link, expires_in: Duration::from_secs(600) };
    TestApp::signed_out().opened().keys("p").sign_in_event(event)
}

fn not_in_time() -> Error {
    Error::SignInExpired { session: SessionName::parse("acme-prod").unwrap() }
}

fn keyring_locked() -> Error {
    Error::Keyring { fault: KeyringFault::Locked, detail: "the collection `login` is locked".into() }
}

fn unreachable() -> Error {
    let kind = AwsErrorKind::Unreachable;
    Error::Aws(AwsError { operation: "RegisterClient", kind, detail: "no such host".into() })
}

fn signed_in() -> TestApp {
    let mut app = with_code();
    app.set_signed_in("acme-prod", lifespan(0, 480));
    app.task_done()
}

fn long_and_kept() -> TestApp {
    let app = very_long_names();
    let role = app.model.sessions[0].catalog.entries[0].roles.names()[0].clone();
    app.with_credentials(&format!("{}/{role}", ACCOUNTS[0].0), 13, 60, 60, None)
}
