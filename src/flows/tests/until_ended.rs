//! Waiting for an elevation's end.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::timeout;

use super::world::{World, target};
use crate::domain::elevation::ElevationId;
use crate::domain::policy::Policy;
use crate::domain::time::Lifespan;
use crate::flows::elevation::until_ended;
use crate::flows::end_elevation::end_elevation;
use crate::flows::obtain::obtain;

const ADMIN: &str = "100000000001/Admin";

async fn begin(world: &World) -> (ElevationId, Lifespan) {
    let request = world.request(ADMIN, Some("INC-4711 restore the queue"));
    let cached = obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap();
    (cached.elevation().unwrap(), cached.life())
}

/// Whether whoever waits for the end of an elevation with this `life` still does so after a while.
async fn waits_on(world: &World, life: Lifespan, minutes: u64) -> bool {
    let key = world.source(&target(ADMIN)).key();
    timeout(Duration::from_secs(60 * minutes), until_ended(&world.ports, &key, life, || {})).await.is_err()
}

#[tokio::test(start_paused = true)]
async fn an_elevation_that_was_ended_is_over_and_one_that_was_carried_on_is_not() {
    let world = World::signed_in();
    let (first, life) = begin(&world).await;
    let (second, _) = begin(&world).await;
    assert!(first != second && waits_on(&world, life, 1).await);
    end_elevation(&world.ports, second).await.unwrap();
    assert!(!waits_on(&world, life, 1).await);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_its_time_is_recorded_by_whoever_waits() {
    let world = World::signed_in();
    let (_, life) = begin(&world).await;
    assert!(waits_on(&world, life, 59).await);
    assert!(!waits_on(&world, life, 2).await);
    assert!(world.log.nothing_is_open());
}

#[tokio::test(start_paused = true)]
async fn a_log_that_cannot_be_read_ends_nothing_before_its_time() {
    let world = World::signed_in();
    let (_, life) = begin(&world).await;
    world.log.unreadable.store(true, Ordering::SeqCst);
    assert!(waits_on(&world, life, 59).await);
    assert!(!waits_on(&world, life, 2).await);
}
