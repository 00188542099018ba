//! Many of us at once: AWS is asked once, a refresh token is sent once, nobody waits for the dead.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use daypass::simulator::{Fault, Grant, Operation};
use jiff::SignedDuration;
use rustix::process::Signal;

use crate::environment::{DEVELOPER, NET, Outcome, READ_ONLY, Running, TestEnv};

/// One flood of processes at a time: two would be more than a small machine can take.
static FLOOD: Mutex<()> = Mutex::new(());

fn two_hundred(world: &TestEnv) -> Vec<Outcome> {
    let _turn = FLOOD.lock().unwrap_or_else(PoisonError::into_inner);
    let start = |_| Running::start(world.command(&["credentials", DEVELOPER]).env("BROWSER", "touch opened"));
    let all: Vec<Running> = (0..200).map(start).collect();
    all.into_iter().map(Running::finish).collect()
}

fn all_the_same(outcomes: Vec<Outcome>) {
    let keys: HashSet<String> = outcomes.into_iter().map(|outcome| outcome.succeeds().access_key_id()).collect();
    assert_eq!(keys.len(), 1);
}

#[test]
fn two_hundred_callers_of_a_cold_role_ask_aws_once() {
    let world = TestEnv::signed_in();
    all_the_same(two_hundred(&world));
    assert_eq!(world.calls(Operation::GetRoleCredentials), 1);
    assert_eq!(world.aws.counts().total(), 1);
}

#[test]
fn two_hundred_callers_with_a_token_to_refresh_refresh_it_once() {
    let world = TestEnv::signed_in();
    world.age(SignedDuration::from_mins(61));
    world.aws.expire_access_tokens();
    all_the_same(two_hundred(&world));
    assert_eq!((world.calls(Operation::CreateToken), world.calls(Operation::GetRoleCredentials)), (1, 1));
}

#[test]
fn two_hundred_callers_that_need_a_login_all_fail_and_open_nothing() {
    let world = TestEnv::new();
    for outcome in two_hundred(&world) {
        outcome.fails(3);
    }
    assert_eq!(world.aws.counts().total(), 0);
    assert!(!world.path("opened").exists());
}

#[test]
fn two_commands_that_refresh_at_once_send_the_refresh_token_once() {
    let world = TestEnv::signed_in();
    world.age(SignedDuration::from_mins(61));
    world.aws.fault(Operation::CreateToken, Fault::Delay(Duration::from_millis(500)));
    let both = [world.spawn(&["roles", "--refresh"]), world.spawn(&["credentials", READ_ONLY])];
    for outcome in both.map(Running::finish) {
        outcome.succeeds();
    }
    assert_eq!(world.aws.counts().grant(Grant::RefreshToken), 1);
}

#[test]
fn a_holder_that_is_killed_frees_its_lock() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang);
    let holder = world.spawn(&["credentials", DEVELOPER]);
    assert!(world.aws.wait_for_calls(Operation::GetRoleCredentials, 1, NET));
    let waiter = world.spawn(&["credentials", DEVELOPER]);
    holder.kill();
    waiter.finish().succeeds();
    assert_eq!(world.calls(Operation::GetRoleCredentials), 2);
}

#[test]
fn waiters_for_a_stopped_holder_fail_and_name_it() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang);
    let holder = world.spawn(&["credentials", DEVELOPER]);
    assert!(world.aws.wait_for_calls(Operation::GetRoleCredentials, 1, NET));
    holder.signal(Signal::STOP);
    world.credentials(DEVELOPER).fails_saying(1, &format!("process {} has held the lock", holder.id()));
    // Other roles do not care.
    world.credentials(READ_ONLY).succeeds();
}

#[test]
fn a_slow_role_delays_no_other() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang);
    let slow = world.spawn(&["exec", DEVELOPER, "--", "true"]);
    assert!(world.aws.wait_for_calls(Operation::GetRoleCredentials, 1, NET));
    world.credentials(READ_ONLY).succeeds();
    slow.kill();
}

#[test]
fn what_arrives_after_signing_out_is_not_kept() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Delay(Duration::from_secs(4)));
    let fetching = world.spawn(&["exec", DEVELOPER, "--", "true"]);
    assert!(world.aws.wait_for_calls(Operation::GetRoleCredentials, 1, NET));
    world.run(&["logout"]).succeeds();
    fetching.finish().fails(3);
    assert!(world.keyring.items().is_empty());
}

#[test]
fn what_arrives_after_signing_in_anew_is_not_kept_for_the_new_session() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Delay(Duration::from_secs(4)));
    let fetching = world.spawn(&["exec", DEVELOPER, "--", "true"]);
    assert!(world.aws.wait_for_calls(Operation::GetRoleCredentials, 1, NET));
    world.sign_in();
    fetching.finish().fails(3);
    assert!(world.record("role/").is_none());
}
