//! Retrying: until when, and what is reported.

use std::future::pending;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::world::World;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::flows::retry::{RetryPolicy, with_retries};
use crate::ports::LONGEST_CALL;

/// The error after these answers, none of which is a success; a call beyond them hangs.
async fn outcome(retry: Option<Duration>, answers: &[AwsErrorKind]) -> (AwsErrorKind, Duration) {
    let (error, took) = failure(retry, answers).await;
    (error.kind, took)
}

/// The same with the error itself.
async fn failure(retry: Option<Duration>, answers: &[AwsErrorKind]) -> (AwsError, Duration) {
    let world = World::new();
    let policy = retry.map_or(RetryPolicy::INTERACTIVE, |limit| RetryPolicy::within(limit, &world.ports));
    let mut answers = answers.iter();
    let answer = with_retries(&world.ports, policy, "Test", || {
        let next = answers.next().copied();
        async move {
            match next {
                Some(kind) => Err::<(), _>(AwsError { operation: "Test", kind, detail: "".into() }),
                None => pending().await,
            }
        }
    });
    (answer.await.unwrap_err(), world.ports.clock.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_call_and_what_aws_said_before_is_what_is_reported() {
    let limit = Some(Duration::from_secs(4));
    let throttled = AwsErrorKind::Throttled(Some(Duration::from_secs(1)));
    let table: [(&[_], _); 2] = [(&[], AwsErrorKind::Unreachable), (&[throttled], throttled)];
    for (answers, reported) in table {
        assert_eq!(outcome(limit, answers).await, (reported, Duration::from_secs(4)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_deadline_ends_is_named() {
    let (error, _) = failure(Some(Duration::from_secs(4)), &[]).await;
    assert_eq!(error.to_string(), "Test got no answer (no answer in time)");
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_or_anyones_patience_is_not_begun() {
    let asks = |seconds| AwsErrorKind::Throttled(Some(Duration::from_secs(seconds)));
    for (limit, seconds) in [(Some(4), 4), (Some(4), 5), (Some(4), u64::MAX), (None, 31), (None, u64::MAX)] {
        let (kind, took) = outcome(limit.map(Duration::from_secs), &[asks(seconds)]).await;
        assert_eq!((kind, took), (asks(seconds), Duration::ZERO), "{limit:?} {seconds}");
    }
    let (kind, took) = outcome(None, &[asks(30), AwsErrorKind::Forbidden]).await;
    assert_eq!((kind, took), (AwsErrorKind::Forbidden, Duration::from_secs(30)));
}

#[tokio::test(start_paused = true)]
async fn a_person_waits_less_than_half_a_minute_for_an_aws_that_does_not_answer() {
    let world = World::new();
    let answer = with_retries(&world.ports, RetryPolicy::INTERACTIVE, "Test", || async {
        world.ports.clock.sleep(LONGEST_CALL).await;
        Err::<(), _>(AwsError { operation: "Test", kind: AwsErrorKind::Unreachable, detail: "timed out".into() })
    });
    answer.await.unwrap_err();
    assert!(world.ports.clock.elapsed() < Duration::from_secs(26), "{:?}", world.ports.clock.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_wait_doubles_up_to_eight_seconds_and_is_between_a_half_and_the_whole_of_that() {
    let world = World::new();
    let wait = |tried, random| {
        world.entropy.0.store(random, Ordering::SeqCst);
        let wait = RetryPolicy::INTERACTIVE.wait_after(tried, AwsErrorKind::Throttled(None), &world.ports);
        wait.unwrap().as_millis()
    };
    for (tried, whole) in [(1, 250), (2, 500), (3, 1_000), (6, 8_000), (7, 8_000)] {
        assert_eq!((wait(tried, 0), wait(tried, u8::MAX)), (whole / 2, whole), "after {tried}");
    }
}
