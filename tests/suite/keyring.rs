//! The keyring absent, locked, silent, broken, damaged, too new: an error with a way out, and never plain text.

use std::time::{Duration, Instant};

use daypass::adapters::store::{self, Interaction, RawStore as _, StorePaths};
use daypass::settings::StoreChoice;
use daypass::simulator::Operation;
use rustix::process::Signal;
use serde_json::json;

use crate::environment::{DEVELOPER, Outcome, TestEnv};
use crate::fake_secret_service::Behaviour;
use crate::left_out::left_out;
use crate::secrets::found_in_files;
use crate::sign_in::each;

/// Runs `credentials` with a keyring that behaves like this, and says how long it took.
fn with_keyring(world: &TestEnv, behaviour: Behaviour) -> (Outcome, Duration) {
    world.keyring.behave(behaviour);
    let started = Instant::now();
    (world.credentials(DEVELOPER), started.elapsed())
}

#[test]
fn without_a_bus_it_fails_at_once_and_writes_nothing_in_plain_text() {
    let world = TestEnv::signed_in();
    let nowhere = format!("unix:path={}", world.path("no-bus").display());
    let elsewhere = [("DBUS_SESSION_BUS_ADDRESS", nowhere.as_str()), ("DAYPASS_STORE", "secret-service")];
    for command in [&["credentials", DEVELOPER][..], &["login", "--force", "--no-browser"], &["roles"], &["logout"]] {
        let started = Instant::now();
        world.run_with(command, &elsewhere).fails_saying(7, "no keyring answers");
        assert!(started.elapsed() < Duration::from_secs(2), "{command:?} took {:?}", started.elapsed());
    }
    assert_eq!(found_in_files(&world, &world.aws.issued_secrets()), Vec::<String>::new());
}

/// What a program that calls us gets, and at most how long it waits (twice what is promised, for slow machines).
#[test]
fn a_keyring_in_trouble_is_an_error_with_a_way_out_and_the_next_call_recovers() {
    let table = [
        (Behaviour::Locked, "locked", 6),
        (Behaviour::PromptDismissed, "locked", 6),
        (Behaviour::BusSilent, "did not answer", 10),
        (Behaviour::Silent, "did not answer", 10),
        (Behaviour::DiesInMidCall, "keyring", 6),
        (Behaviour::DaemonDiesInMidCall, "keyring", 6),
        (Behaviour::Garbage, "keyring", 10),
        (Behaviour::Indiscreet, "keyring", 6),
    ];
    each(table, |(behaviour, words, seconds)| {
        let world = TestEnv::signed_in();
        let kept = world.credentials(DEVELOPER).succeeds().access_key_id();
        let (failed, took) = with_keyring(&world, behaviour);
        let failed = failed.fails_saying(7, words);
        assert!(took < Duration::from_secs(seconds), "{behaviour:?} took {took:?}");
        assert!(!failed.stderr.contains("canary"), "{failed:?}");
        assert_eq!(world.keyring.prompts(), 0, "{behaviour:?}");
        let (again, _) = with_keyring(&world, Behaviour::Good);
        assert_eq!(again.succeeds().access_key_id(), kept, "{behaviour:?}");
    });
}

#[test]
fn an_interrupt_ends_the_wait_for_a_silent_keyring_and_frees_its_locks() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::Silent);
    let before = world.keyring.calls().len();
    let login = world.spawn(&["login", "--no-browser", "--force"]);
    wait_until(|| world.keyring.calls().len() > before);
    let started = Instant::now();
    login.signal(Signal::INT);
    let ended = login.finish();
    assert!(ended.signal == Some(2) || ended.code == Some(130), "{ended:?}");
    assert!(started.elapsed() < Duration::from_secs(2), "took {:?}", started.elapsed());
    let (answer, _) = with_keyring(&world, Behaviour::Good);
    answer.succeeds();
}

/// Waits for something that only polling can see.
fn wait_until(happened: impl Fn() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < crate::environment::NET, "it never happened");
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
fn without_a_bus_the_kernels_keyring_serves_where_it_works() {
    let world = TestEnv::new();
    let paths = StorePaths { sealed_dir: world.path("probe"), lock_dir: world.path("probe-locks") };
    let kernel = store::open(StoreChoice::Keyutils, &paths, Interaction::Forbidden).unwrap();
    if let Err(why) = kernel.save("probe", b"1").and_then(|()| kernel.delete("probe")) {
        return left_out(&format!("the kernel's keyring does not work here: {why}"));
    }
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
}
