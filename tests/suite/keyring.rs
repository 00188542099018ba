//! The keyring absent, locked, silent, broken, damaged, too new: an error with a way out, and never plain text.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use daypass::simulator::{Fault, Operation, Options, Roles};
use jiff::SignedDuration;
use rustix::process::Signal;
use serde_json::json;

use crate::environment::{DEVELOPER, NET, Outcome, READ_ONLY, Running, TestEnv};
use crate::fake_secret_service::{Behaviour, FirstCall};
use crate::secrets::found_in_files;
use crate::sign_in::each;

/// Runs `credentials` with a keyring that behaves like this.
fn with_keyring(world: &TestEnv, behaviour: Behaviour) -> Outcome {
    world.keyring.behave(behaviour);
    world.credentials(DEVELOPER)
}

#[test]
fn without_a_bus_it_fails_and_writes_nothing_in_plain_text() {
    let world = TestEnv::signed_in();
    let nowhere = format!("unix:path={}", world.path("no-bus").display());
    let elsewhere = [("DBUS_SESSION_BUS_ADDRESS", nowhere.as_str()), ("DAYPASS_STORE", "secret-service")];
    for command in [&["credentials", DEVELOPER][..], &["login", "--force", "--no-browser"], &["roles"], &["logout"]] {
        world.run_with(command, &elsewhere).fails_saying(7, "no keyring answers");
    }
    assert_eq!(found_in_files(&world, &world.aws.issued_secrets()), Vec::<String>::new());
}

/// What a program that calls us gets.
#[test]
fn a_keyring_in_trouble_is_an_error_with_a_way_out_and_the_next_call_recovers() {
    let table = [
        (Behaviour::Locked, "locked"),
        (Behaviour::PromptDismissed, "locked"),
        (Behaviour::BusSilent, "did not answer within"),
        (Behaviour::Silent, "did not answer within"),
        (Behaviour::DiesInMidCall, "keyring"),
        (Behaviour::DaemonDiesInMidCall, "keyring"),
        (Behaviour::Garbage, "keyring"),
        (Behaviour::Indiscreet, "keyring"),
    ];
    each(table, |(behaviour, words)| {
        let world = TestEnv::signed_in();
        let kept = world.credentials(DEVELOPER).succeeds().access_key_id();
        let failed = with_keyring(&world, behaviour).fails_saying(7, words);
        assert!(!failed.stderr.contains("canary"), "{failed:?}");
        if let Some((_, wait)) = failed.stderr.split_once("within ") {
            assert!(wait.split(' ').next().unwrap().parse::<u8>().is_ok(), "not whole seconds: {failed:?}");
        }
        assert_eq!(world.keyring.prompts(), 0, "{behaviour:?}");
        assert_eq!(with_keyring(&world, Behaviour::Good).succeeds().access_key_id(), kept, "{behaviour:?}");
    });
}

#[test]
fn the_time_that_a_slow_keyring_takes_is_not_added_to_the_time_that_a_program_waits() {
    let world = TestEnv::signed_in();
    // Either is quick enough, and both together are not.
    world.aws.fault(Operation::GetRoleCredentials, Fault::Delay(Duration::from_millis(3_500)));
    with_keyring(&world, Behaviour::SlowSearch).fails_saying(6, "in time");
}

#[test]
fn a_program_that_waits_is_told_why_before_the_last_write_ends() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Delay(Duration::from_secs(3)));
    world.keyring.behave(Behaviour::HoldsWrites);
    let cold = world.spawn(&["credentials", DEVELOPER]);
    cold.until("in time");
    // One that did not wait after its report would be gone by the time that another has started and ended.
    world.run(&["--version"]).succeeds();
    let status = fs::read_to_string(format!("/proc/{}/status", cold.id())).unwrap();
    assert!(!status.contains("State:\tZ"), "{status}");
    world.keyring.release_one_write();
    assert_eq!(cold.finish().code, Some(6));
    assert!(world.record("session/").unwrap()["targets"][0].is_object(), "what was being written is there");
}

#[test]
fn an_interrupt_ends_the_wait_for_a_silent_keyring_and_frees_its_locks() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::Silent);
    let before = world.keyring.calls().len();
    let login = world.spawn(&["login", "--no-browser", "--force"]);
    wait_until(|| world.keyring.calls().len() > before);
    login.signal(Signal::INT);
    // Had it waited, it would say that the keyring did not answer, and end with that code.
    let ended = login.finish();
    assert!(ended.signal == Some(2) || ended.code == Some(130), "{ended:?}");
    with_keyring(&world, Behaviour::Good).succeeds();
}

/// Waits for something that only polling can see.
fn wait_until(happened: impl Fn() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < NET, "it never happened");
        std::thread::yield_now();
    }
}

