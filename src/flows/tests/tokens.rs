//! The access token: used, refreshed, or asked of a person.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use super::world::{World, pass};
use crate::domain::aws_error::AwsErrorKind;
use crate::error::{Kind, Result};
use crate::flows::retry::RetryPolicy;
use crate::flows::token::access_token;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn token(world: &World) -> Result<String> {
    let access = access_token(&world.ports, &world.session, RetryPolicy::INTERACTIVE).await?;
    Ok(access.token.expose_secret().to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_token_is_refreshed_from_fifteen_minutes_before_its_end() {
    for (left, upstream) in [(15 * 60 + 1, 0), (14 * 60 + 59, 1), (-1, 1)] {
        let world = World::signed_in();
        pass(u64::try_from(3600 - left).unwrap()).await;
        assert_eq!(token(&world).await.unwrap(), format!("access-{upstream}"), "{left}");
        assert_eq!(world.aws.token.count(), upstream, "{left}");
        // Refresh tokens are sent once: the next refresh has the new one.
        pass(3600 - 60).await;
        token(&world).await.unwrap();
        let sent = world.aws.refreshed_with.lock().unwrap().clone();
        assert_eq!(sent, (0..=upstream).map(|number| format!("refresh-{number}")).collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_refresh_leaves_the_valid_token_and_rests_for_thirty_seconds() {
    let world = World::signed_in();
    world.aws.token.fail_always(Some(AwsErrorKind::ServerTrouble));
    pass(3600 - 600).await;
    assert_eq!(token(&world).await.unwrap(), "access-0");
    let tries = world.aws.token.count();
    assert_eq!(tries, 3);
    pass(29).await;
    assert_eq!(token(&world).await.unwrap(), "access-0");
    assert_eq!(world.aws.token.count(), tries, "tried again within 30 s");
    pass(2).await;
    world.aws.token.fail_always(None);
    assert_eq!(token(&world).await.unwrap(), "access-4");
}

#[tokio::test(start_paused = true)]
async fn a_failing_refresh_of_an_expired_token_is_the_failure_it_is() {
    let world = World::signed_in();
    world.aws.token.fail_always(Some(AwsErrorKind::ServerTrouble));
    pass(3601).await;
    assert_eq!(token(&world).await.unwrap_err().kind(), Kind::Unavailable);
    assert!(world.record().signed_in.is_some(), "server trouble does not sign anybody out");
}

#[tokio::test(start_paused = true)]
async fn an_expired_registration_refreshes_nothing() {
    let world = World::signed_in();
    let mut record = world.record();
    record.device.as_mut().unwrap().expires_at = world.ports.stamp().at.wall + HOUR / 2;
    world.keep(record);
    pass(3600 - 60).await;
    assert_eq!(token(&world).await.unwrap(), "access-0");
    pass(61).await;
    assert_eq!(token(&world).await.unwrap_err().kind(), Kind::LoginNeeded);
    assert_eq!(world.aws.token.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_spent_refresh_token_is_dropped_and_never_sent_again() {
    for (passed, serves) in [(3600 - 60, true), (3601, false)] {
        let world = World::signed_in();
        world.aws.token.fail([AwsErrorKind::InvalidGrant]);
        pass(passed).await;
        for _ in 0..2 {
            match token(&world).await {
                Ok(token) => assert!(serves && token == "access-0"),
                Err(error) => assert!(!serves && error.kind() == Kind::LoginNeeded),
            }
        }
        assert_eq!(world.aws.token.count(), 1);
        assert!(world.record().signed_in.unwrap().refresh_token.is_none());
        assert!(world.record().device.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_another_process_has_spent_gives_way_to_its_successor() {
    let world = World::signed_in();
    world.aws.token.fail([AwsErrorKind::InvalidGrant]);
    let (store, key, mut newer) = (Arc::clone(&world.ports.store), world.session.key(), world.record());
    newer.signed_in.as_mut().unwrap().access_token = "from-elsewhere".into();
    *world.aws.during_token.lock().unwrap() = Some(Box::new(move || store.save_session(&key, &newer).unwrap()));
    pass(3600 - 60).await;
    assert_eq!(token(&world).await.unwrap(), "from-elsewhere");
    assert!(world.record().signed_in.unwrap().refresh_token.is_some());
}

#[tokio::test(start_paused = true)]
async fn many_callers_refresh_once() {
    let world = World::signed_in();
    pass(3600 - 60).await;
    let answers = join_all((0..20).map(|_| token(&world))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap() == "access-1"));
    assert_eq!(world.aws.token.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_steps_back_prolongs_nothing() {
    let world = World::new();
    world.sign_in(HOUR, false);
    pass(1800).await;
    world.clock.step_wall(-3600);
    assert_eq!(token(&world).await.unwrap(), "access-0");
    pass(1801).await;
    assert_eq!(token(&world).await.unwrap_err().kind(), Kind::LoginNeeded);
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_at_its_ceiling_however_often_it_was_refreshed() {
    let world = World::signed_in();
    for _ in 0..9 {
        pass(50 * 60).await;
        token(&world).await.unwrap();
    }
    let refreshed = world.aws.token.count();
    assert!(refreshed > 0);
    pass(31 * 60).await;
    assert_eq!(token(&world).await.unwrap_err().kind(), Kind::LoginNeeded);
    assert_eq!(world.aws.token.count(), refreshed);
}
