//! Role credentials: from the store, from AWS, or not at all.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;

use super::world::{World, accounts, pass, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::catalog::Catalog;
use crate::domain::credentials::CachedCredentials;
use crate::domain::ids::RoleName;
use crate::domain::policy::Policy;
use crate::error::{Error, Kind, Result};
use crate::flows::locks::{lock_session, lock_source};
use crate::flows::logout::logout;
use crate::flows::obtain::{CredentialsRequest, obtain};
use crate::flows::retry::RetryPolicy;
use crate::ports::StateStore as _;

const ONE: &str = "100000000001/Developer";
const TWO: &str = "100000000002/Developer";

async fn fetch(world: &World, name: &str) -> Result<CachedCredentials> {
    obtain(&world.ports, &Policy::built_in(), &world.request(name, None), None).await
}

#[tokio::test(start_paused = true)]
async fn many_callers_of_a_cold_role_ask_aws_once() {
    let world = World::signed_in();
    let answers = join_all((0..20).map(|_| fetch(&world, ONE))).await;
    assert!(answers.into_iter().all(|answer| answer.is_ok()));
    assert_eq!(world.aws.credentials.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_answer_counts_as_a_use_whether_fetched_or_kept() {
    let world = World::signed_in();
    let used = || {
        let index = world.state.index();
        let note = &index.session(&world.session.key()).unwrap().targets[ONE];
        (note.uses, note.last_used.unwrap())
    };
    fetch(&world, ONE).await.unwrap();
    let first = used();
    assert_eq!(first.0, 1);
    pass(60).await;
    fetch(&world, ONE).await.unwrap();
    assert_eq!(used(), (2, first.1 + SignedDuration::from_secs(60)));
    // Kept ones that serve though they could not be renewed.
    pass(3_000).await;
    world.aws.credentials.fail_always(Some(AwsErrorKind::Unreachable));
    fetch(&world, ONE).await.unwrap();
    assert_eq!(used().0, 3);
    // No answer.
    pass(3_000).await;
    fetch(&world, ONE).await.unwrap_err();
    assert_eq!(used().0, 3);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_fetch_of_another_uses_what_it_fetched() {
    let world = World::signed_in();
    let answers = join_all((0..5).map(|_| fetch(&world, ONE))).await;
    assert!(answers.into_iter().all(|answer| answer.is_ok()));
    let index = world.state.index();
    assert_eq!(index.session(&world.session.key()).unwrap().targets[ONE].uses, 5);
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_not_assigned_is_denied_and_the_session_stays() {
    let world = World::signed_in();
    world.aws.credentials.fail_always(Some(AwsErrorKind::Forbidden));
    let error = fetch(&world, ONE).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Denied);
    assert!(matches!(error, Error::NotAssigned { .. }), "it names the role: {error:?}");
    assert_eq!(world.aws.credentials.count(), 1);
    assert!(world.record().signed_in.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_gone_leaves_the_catalog() {
    let world = World::signed_in();
    let now = world.ports.clock.now().wall;
    let id = target(ONE).account;
    let listed = ["Developer", "ReadOnly"].map(|name| RoleName::parse(name).unwrap());
    let mut list = |catalog: &mut Catalog| {
        catalog.take_accounts(accounts(2), now);
        catalog.take_roles(&id, listed.to_vec(), now);
    };
    world.state.update_catalog(&world.session.key(), &mut list).unwrap();

    world.aws.credentials.fail_always(Some(AwsErrorKind::NotFound));
    assert_eq!(fetch(&world, ONE).await.unwrap_err().kind(), Kind::Denied);
    let after = world.state.catalog(&world.session.key());
    let names: Vec<_> = after.entries[1].roles.names().iter().map(RoleName::as_str).collect();
    assert_eq!(names, ["ReadOnly"]);
}

#[tokio::test(start_paused = true)]
async fn only_a_401_signs_out() {
    for reason in
        [AwsErrorKind::SignedOut, AwsErrorKind::Forbidden, AwsErrorKind::Throttled(None), AwsErrorKind::ServerTrouble]
    {
        let world = World::signed_in();
        world.aws.credentials.fail_always(Some(reason));
        let error = fetch(&world, ONE).await.unwrap_err();
        let signed_out = reason == AwsErrorKind::SignedOut;
        assert_eq!(error.kind() == Kind::LoginNeeded, signed_out, "{reason:?}");
        assert_eq!(matches!(error, Error::LoginNeeded { source: Some(_), .. }), signed_out, "it names the session");
        assert_eq!(world.record().signed_in.is_none(), signed_out, "{reason:?}");
        assert!(world.record().device.is_some(), "{reason:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_throttled_answers_are_waited_out_without_a_browser() {
    let world = World::signed_in();
    world.aws.credentials.fail([AwsErrorKind::Throttled(None), AwsErrorKind::Throttled(None)]);
    fetch(&world, ONE).await.unwrap();
    let calls = world.aws.credentials.calls();
    assert_eq!(calls.len(), 3);
    assert!(calls[1] - calls[0] >= Duration::from_millis(125) && calls[2] - calls[1] >= Duration::from_millis(250));
    assert_eq!(world.browser.opened.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured() {
    let world = World::signed_in();
    world.aws.credentials.fail([AwsErrorKind::Throttled(Some(Duration::from_secs(3)))]);
    fetch(&world, ONE).await.unwrap();
    let calls = world.aws.credentials.calls();
    assert!(calls[1] - calls[0] >= Duration::from_secs(3), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn throttling_without_end_is_given_up_in_bounded_tries_and_time() {
    let throttled = AwsErrorKind::Throttled(None);
    let long = AwsErrorKind::Throttled(Some(Duration::from_secs(30)));
    let limit = Duration::from_millis(4_200);
    for (reason, for_a_program, most_tries) in [(throttled, false, 8), (throttled, true, 7), (long, true, 1)] {
        let world = World::signed_in();
        world.aws.credentials.fail_always(Some(reason));
        let retry = if for_a_program { RetryPolicy::within(limit, &world.ports) } else { RetryPolicy::INTERACTIVE };
        let request = CredentialsRequest { retry, ..world.request(ONE, None) };
        let error = obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        let tries = world.aws.credentials.count();
        assert!((1..=most_tries).contains(&tries), "{tries}");
        assert!(!for_a_program || world.ports.clock.elapsed() <= limit);
    }
}

#[tokio::test(start_paused = true)]
async fn an_aws_that_never_answers_is_left_in_time() {
    let world = World::signed_in();
    world.aws.hold(&target(ONE));
    let limit = Duration::from_millis(4_200);
    let request = CredentialsRequest { retry: RetryPolicy::within(limit, &world.ports), ..world.request(ONE, None) };
    let error = obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(world.ports.clock.elapsed() <= limit + Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_asks_aws_though_what_is_kept_is_fresh_and_says_so_where_it_fails() {
    let world = World::signed_in();
    let renewal = CredentialsRequest { renew: true, ..world.request(ONE, None) };
    let renew = async || obtain(&world.ports, &Policy::built_in(), &renewal, None).await;
    let id = |cached: CachedCredentials| cached.credentials().access_key_id.clone();
    let first = id(fetch(&world, ONE).await.unwrap());
    assert_eq!(id(fetch(&world, ONE).await.unwrap()), first);
    assert_eq!(world.aws.credentials.count(), 1);

    let renewed = id(renew().await.unwrap());
    assert_ne!(renewed, first);
    assert_eq!(world.aws.credentials.count(), 2);
    assert_eq!(id(fetch(&world, ONE).await.unwrap()), renewed, "the new ones are kept");

    world.aws.credentials.fail_always(Some(AwsErrorKind::Forbidden));
    assert_eq!(renew().await.unwrap_err().kind(), Kind::Denied);
    world.aws.credentials.fail_always(Some(AwsErrorKind::ServerTrouble));
    assert_eq!(renew().await.unwrap_err().kind(), Kind::Unavailable);
    assert_eq!(id(fetch(&world, ONE).await.unwrap()), renewed, "the failure took nothing away");
}

#[tokio::test(start_paused = true)]
async fn what_is_still_valid_bridges_an_outage_and_no_more() {
    for (reason, bridged) in [
        (AwsErrorKind::ServerTrouble, true),
        (AwsErrorKind::Unreachable, true),
        (AwsErrorKind::SignedOut, true),
        (AwsErrorKind::Forbidden, false),
        (AwsErrorKind::NotFound, false),
    ] {
        let world = World::signed_in();
        world.keep_role(&target(ONE), SignedDuration::from_hours(1));
        pass(3600 - 600).await;
        world.aws.credentials.fail_always(Some(reason));
        assert_eq!(fetch(&world, ONE).await.is_ok(), bridged, "{reason:?}");
        pass(601).await;
        assert!(fetch(&world, ONE).await.is_err(), "{reason:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_still_valid_serves_while_another_process_holds_the_lock() {
    let world = World::signed_in();
    world.keep_role(&target(ONE), SignedDuration::from_hours(1));
    pass(3600 - 600).await;
    let _held = lock_source(&world.ports, &world.source(&target(ONE)).key(), Duration::ZERO).unwrap();
    let retry = RetryPolicy::within(Duration::ZERO, &world.ports);
    let request = CredentialsRequest { retry, ..world.request(ONE, None) };
    let served = obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap();
    assert_eq!(served.credentials().access_key_id.as_str(), "ASIAKEPTKEPTKEPTKEPT");
    pass(601).await;
    assert!(matches!(obtain(&world.ports, &Policy::built_in(), &request, None).await, Err(Error::LockHeld { .. })));
}

#[tokio::test(start_paused = true)]
async fn keeping_waits_for_no_lock_beyond_the_deadline() {
    let world = World::signed_in();
    let _held = lock_session(&world.ports, &world.session, Duration::ZERO).unwrap();
    let deadline = Duration::from_millis(50);
    let request = CredentialsRequest { retry: RetryPolicy::within(deadline, &world.ports), ..world.request(ONE, None) };
    let answer = obtain(&world.ports, &Policy::built_in(), &request, None).await;
    assert!(matches!(answer, Err(Error::LockHeld { limit, .. }) if limit <= deadline));
    assert_eq!(world.aws.credentials.count(), 1);
    assert!(world.kept(&target(ONE)).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_steps_back_hands_out_nothing_that_is_over() {
    let world = World::new();
    world.sign_in(SignedDuration::from_mins(30), false);
    world.keep_role(&target(ONE), SignedDuration::from_hours(1));
    pass(1800).await;
    world.clock.step_wall(-3600);
    fetch(&world, ONE).await.unwrap();
    pass(1801).await;
    assert_eq!(fetch(&world, ONE).await.unwrap_err().kind(), Kind::LoginNeeded);
}

#[tokio::test(start_paused = true)]
async fn after_a_night_asleep_what_expired_is_fetched_anew_with_one_refresh() {
    for (ceiling, upstream) in [(SignedDuration::from_hours(12), 1), (SignedDuration::from_hours(8), 0)] {
        let world = World::new();
        world.sign_in_for(ceiling, SignedDuration::from_hours(1), true);
        world.keep_role(&target(ONE), SignedDuration::from_hours(1));
        pass(9 * 3600).await;
        match fetch(&world, ONE).await {
            Ok(fresh) => assert_ne!(fresh.credentials().access_key_id.as_str(), "ASIAKEPTKEPTKEPTKEPT"),
            Err(error) => assert_eq!((error.kind(), upstream), (Kind::LoginNeeded, 0)),
        }
        assert_eq!((world.aws.token.count(), world.aws.credentials.count()), (upstream, upstream));
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_role_delays_no_other() {
    let world = World::signed_in();
    let permission = world.aws.hold(&target(ONE));
    let slow = fetch(&world, ONE);
    let rest = async {
        world.aws.credentials.called(1).await;
        fetch(&world, TWO).await.unwrap();
        assert!(world.kept(&target(ONE)).is_none());
        permission.notify_one();
    };
    let (slow, ()) = tokio::join!(slow, rest);
    slow.unwrap();
    assert!(world.kept(&target(ONE)).is_some() && world.kept(&target(TWO)).is_some());
}

#[tokio::test(start_paused = true)]
async fn what_arrives_after_a_sign_out_is_not_kept() {
    for signs_in_again in [false, true] {
        let world = World::signed_in();
        let permission = world.aws.hold(&target(ONE));
        let meanwhile = async {
            world.aws.credentials.called(1).await;
            logout(&world.ports, &world.session).await.unwrap();
            if signs_in_again {
                let mut record = World::signed_in().record();
                record.signed_in.as_mut().unwrap().login_id = 2;
                world.keep(record);
            }
            permission.notify_one();
        };
        let (answer, ()) = tokio::join!(fetch(&world, ONE), meanwhile);
        assert_eq!(answer.unwrap_err().kind(), Kind::LoginNeeded);
        assert!(world.kept(&target(ONE)).is_none());
    }
}