#[test]
fn a_damaged_record_is_set_aside_and_shows_nothing() {
    for damage in [&b""[..], b"{\"v\":2,\"signed_in\":{\"access_token\":\"CANARY\"}", b"\xff\xfeCANARY"] {
        let world = TestEnv::signed_in();
        let role = world.credentials(DEVELOPER).succeeds().access_key_id();
        let spoil = |kind: &str| {
            world.keyring.change(|item| {
                if item.attributes["username"].starts_with(kind) {
                    item.secret = damage.to_vec();
                }
            });
        };
        spoil("role/");
        assert_ne!(world.credentials(DEVELOPER).succeeds().access_key_id(), role, "fetched anew");
        spoil("session/");
        let failed = world.credentials("100000023757/ReadOnly").fails_saying(3, "daypass login");
        assert!(!failed.stderr.contains("CANARY"));
        if !damage.is_empty() {
            assert!(world.keyring.items().iter().any(|item| item.secret == damage), "the bytes can be looked into");
        }
        world.sign_in();
        world.credentials("100000023757/ReadOnly").succeeds();
    }
}

#[test]
fn a_newer_record_is_refused_and_left_alone() {
    let world = TestEnv::signed_in();
    world.change_records("session/", |record| *record = json!({"v": 99, "anything": ["new"]}));
    let before: Vec<_> = world.keyring.items().into_iter().map(|item| item.secret).collect();
    world.credentials(DEVELOPER).fails_saying(7, "newer daypass");
    world.run(&["roles", "--refresh"]).fails(7);
    world.run(&["login", "--force", "--no-browser"]).fails(7);
    assert_eq!(world.keyring.items().into_iter().map(|item| item.secret).collect::<Vec<_>>(), before);
    assert_eq!(world.aws.counts().total(), 0);
}

#[test]
fn an_older_record_is_migrated() {
    let world = TestEnv::signed_in();
    world.change_records("session/", |record| {
        let (registration, signed_in) = (&record["pkce"], &record["signed_in"]);
        *record = json!({
            "v": 1, "flow": "pkce", "login_id": signed_in["login_id"],
            "registration": {
                "client_id": registration["client_id"],
                "client_secret": registration["client_secret"],
                "expires_at": registration["expires_at"],
            },
            "access_token": signed_in["access_token"], "refresh_token": signed_in["refresh_token"],
            "obtained_at": signed_in["obtained"]["at"]["wall"], "expires_at": signed_in["expires_at"],
        });
    });
    world.credentials(DEVELOPER).succeeds();
    world.change_records("session/", |record| record["expires_at"] = record["obtained_at"].clone());
    world.credentials("100000023757/ReadOnly").succeeds();
    assert_eq!(world.record("session/").unwrap()["v"], 3, "a refresh writes the present version");
}

#[test]
fn signing_out_reaches_the_server_though_the_keyring_keeps_everything() {
    let world = TestEnv::signed_in();
    world.credentials(DEVELOPER).succeeds();
    world.keyring.behave(Behaviour::KeepsEverything);
    world.run(&["logout"]).fails_saying(7, "secrets remain");
    assert_eq!(world.calls(Operation::Logout), 1);
    world.keyring.behave(Behaviour::Good);
    world.run(&["logout"]).succeeds();
    assert!(world.keyring.items().is_empty());
}

#[test]
#[ignore = "needs the kernel's keyring, which containers often lack"]
fn without_a_bus_the_kernels_keyring_serves() {
    let world = TestEnv::new();
    let nowhere = format!("unix:path={}", world.path("no-bus").display());
    let elsewhere = [("DBUS_SESSION_BUS_ADDRESS", nowhere.as_str())];
    world.aws.set_auto_approve(Some(Duration::ZERO));
    let login = world.run_with(&["login", "--no-browser"], &elsewhere).succeeds();
    assert_eq!(login.stderr.matches("until the next reboot").count(), 1, "{login:?}");
    let first = world.run_with(&["credentials", DEVELOPER], &elsewhere).succeeds().access_key_id();
    let again = world.run_with(&["credentials", DEVELOPER], &elsewhere).succeeds().access_key_id();
    assert_eq!(first, again);
    assert_eq!(world.run_with(&["credentials", DEVELOPER], &elsewhere).stderr, "", "said with the sign-in alone");
    assert_eq!(found_in_files(&world, &world.aws.issued_secrets()), Vec::<String>::new());
    world.run_with(&["logout"], &elsewhere).succeeds();
    assert_eq!(fs::read_dir(world.state().join("sealed")).unwrap().count(), 0);
}

#[test]
fn a_warm_hit_makes_one_connection_and_a_cold_fetch_no_more() {
    let world = TestEnv::signed_in();
    for (what, target) in [("cold", DEVELOPER), ("warm", DEVELOPER), ("cold again", READ_ONLY)] {
        let before = world.keyring.connections();
        world.credentials(target).succeeds();
        assert_eq!(world.keyring.connections() - before, 1, "{what}");
    }
    let firsts = world.keyring.first_calls();
    assert_eq!(firsts.len(), world.keyring.connections());
    for first in firsts {
        assert_eq!(first, FirstCall { member: "Get".to_owned(), alone: true });
    }
}

