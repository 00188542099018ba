//! Admin: a reason, a record on disk before anything is fetched, and an end after an hour at most.

use std::fs;
use std::time::Duration;

use daypass::simulator::{Fault, Operation, Options};
use jiff::SignedDuration;
use serde_json::Value;

use crate::environment::{ADMIN, DEVELOPER, Outcome, Running, TestEnv};

const REASON: &str = "INC-4711 payments are stuck";

fn log(world: &TestEnv) -> Vec<Value> {
    world.elevations()
}

fn steps(world: &TestEnv) -> Vec<String> {
    world.steps()
}

fn elevated_with(world: &TestEnv, variables: &[(&str, &str)]) -> Outcome {
    world.allow_unattended();
    world.run_with(&["credentials", ADMIN, "--reason", REASON, "--yes"], variables)
}

/// How many items the keyring has besides those of the audit log, which goes on after a sign-out.
fn secrets_left(world: &TestEnv) -> usize {
    world.keyring.items().iter().filter(|item| !item.attributes["username"].contains("log/")).count()
}

#[test]
fn without_a_reason_nothing_is_fetched_and_the_error_shows_the_command() {
    let world = TestEnv::signed_in();
    world.run(&["credentials", ADMIN]).fails_saying(5, &format!("daypass elevate {ADMIN} --reason"));
    world.run(&["exec", ADMIN, "--", "true"]).fails_saying(5, &format!("exec {ADMIN} --reason"));
    for reason in ["", "short", "aaaaaaaaaaaaaaa", "          "] {
        world.elevated(ADMIN, reason).is_clean();
        assert_eq!(world.elevated(ADMIN, reason).code, Some(2), "{reason:?}");
    }
    assert_eq!(world.aws.counts().total(), 0);
    assert_eq!(log(&world), Vec::<Value>::new());
}

#[test]
fn the_reason_that_a_hint_shows_is_refused_when_it_is_copied_and_the_refusal_says_what_is_asked() {
    let world = TestEnv::signed_in();
    world.policy("[tiers.admin]\nmin_reason = 50\nunattended = true\n");
    let shown = [world.credentials(ADMIN).fails(5), world.elevated(ADMIN, "short").fails(2)];
    for outcome in shown {
        let (_, rest) = outcome.stderr.split_once("--reason \"").expect("a hint with a reason");
        let copied = rest.split_once('"').expect("an end of it").0;
        let again = world.elevated(ADMIN, copied);
        again.fails_saying(2, "\n  --reason \"…\"   with at least 50 characters");
    }
    assert_eq!(log(&world), Vec::<Value>::new());
}

#[test]
fn an_elevation_is_recorded_then_granted_and_serves_from_the_keyring_until_its_end() {
    let world = TestEnv::with(Options { role_session: Duration::from_secs(4 * 3600), ..Options::default() });
    world.sign_in();
    let first = world.elevated(ADMIN, REASON).succeeds();
    let key = first.access_key_id();
    let lines = log(&world);
    assert_eq!(steps(&world), ["intent", "granted"]);
    let (intent, granted) = (&lines[0]["data"], &lines[1]["data"]);
    assert_eq!((&intent["reason"], &granted["access_key_id"]), (&REASON.into(), &key.as_str().into()));
    assert_eq!(intent["elevation"], granted["elevation"]);
    assert_eq!((&intent["duration_s"], &intent["confirmation"]), (&1800.into(), &"unattended".into()));
    let at = |value: &Value| jiff::Timestamp::from_millisecond(value.as_i64().unwrap()).unwrap();
    let ours = at(&granted["ends_at"]).duration_since(at(&lines[1]["ts"]));
    assert!(ours <= SignedDuration::from_mins(30), "{ours:?}");
    let handed_out: jiff::Timestamp = first.json()["Expiration"].as_str().unwrap().parse().unwrap();
    assert!(handed_out <= at(&granted["ends_at"]), "AWS's 4 h are not handed out");
    assert!(at(&granted["aws_ends_at"]) > at(&granted["ends_at"]));

    // While it runs, no reason is asked for again, and AWS is not asked either.
    assert_eq!(world.credentials(ADMIN).succeeds().access_key_id(), key);
    assert_eq!(world.calls(Operation::GetRoleCredentials), 1);
    // A new reason begins a new elevation.
    let second = world.elevated(ADMIN, "INC-4712 another thing").succeeds().access_key_id();
    assert_ne!(second, key);
    assert_eq!(steps(&world), ["intent", "granted", "intent", "granted", "ended"]);
    let replaced = &log(&world)[4]["data"];
    assert_eq!((&replaced["how"], &replaced["elevation"]), (&"replaced".into(), &lines[0]["data"]["elevation"]));

    world.age(SignedDuration::from_mins(61));
    world.credentials(ADMIN).fails(5);
    assert_eq!(world.calls(Operation::GetRoleCredentials), 2);
    assert_eq!(log(&world)[5]["data"]["how"], "expired");
    assert!(world.record("role/").is_none(), "what is over leaves the keyring");
}

