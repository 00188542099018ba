//! Signing in: when it polls, when it stops, what it keeps.

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::world::World;
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::device_flow::PollOutcome;
use crate::domain::session::Flow;
use crate::error::{Error, Kind, Result};
use crate::flows::login::{Event, LoginRequest, login};
use crate::ports::{Link, Opened};

fn request(world: &World, flow: Flow) -> LoginRequest {
    LoginRequest { flow, open_browser: true, ..world.login_request() }
}

async fn sign_in(world: &World, flow: Flow) -> (Result<()>, Vec<Event>) {
    let events = Mutex::new(Vec::new());
    let outcome = login(&world.ports, &request(world, flow), &|event| events.lock().unwrap().push(event)).await;
    (outcome, events.into_inner().unwrap())
}

fn seconds(moments: &[Duration]) -> Vec<u64> {
    moments.iter().map(Duration::as_secs).collect()
}

fn access_token(world: &World) -> Option<String> {
    world.record().signed_in.map(|signed_in| signed_in.access_token.expose_secret().to_owned())
}

#[tokio::test(start_paused = true)]
async fn polls_keep_the_interval_and_slow_down_adds_five_seconds_for_good() {
    use AwsErrorKind::{AuthorizationPending as Pending, ServerTrouble, SlowDown, Unreachable};
    let table: [(Option<i64>, &[AwsErrorKind], &[u64]); 7] = [
        (Some(2), &[Pending, Pending, Pending], &[2, 4, 6, 8]),
        (None, &[Pending], &[5, 10]),
        (Some(0), &[], &[5]),
        (Some(-1), &[], &[5]),
        (Some(5), &[SlowDown, Pending, SlowDown], &[5, 15, 25, 40]),
        (Some(5), &[Unreachable, ServerTrouble, Pending, Pending], &[5, 15, 35, 40, 45]),
        (Some(1), &[AwsErrorKind::Throttled(None), Pending], &[1, 3, 4]),
    ];
    for (interval, answers, polls) in table {
        let world = World::new();
        *world.aws.interval.lock().unwrap() = interval;
        world.aws.token.fail(answers.iter().copied());
        let (outcome, _) = sign_in(&world, Flow::Device).await;
        outcome.unwrap();
        assert_eq!(seconds(&world.aws.token.calls()), polls, "{interval:?} {answers:?}");
        assert!(access_token(&world).is_some(), "{interval:?} {answers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_told_whether_aws_answers() {
    use AwsErrorKind::{AuthorizationPending as Pending, ServerTrouble, SlowDown, Throttled, Unreachable};
    let world = World::new();
    world.aws.token.fail([Pending, Unreachable, Throttled(None), ServerTrouble, SlowDown]);
    let (_, events) = sign_in(&world, Flow::Device).await;
    let told = events.iter().filter_map(|event| match event {
        Event::StillWaiting(answer) => Some(*answer),
        _ => None,
    });
    let expected = [
        PollOutcome::Pending,
        PollOutcome::Unreachable,
        PollOutcome::Throttled,
        PollOutcome::Unreachable,
        PollOutcome::SlowDown,
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_end_well_ends_when_the_code_does() {
    let table = [
        (Some(1_000_000_000), AwsErrorKind::AuthorizationPending, 0),
        (Some(5), AwsErrorKind::AuthorizationPending, 119),
        (Some(5), AwsErrorKind::Unreachable, 6),
        (Some(5), AwsErrorKind::ServerTrouble, 6),
    ];
    for (interval, answer, polls) in table {
        let world = World::new();
        *world.aws.interval.lock().unwrap() = interval;
        world.aws.token.fail_always(Some(answer));
        let (outcome, _) = sign_in(&world, Flow::Device).await;
        assert_eq!(outcome.unwrap_err().kind(), Kind::LoginNeeded, "{answer:?}");
        assert_eq!(world.ports.clock.elapsed().as_secs(), 600, "{answer:?}");
        assert_eq!(world.aws.token.count(), polls, "{answer:?}");
        assert_eq!(access_token(&world), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_final_answer_ends_it_at_once_and_the_registration_is_kept() {
    let table = [
        (AwsErrorKind::CodeExpired, Kind::LoginNeeded),
        (AwsErrorKind::AccessDenied, Kind::Denied),
        (AwsErrorKind::InvalidGrant, Kind::LoginNeeded),
        (AwsErrorKind::OtherOauth, Kind::Failed),
        (AwsErrorKind::Protocol("expiresIn"), Kind::Failed),
    ];
    for (answer, kind) in table {
        let world = World::new();
        world.aws.token.fail_always(Some(answer));
        let (outcome, _) = sign_in(&world, Flow::Device).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), kind, "{answer:?}");
        let has_expired = matches!(error, Error::SignInExpired { .. });
        assert_eq!(has_expired, answer == AwsErrorKind::CodeExpired, "{error:?}");
        assert_eq!((world.aws.start.count(), world.aws.token.count()), (1, 1), "{answer:?}");
        assert!(world.record().device.is_some(), "{answer:?}");

        world.aws.token.fail_always(None);
        sign_in(&world, Flow::Device).await.0.unwrap();
        assert_eq!(world.aws.register.count(), 1, "{answer:?}: the next sign-in registers anew");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_client_registers_once_more_and_no_more() {
    for (failures, works) in [(1, true), (2, false)] {
        let world = World::new();
        world.aws.token.fail(vec![AwsErrorKind::InvalidClient; failures]);
        let (outcome, _) = sign_in(&world, Flow::Device).await;
        assert_eq!(outcome.is_ok(), works);
        assert_eq!(world.aws.register.count(), 2);
        assert_eq!(world.aws.start.count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn registering_and_starting_are_tried_three_times_with_jitter() {
    for refused in ["register", "start"] {
        let mut waits = Vec::new();
        for seed in [0, 1] {
            let world = World::new();
            world.entropy.0.store(seed, Ordering::SeqCst);
            let script = if refused == "register" { &world.aws.register } else { &world.aws.start };
            script.fail_always(Some(AwsErrorKind::ServerTrouble));
            let (outcome, _) = sign_in(&world, Flow::Device).await;
            assert_eq!(outcome.unwrap_err().kind(), Kind::Unavailable, "{refused}");
            let calls = script.calls();
            assert_eq!(calls.len(), 3, "{refused}");
            for (gap, longest) in calls.windows(2).map(|pair| pair[1] - pair[0]).zip([250, 500]) {
                let millis = gap.as_millis();
                assert!((longest / 2..=longest + 1).contains(&millis), "{refused}: {millis} ms of {longest}");
            }
            waits.push(calls[2]);
        }
        assert_ne!(waits[0], waits[1], "{refused}: no jitter");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_of_silence_end_a_browser_sign_in() {
    let world = World::new();
    let (outcome, _) = sign_in(&world, Flow::Pkce).await;
    assert_eq!(outcome.unwrap_err().kind(), Kind::LoginNeeded);
    assert_eq!(world.ports.clock.elapsed().as_secs(), 600);
    assert_eq!(world.aws.token.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn every_try_to_sign_in_by_browser_has_a_verifier_of_its_own_and_proves_it() {
    let world = World::new();
    *world.callbacks.answer.lock().unwrap() = Some(Ok("the-code".into()));
    // AWS has forgotten the registration, so the second sign-in tries twice.
    sign_in(&world, Flow::Pkce).await.0.unwrap();
    world.aws.token.fail([AwsErrorKind::InvalidClient]);
    sign_in(&world, Flow::Pkce).await.0.unwrap();
    let verifiers = world.aws.verifiers.lock().unwrap().clone();
    assert!(verifiers.iter().all(|verifier| (43..=128).contains(&verifier.len())), "{verifiers:?}");
    let distinct: std::collections::BTreeSet<_> = verifiers.iter().collect();
    assert_eq!((verifiers.len(), distinct.len()), (3, 3));
    assert_eq!(*world.aws.proved_with.lock().unwrap(), verifiers, "each code is redeemed with its own link's verifier");
    assert_eq!(world.aws.register.count(), 2);
    assert!(world.record().device.is_none(), "the two flows' registrations are kept apart");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_comes_back_from_the_browser_is_final() {
    let world = World::new();
    *world.callbacks.answer.lock().unwrap() = Some(Err("access_denied\u{1b}[2J"));
    let error = sign_in(&world, Flow::Pkce).await.0.unwrap_err();
    assert_eq!(error.kind(), Kind::Denied);
    assert!(!error.to_string().contains('\u{1b}'));
    assert_eq!(world.aws.token.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_missing_or_hanging_browser_delays_nothing() {
    for hangs in [true, false] {
        let world = World::new();
        world.browser.hangs.store(hangs, Ordering::SeqCst);
        world.browser.missing.store(!hangs, Ordering::SeqCst);
        let (outcome, events) = sign_in(&world, Flow::Device).await;
        outcome.unwrap();
        assert_eq!(world.browser.opened.load(Ordering::SeqCst), 1);
        assert_eq!(seconds(&world.aws.token.calls()), [5]);
        assert!(matches!(&events[0], Event::CodeIssued { user_code, .. } if user_code == "ABCD-EFGH"));
        let told = events.iter().any(|event| matches!(event, Event::Browser(Opened::No(_))));
        assert_eq!(told, !hangs);
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_browser_is_wanted_none_is_opened() {
    let world = World::new();
    let quiet = LoginRequest { open_browser: false, ..request(&world, Flow::Device) };
    login(&world.ports, &quiet, &|_| ()).await.unwrap();
    assert_eq!(world.browser.opened.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_others_could_use_is_opened_privately() {
    let world = World::new();
    for (flow, private) in [(Flow::Pkce, true), (Flow::Device, false)] {
        // A browser that never comes back is opened all the same.
        let _ = sign_in(&world, flow).await;
        let opened = world.browser.last.lock().unwrap().take().unwrap();
        assert_eq!(matches!(opened, Link::Private(_)), private, "{flow}");
    }
}