#[test]
fn a_signal_during_a_write_ends_the_program_after_it() {
    each([Signal::INT, Signal::TERM, Signal::HUP], |signal| {
        let world = TestEnv::signed_in();
        world.keyring.behave(Behaviour::HoldsWrites);
        let cold = world.spawn(&["credentials", DEVELOPER]);
        assert!(world.keyring.wait_for_held_writes(1, NET));
        assert!(takes(cold.id(), signal), "{signal:?} would end it in the middle of the write");
        cold.signal(signal);
        world.keyring.release_one_write();
        let ended = cold.finish();
        assert_eq!((ended.signal, ended.stdout.as_str()), (Some(signal.as_raw()), ""), "{ended:?}");
        let written = world.record("session/").unwrap();
        assert_eq!(written["targets"][0]["role"], "Developer", "what was being written is there, and whole");
        world.keyring.behave(Behaviour::Good);
        world.credentials(DEVELOPER).succeeds();
    });
}

/// Whether the process does with a signal what it was written to do.
fn takes(process: u32, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() & (1 << (signal.as_raw() - 1)) != 0
}

#[test]
fn a_signal_that_the_program_was_started_to_ignore_stays_ignored() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::HoldsWrites);
    let cold = Running::start(&mut world.through_shell("trap '' HUP; exec \"$@\"", &["credentials", DEVELOPER]));
    assert!(world.keyring.wait_for_held_writes(1, NET));
    assert!(takes(cold.id(), Signal::INT) && !takes(cold.id(), Signal::HUP));
    cold.signal(Signal::HUP);
    for writes in 1..=2 {
        assert!(world.keyring.wait_for_held_writes(writes, NET));
        world.keyring.release_one_write();
    }
    cold.finish().succeeds().access_key_id();
}

#[test]
fn one_keyring_serves_two_state_folders_that_see_nothing_of_each_other() {
    let world = TestEnv::signed_in();
    let ours = world.credentials(DEVELOPER).succeeds().access_key_id();
    let elsewhere = world.path("elsewhere").display().to_string();
    let there = [("DAYPASS_STATE_DIR", elsewhere.as_str())];
    world.run_with(&["credentials", DEVELOPER], &there).fails_saying(3, "daypass login");
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.run_with(&["login", "--no-browser"], &there).succeeds();
    let theirs = world.run_with(&["credentials", DEVELOPER], &there).succeeds().access_key_id();
    assert_ne!(ours, theirs);
    world.run_with(&["logout"], &there).succeeds();
    assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), ours);
    world.run(&["logout"]).succeeds();
    assert!(world.keyring.items().is_empty());
}

#[test]
fn two_state_folders_that_refresh_at_once_send_each_its_own_token() {
    let world = TestEnv::signed_in();
    let elsewhere = world.path("elsewhere").display().to_string();
    let there = [("DAYPASS_STATE_DIR", elsewhere.as_str())];
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.run_with(&["login", "--no-browser"], &there).succeeds();
    world.age(SignedDuration::from_mins(50));
    world.aws.reset_calls();
    let callers: Vec<_> = (0..10)
        .map(|number| {
            let mut command = world.command(&["credentials", DEVELOPER]);
            if number % 2 == 0 {
                command.envs(there);
            }
            Running::start(&mut command)
        })
        .collect();
    callers.into_iter().for_each(|caller| drop(caller.finish().succeeds()));
    assert_eq!(world.calls(Operation::CreateToken), 2, "one a folder");
}

#[test]
#[ignore = "needs an unlocked keyring: run by .ci/with-keyring"]
fn a_real_keyring_serves_cold_fetches_and_hits_and_holds_nothing_after_a_logout() {
    let world = TestEnv::with(Options { accounts: 200, roles: Roles::Exactly(2), ..Options::default() });
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").unwrap().into_string().unwrap();
    let real = [("DBUS_SESSION_BUS_ADDRESS", bus.as_str()), ("DAYPASS_STORE", "secret-service")];
    // Other tests with the same keyring may have left theirs.
    let others = real_items();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.run_with(&["login", "--no-browser"], &real).succeeds();
    let targets: Vec<_> = world.aws.accounts().iter().map(|account| format!("{}/ReadOnly", account.id)).collect();
    let fetch = |target: &String| world.run_with(&["credentials", target], &real).succeeds().access_key_id();
    let cold: Vec<_> = targets.iter().map(fetch).collect();
    assert_eq!(world.calls(Operation::GetRoleCredentials), 200);
    let warm: Vec<_> = targets.iter().map(fetch).collect();
    assert_eq!((warm, world.calls(Operation::GetRoleCredentials)), (cold, 200));
    let ours = real_items().into_iter().filter(|item| !others.contains(item)).count();
    assert_eq!(ours, 201, "a record for each target and one for the session");
    world.run_with(&["logout"], &real).succeeds();
    assert_eq!(real_items(), others);
}

/// The names of our records in the real keyring.
fn real_items() -> Vec<String> {
    let found = Command::new("secret-tool").args(["search", "--all", "service", "daypass"]).output().unwrap();
    // It prints the attributes on either channel, from version to version.
    let said = [found.stdout, found.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let names = said.lines().filter_map(|line| line.strip_prefix("attribute.username = "));
    let ours = |name: &&str| name.starts_with("session/") || name.starts_with("role/");
    let mut items: Vec<String> = names.filter(ours).map(str::to_owned).collect();
    items.sort();
    items
}