#[test]
fn a_record_that_cannot_be_written_means_nothing_is_fetched() {
    let world = TestEnv::signed_in();
    fs::create_dir(world.state().join("audit-000001.jsonl")).unwrap();
    world.elevated(ADMIN, REASON).fails_saying(1, "the audit log cannot be used");
    world.elevated(ADMIN, REASON).fails_saying(1, "an elevation that cannot be recorded is refused");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 0);
    assert!(world.record("role/").is_none());
}

#[test]
fn elevations_at_once_are_all_recorded_after_a_line_that_was_torn() {
    let world = TestEnv::signed_in();
    world.elevated(ADMIN, REASON).succeeds();
    let path = world.log_files().remove(0);
    let mut text = fs::read(&path).unwrap();
    text.extend(b"{\"v\":1,\"kind\":\"el");
    fs::write(&path, text).unwrap();
    let all: Vec<Running> = (0..10)
        .map(|number| {
            let reason = format!("drill number {number}");
            world.spawn(&["credentials", ADMIN, "--format", "json", "--yes", "--reason", &reason])
        })
        .collect();
    for outcome in all.into_iter().map(Running::finish) {
        outcome.succeeds();
    }
    let lines = world.log();
    let numbers: Vec<u64> = lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..lines.len() as u64).collect::<Vec<_>>());
    let recovered: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "log.recovered").collect();
    assert_eq!((recovered.len(), &recovered[0]["data"]["bytes"]), (1, &17.into()));
    let mut steps = steps(&world);
    steps.sort();
    assert_eq!(steps, [vec!["ended"; 10], vec!["granted"; 11], vec!["intent"; 11]].concat());
    assert_eq!(world.calls(Operation::GetRoleCredentials), 11, "each has its own reason, and so its own credentials");
}

#[test]
fn a_refused_elevation_is_recorded_as_failed() {
    let world = TestEnv::signed_in();
    world.aws.fault_always(Operation::GetRoleCredentials, Fault::no_access());
    world.elevated(ADMIN, REASON).fails(4);
    assert_eq!(steps(&world), ["intent", "failed"]);
}

#[test]
fn reasons_reach_the_log_as_text_and_nothing_else() {
    let world = TestEnv::signed_in();
    let hostile = "restore \u{1b}[2J \u{202e} \n{\"what\":\"granted\"}";
    world.elevated(ADMIN, hostile).succeeds();
    let text = fs::read_to_string(&world.log_files()[0]).unwrap();
    assert!(!text.contains(|character: char| (character.is_control() && character != '\n') || character == '\u{202e}'));
    assert_eq!(steps(&world), ["intent", "granted"]);
    let escaped = "restore \\e[2J \\u{202e} \\n{\"what\":\"granted\"}";
    assert!(log(&world).iter().all(|line| line["data"]["reason"] == escaped), "{text}");
}

#[test]
fn every_record_names_the_person_and_the_policy() {
    let world = TestEnv::signed_in();
    let text = "[tiers.admin]\nmin_reason = 12\nunattended = true\n";
    world.policy(text);
    world.elevated(ADMIN, REASON).succeeds();
    let lines = log(&world);
    assert_eq!(lines.len(), 2);
    for line in lines {
        assert_eq!(line["os_user"].as_str(), Some(whoami::username().unwrap().as_str()));
        assert_eq!(line["data"]["policy_path"].as_str(), world.path(".config/daypass/policy.toml").to_str());
        assert_eq!(line["data"]["policy_digest"].as_str().unwrap().len(), 64);
        assert_eq!(line["data"]["rules"], serde_json::json!(["built-in *Admin*"]));
    }
}

#[test]
fn signing_out_and_in_again_ends_an_elevation() {
    for anew in [false, true] {
        let world = TestEnv::signed_in();
        world.elevated(ADMIN, REASON).succeeds();
        if !anew {
            world.run(&["logout"]).succeeds();
        }
        world.sign_in();
        assert!(world.record("role/").is_none() && world.record("elevation/").is_none());
        world.credentials(ADMIN).fails(5);
        let last = log(&world).pop().unwrap();
        assert_eq!(last["kind"], "elevation.ended");
        assert_eq!(last["data"]["how"], if anew { "signed_in_anew" } else { "signed_out" });
    }
}

