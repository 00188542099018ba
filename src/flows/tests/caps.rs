//! Caps, and what would get around them.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;

use super::world::{World, target};
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::Refusal;
use crate::domain::policy::{Cap, CapOwner, Clauses, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::domain::tier::Tier;
use crate::error::{Error, Result};
use crate::flows::obtain::obtain;

const ADMIN: &str = "111111111111/Admin";
const OTHER_ADMIN: &str = "111111111111/OtherAdmin";
const DAY: i64 = 24 * 3_600;

/// Elevations last an hour here, so that this allows one a day.
fn policy() -> Policy {
    let cap = Cap::parse("1h in 24h", CapOwner::Tier(Tier::Admin)).unwrap();
    let admin = Clauses { cap: Some(cap), ..Clauses::default() };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b""), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]).with(Tier::Admin, &admin), Vec::new(), identity)
}

async fn elevate(world: &World, role: &str) -> Result<CachedCredentials> {
    obtain(&world.ports, &policy(), &world.request(role, Some("INC-4711 restore the queue")), None).await
}

fn is_refused(answer: &Result<CachedCredentials>) -> bool {
    matches!(answer, Err(Error::ElevationRefused(Refusal::Cap { .. })))
}

fn steps(world: &World) -> Vec<String> {
    let lines = world.log.lines.lock().unwrap();
    lines.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_aws_has_not_answered_yet_counts_in_full() {
    let world = World::signed_in();
    let permission = world.aws.hold(&target(ADMIN));
    let (first, second) = tokio::join!(elevate(&world, ADMIN), async {
        while steps(&world) != ["intent"] {
            tokio::task::yield_now().await;
        }
        let second = elevate(&world, OTHER_ADMIN).await;
        permission.notify_one();
        second
    });
    first.unwrap();
    assert!(is_refused(&second), "{second:?}");
    assert_eq!(world.aws.credentials.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_forward_wins_nothing_once_aws_has_told_the_time() {
    let world = World::signed_in();
    elevate(&world, ADMIN).await.unwrap();
    // Whoever sets the clock signs in anew.
    world.clock.step_wall(DAY + 3_600);
    world.sign_in(SignedDuration::from_hours(8), true);
    // A new process has not heard from AWS yet.
    world.aws.answered.store(false, Ordering::SeqCst);
    *world.aws.offset.lock().unwrap() = SignedDuration::from_secs(-DAY - 3_600);
    let second = elevate(&world, OTHER_ADMIN).await;
    assert!(is_refused(&second), "{second:?}");
    assert!(world.kept(&target(OTHER_ADMIN)).is_none());
    assert_eq!(world.aws.credentials.count(), 2, "AWS was asked, and what it gave was dropped");
    assert_eq!(steps(&world).last().unwrap(), "failed");
}

#[tokio::test(start_paused = true)]
async fn an_elevation_that_takes_the_place_of_one_of_the_same_role_counts_from_then_on() {
    let world = World::signed_in();
    elevate(&world, ADMIN).await.unwrap();
    elevate(&world, ADMIN).await.unwrap();
    assert_eq!(steps(&world).last().unwrap(), "ended replaced");
    assert!(is_refused(&elevate(&world, OTHER_ADMIN).await));
}

#[tokio::test(start_paused = true)]
async fn without_a_log_nothing_is_counted_and_nothing_begins() {
    let world = World::signed_in();
    world.log.unreadable.store(true, Ordering::SeqCst);
    assert!(elevate(&world, ADMIN).await.is_err());
    assert_eq!(world.aws.credentials.count(), 0);
}
