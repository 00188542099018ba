//! The gate before Admin: no record, no credentials; no reason, no entry.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;

use super::world::{World, pass, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::Reason;
use crate::domain::policy::Policy;
use crate::domain::tier::Tier;
use crate::error::{Kind, Result};
use crate::flows::credentials::{CredentialsRequest, role_credentials};
use crate::flows::retry::RetryPolicy;

const ADMIN: &str = "100000000001/Admin";
const WHY: &str = "INC-4711 restore the queue";

async fn admin(world: &World, reason: Option<&str>) -> Result<CachedCredentials> {
    let request = CredentialsRequest {
        session: world.session.clone(),
        target: target(ADMIN),
        tier: Tier::Admin,
        reason: reason.map(|text| Reason::parse(text, 10).unwrap()),
        retry: RetryPolicy::INTERACTIVE,
    };
    role_credentials(&world.ports, &Policy::built_in(), &request).await
}

#[tokio::test(start_paused = true)]
async fn without_a_reason_nothing_is_fetched() {
    let world = World::signed_in();
    // Credentials that were kept before the policy asked for a reason open no gate either.
    world.keep_role(&target(ADMIN), SignedDuration::from_hours(1));
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert_eq!(world.aws.credentials.count(), 0);
    assert!(world.log.lines.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_written_keeps_the_gate_shut() {
    let world = World::signed_in();
    world.log.full.store(true, Ordering::SeqCst);
    assert_eq!(admin(&world, Some(WHY)).await.unwrap_err().kind(), Kind::Failed);
    assert_eq!(world.aws.credentials.count(), 0);
    assert!(world.kept(&target(ADMIN)).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_cannot_be_recorded_is_not_handed_out() {
    let world = World::signed_in();
    world.log.full_after_intent.store(true, Ordering::SeqCst);
    assert!(admin(&world, Some(WHY)).await.is_err());
    assert_eq!(world.aws.credentials.count(), 1);
    assert!(world.kept(&target(ADMIN)).is_none());
}

#[tokio::test(start_paused = true)]
async fn the_record_says_what_became_of_the_intent() {
    for (refusal, outcome) in [(None, "granted"), (Some(AwsErrorKind::Forbidden), "failed")] {
        let world = World::signed_in();
        world.aws.credentials.fail_always(refusal);
        assert_eq!(admin(&world, Some(WHY)).await.is_ok(), refusal.is_none());
        let lines = world.log.lines.lock().unwrap().clone();
        assert_eq!(lines, [format!("intent {WHY}"), format!("{outcome} {WHY}")]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_elevation_carries_on_until_its_end_and_no_longer() {
    let world = World::signed_in();
    // AWS's credentials are shorter-lived than the elevation, so they are fetched several times within it.
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_mins(15);
    let first = admin(&world, Some(WHY)).await.unwrap().elevation.unwrap();
    let mut fetched = vec![world.aws.credentials.count()];
    for _ in 0..3 {
        pass(14 * 60).await;
        let later = admin(&world, None).await.unwrap();
        assert_eq!(later.elevation.as_ref(), Some(&first), "the end moved");
        assert!(later.ends_at() <= first.until);
        fetched.push(world.aws.credentials.count());
    }
    assert_eq!(fetched, [1, 2, 3, 4]);
    pass(18 * 60 + 1).await;
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert_eq!(world.aws.credentials.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_elevation_ends_before_credentials_that_live_longer() {
    let world = World::signed_in();
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_hours(12);
    let granted = admin(&world, Some(WHY)).await.unwrap();
    assert_eq!(granted.lifespan().total(), SignedDuration::from_hours(1));
    pass(3599).await;
    admin(&world, None).await.unwrap();
    assert_eq!(world.aws.credentials.count(), 1, "new credentials would end at the same moment");
    pass(2).await;
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
}

#[tokio::test(start_paused = true)]
async fn a_new_reason_is_a_new_elevation_that_old_credentials_do_not_answer() {
    let world = World::signed_in();
    let first = admin(&world, Some(WHY)).await.unwrap();
    world.aws.credentials.fail_always(Some(AwsErrorKind::Unreachable));
    assert!(admin(&world, Some("INC-4712 another matter")).await.is_err());
    world.aws.credentials.fail_always(None);
    let second = admin(&world, Some("INC-4712 another matter")).await.unwrap();
    assert_ne!(first.elevation.unwrap().id, second.elevation.unwrap().id);
}
