//! Admin: a reason, a record on disk before anything is fetched, and an end after an hour at most.

use std::fs;
use std::time::Duration;

use daypass::simulator::{Fault, Operation, Options};
use jiff::SignedDuration;
use serde_json::Value;

use crate::environment::{ADMIN, Running, TestEnv};

const REASON: &str = "INC-4711 payments are stuck";

fn log(world: &TestEnv) -> Vec<Value> {
    let text = fs::read_to_string(world.state().join("elevations.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn steps(world: &TestEnv) -> Vec<String> {
    log(world).iter().map(|line| line["what"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn without_a_reason_nothing_is_fetched_and_the_error_shows_the_command() {
    let world = TestEnv::signed_in();
    for command in [&["credentials", ADMIN][..], &["exec", ADMIN, "--", "true"]] {
        world.run(command).fails_saying(5, &format!("daypass credentials {ADMIN} --reason"));
    }
    for reason in ["", "short", "aaaaaaaaaaaaaaa", "          "] {
        world.run(&["credentials", ADMIN, "--reason", reason]).is_clean();
        assert_eq!(world.run(&["credentials", ADMIN, "--reason", reason]).code, Some(2), "{reason:?}");
    }
    assert_eq!(world.aws.counts().total(), 0);
    assert_eq!(log(&world), Vec::<Value>::new());
}

#[test]
fn an_elevation_is_recorded_then_granted_and_serves_from_the_keyring_until_its_end() {
    let world = TestEnv::with(Options { role_session: Duration::from_secs(4 * 3600), ..Options::default() });
    world.sign_in();
    let first = world.run(&["credentials", ADMIN, "--reason", REASON]).succeeds();
    let key = first.access_key_id();
    let lines = log(&world);
    assert_eq!(steps(&world), ["intent", "granted"]);
    assert_eq!((&lines[0]["reason"], &lines[1]["access_key_id"]), (&REASON.into(), &key.as_str().into()));
    assert_eq!(lines[0]["elevation"], lines[1]["elevation"]);
    let at = |value: &Value| value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let ours = at(&lines[0]["ends_at"]).duration_since(at(&lines[0]["at"]));
    assert!(ours <= SignedDuration::from_hours(1), "{ours:?}");
    assert!(at(&first.json()["Expiration"]) <= at(&lines[0]["ends_at"]), "AWS's 4 h are not handed out");
    assert!(at(&lines[1]["aws_ends_at"]) > at(&lines[0]["ends_at"]));

    // While it runs, no reason is asked for again, and AWS is not asked either.
    assert_eq!(world.credentials(ADMIN).succeeds().access_key_id(), key);
    assert_eq!(world.calls(Operation::GetRoleCredentials), 1);
    // A new reason begins a new elevation.
    let second = world.run(&["credentials", ADMIN, "--reason", "INC-4712 another thing"]).succeeds().access_key_id();
    assert_ne!(second, key);
    assert_eq!(steps(&world), ["intent", "granted", "intent", "granted"]);

    world.age(SignedDuration::from_mins(61));
    world.credentials(ADMIN).fails(5);
    assert_eq!(world.calls(Operation::GetRoleCredentials), 2);
}

#[test]
fn a_record_that_cannot_be_written_means_nothing_is_fetched() {
    let world = TestEnv::signed_in();
    fs::create_dir(world.state().join("elevations.jsonl")).unwrap();
    world.run(&["credentials", ADMIN, "--reason", REASON]).fails_saying(1, "cannot write the elevation log");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 0);
    assert!(world.record("role/").is_none());
}

#[test]
fn elevations_at_once_are_all_recorded_after_a_line_that_was_torn() {
    let world = TestEnv::signed_in();
    let path = world.state().join("elevations.jsonl");
    fs::write(&path, "{\"v\":1,\"what\":\"int").unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let all: Vec<Running> = (0..10)
        .map(|number| {
            world.spawn(&["credentials", ADMIN, "--format", "json", "--reason", &format!("drill number {number}")])
        })
        .collect();
    for outcome in all.into_iter().map(Running::finish) {
        outcome.succeeds();
    }
    let text = fs::read_to_string(&path).unwrap();
    let whole = text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut steps: Vec<String> = whole.map(|line| line["what"].as_str().unwrap().to_owned()).collect();
    steps.sort();
    assert_eq!(steps, [vec!["granted"; 10], vec!["intent"; 10]].concat());
    assert_eq!(world.calls(Operation::GetRoleCredentials), 10, "each has its own reason, and so its own credentials");
}

#[test]
fn a_refused_elevation_is_recorded_as_failed() {
    let world = TestEnv::signed_in();
    world.aws.fault_always(Operation::GetRoleCredentials, Fault::no_access());
    world.run(&["credentials", ADMIN, "--reason", REASON]).fails(4);
    assert_eq!(steps(&world), ["intent", "failed"]);
}

#[test]
fn reasons_reach_the_log_as_text_and_nothing_else() {
    let world = TestEnv::signed_in();
    let hostile = "restore \u{1b}[2J \u{202e} \n{\"what\":\"granted\"}";
    world.run(&["credentials", ADMIN, "--reason", hostile]).is_clean();
    let text = fs::read_to_string(world.state().join("elevations.jsonl")).unwrap_or_default();
    assert!(!text.contains(|character: char| (character.is_control() && character != '\n') || character == '\u{202e}'));
    assert_eq!(text.lines().count(), log(&world).len());
}

#[test]
fn a_policy_may_ask_more_and_what_was_fetched_before_no_longer_serves() {
    let world = TestEnv::signed_in();
    world.credentials("100000023757/Developer").succeeds();
    world.policy("[gates]\ndeveloper = \"break_glass\"\n");
    world.credentials("100000023757/Developer").fails(5);
    world.policy("[[tier]]\nrole = \"Dev*\"\naccount = \"prod-*\"\ntier = \"admin\"\n");
    world.run(&["roles"]).succeeds();
    world.credentials("100000015838/AWSPowerUserAccess").succeeds();
    world.credentials("100000023757/Developer").fails(5);
}