#[test]
#[ignore = "needs the kernel's keyring, which containers often lack"]
fn sealed_files_of_an_earlier_sign_in_hand_out_nothing_when_they_come_back() {
    let world = TestEnv::new();
    let kernel = [("DAYPASS_STORE", "keyutils")];
    let sign_in = || world.run_with(&["login", "--no-browser", "--force"], &kernel).succeeds();
    let developer = || world.run_with(&["credentials", DEVELOPER], &kernel).succeeds().access_key_id();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    sign_in();
    elevated_with(&world, &kernel).succeeds();
    let earlier = developer();
    let mut groups: Vec<_> = fs::read_dir(world.state().join("sealed")).unwrap().flatten().collect();
    // The two of the audit log are not the sign-in's, and stay.
    groups.retain(|group| fs::read_dir(group.path()).unwrap().count() > 2);
    let files = || groups.iter().flat_map(|group| fs::read_dir(group.path()).unwrap().flatten());
    let copies: Vec<_> = files().map(|file| (file.path(), fs::read(file.path()).unwrap())).collect();
    assert_eq!(copies.len(), 4, "the session's, the elevation's and two of credentials");
    // One that nobody names stays in the folder, unless the folder goes as a whole.
    fs::write(groups[0].path().join("another.sealed"), &copies[0].1).unwrap();
    sign_in();
    for (path, copy) in copies.iter().filter(|(path, _)| !path.exists()) {
        fs::write(path, copy).unwrap();
    }
    world.run_with(&["credentials", ADMIN], &kernel).fails(5);
    assert_ne!(developer(), earlier);
    world.run_with(&["logout"], &kernel).succeeds();
}

#[test]
#[ignore = "needs the kernel's keyring, which containers often lack"]
fn signing_out_with_another_keyring_fails_and_names_the_one_that_still_serves() {
    let world = TestEnv::new();
    let kernel = [("DAYPASS_STORE", "keyutils")];
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.run_with(&["login", "--no-browser"], &kernel).succeeds();
    let key = elevated_with(&world, &kernel).succeeds().access_key_id();
    world.credentials(ADMIN).fails_saying(3, "`--store keyutils` uses it");
    assert!(world.run(&["status"]).succeeds().stdout.contains("in the kernel's keyring"));
    let status = world.run(&["status", "--store", "secret-service"]);
    assert_eq!(status.code, Some(3));
    assert!(status.stdout.contains("`--store keyutils` uses it"), "{status:?}");
    // It runs, whichever keyring has its credentials.
    let with_admin: Vec<&str> = status.stdout.lines().filter(|line| line.contains("Admin")).collect();
    assert!(matches!(with_admin[..], [only] if only.starts_with("elevated: ")), "{status:?}");
    for command in [&["logout"][..], &["logout", "--all"]] {
        world.run(command).fails_saying(7, "--store keyutils");
    }
    assert_eq!(steps(&world), ["intent", "granted"]);
    assert_eq!(world.run_with(&["credentials", ADMIN], &kernel).succeeds().access_key_id(), key);
    world.run(&["logout", "--store", "keyutils"]).succeeds();
    assert_eq!(steps(&world), ["intent", "granted", "ended"]);
    world.run_with(&["credentials", ADMIN], &kernel).fails(3);
    world.run(&["logout", "--all"]).succeeds();
}

#[test]
fn signing_out_of_everything_ends_what_the_config_file_names_no_more() {
    let world = TestEnv::signed_in();
    world.elevated(ADMIN, REASON).succeeds();
    let config = fs::read_to_string(world.config()).unwrap();
    fs::write(world.config(), "").unwrap();
    let out = world.run(&["logout", "--all"]).succeeds();
    assert!(out.stderr.contains("is signed out"), "{out:?}");
    assert_eq!(world.calls(Operation::Logout), 1);
    assert_eq!(secrets_left(&world), 0);
    fs::write(world.config(), config).unwrap();
    world.credentials(ADMIN).fails(3);
    assert_eq!(log(&world).pop().unwrap()["data"]["how"], "signed_out");
    let again = world.run(&["logout", "--all"]).succeeds();
    assert!(again.stderr.contains("was not signed in") && !again.stderr.contains("is signed out"), "{again:?}");
}

#[test]
fn signing_out_of_another_portal_of_the_same_name_says_what_is_still_signed_in() {
    let world = TestEnv::signed_in();
    let config = fs::read_to_string(world.config()).unwrap();
    fs::write(world.config(), config.replace("/start", "/start-elsewhere")).unwrap();
    let out = world.run(&["logout"]).succeeds();
    assert!(out.stderr.contains("was not signed in") && out.stderr.contains("is still signed in"), "{out:?}");
    assert!(out.stderr.contains("reached at http://127.0.0.1"), "{out:?}");
    world.run(&["logout", "--all"]).succeeds();
    assert_eq!(secrets_left(&world), 0);
    assert_eq!(world.calls(Operation::Logout), 1);
}

#[test]
fn a_policy_may_ask_more_and_what_was_fetched_before_no_longer_serves() {
    let world = TestEnv::signed_in();
    world.credentials("100000023757/Developer").succeeds();
    world.policy("[tiers.developer]\ngate = \"break_glass\"\n");
    world.credentials("100000023757/Developer").fails(5);
    world.policy("[[rule]]\nid = \"prod\"\nrole = \"Dev*\"\naccount = \"prod-*\"\ntier = \"admin\"\n");
    world.run(&["roles"]).succeeds();
    world.credentials("100000015838/AWSPowerUserAccess").succeeds();
    world.credentials("100000023757/Developer").fails(5);
}
