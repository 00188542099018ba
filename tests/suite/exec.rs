//! `exec` and the formats of `credentials`: what other programs get.

use std::fs;
use std::process::Command;

use crate::environment::{ADMIN, CONFIG, DEVELOPER, READ_ONLY, Running, TestEnv};
use crate::programs::write_script;

#[test]
fn a_child_gets_the_credentials_and_nothing_that_contradicts_them() {
    let world = TestEnv::signed_in();
    let stale = [
        ("AWS_PROFILE", "other"),
        ("AWS_DEFAULT_PROFILE", "other"),
        ("AWS_SECURITY_TOKEN", "old"),
        ("AWS_SESSION_TOKEN", "old"),
        ("AWS_ACCESS_KEY_ID", "AKIAOLD"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1"),
        ("AWS_ROLE_ARN", "arn:old"),
        ("KEEP_ME", "kept"),
    ];
    let shown = world.run_with(&["exec", "--profile", "payments", "--", "env"], &stale).succeeds();
    let value = |name: &str| {
        let prefix = format!("{name}=");
        shown.stdout.lines().find_map(|line| line.strip_prefix(prefix.as_str())).map(str::to_owned)
    };
    assert!(value("AWS_ACCESS_KEY_ID").unwrap().starts_with("ASIA"));
    assert!(value("AWS_SECRET_ACCESS_KEY").unwrap().starts_with("SIMSECRET"));
    assert!(value("AWS_SESSION_TOKEN").unwrap().contains("SIMSESSIONTOKEN"));
    assert!(value("AWS_CREDENTIAL_EXPIRATION").unwrap().ends_with('Z'));
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        assert_eq!(value(name).as_deref(), Some("eu-west-1"), "{name}");
    }
    for (name, _) in &stale {
        let gone = !["AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "KEEP_ME"].contains(name);
        assert_eq!(value(name).is_none(), gone, "{name}");
    }
}

#[test]
fn a_childs_user_agent_names_the_elevation_it_works_under_and_never_an_earlier_one() {
    const SHOW: [&str; 4] = ["--", "sh", "-c", "echo $AWS_SDK_UA_APP_ID"];
    let world = TestEnv::signed_in();
    let app_id = |command: &[&str], inherited: &str| {
        let shown = world.run_with(&[command, &SHOW].concat(), &[("AWS_SDK_UA_APP_ID", inherited)]).succeeds().stdout;
        shown.trim().to_owned()
    };
    world.allow_unattended();
    let elevated = app_id(&["exec", ADMIN, "--yes", "--reason", "INC-4711 restore the ledger"], "billing");
    let id = elevated.strip_prefix("daypass-").unwrap_or_else(|| panic!("{elevated:?}"));
    assert!(id.len() == 26 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{elevated}");
    assert_eq!(app_id(&["exec", ADMIN], ""), elevated, "the elevation goes on");
    assert_eq!(app_id(&["exec", DEVELOPER], &elevated), "");
    for foreign in ["billing", "daypass-dashboard"] {
        assert_eq!(app_id(&["exec", DEVELOPER], foreign), foreign);
    }
    let shell = world.path("show");
    write_script(&shell, "echo \"$AWS_SDK_UA_APP_ID\"");
    let opened = |target: &str| {
        let arguments = ["shell", target, "--shell", shell.to_str().unwrap()];
        world.run_with(&arguments, &[("AWS_SDK_UA_APP_ID", &elevated)]).succeeds().stdout.trim().to_owned()
    };
    assert_eq!((opened(ADMIN), opened(DEVELOPER)), (elevated.clone(), String::new()));
}

#[test]
fn a_child_always_has_a_region_and_the_nearest_one_counts() {
    const SHOW: [&str; 4] = ["--", "sh", "-c", "echo $AWS_REGION $AWS_DEFAULT_REGION"];
    let world = TestEnv::signed_in();
    let region = |target: &[&str], variables: &[(&str, &str)]| {
        let shown = world.run_with(&[&["exec"], target, &SHOW].concat(), variables).succeeds().stdout;
        let (region, default) = shown.trim().split_once(' ').unwrap();
        assert_eq!(region, default);
        region.to_owned()
    };
    let variables = [("AWS_DEFAULT_REGION", "eu-west-3"), ("AWS_REGION", "not a region")];
    assert_eq!(region(&[READ_ONLY], &[]), "us-east-1", "the session's");
    world.settings("region = 'eu-west-4'\n");
    assert_eq!(region(&[READ_ONLY], &[]), "eu-west-4", "the settings'");
    assert_eq!(region(&[READ_ONLY], &variables), "eu-west-3", "the environment's");
    assert_eq!(region(&[DEVELOPER], &variables), "eu-west-1", "that of the only profile that names the role");
    assert_eq!(region(&[DEVELOPER, "--region", "eu-west-2"], &variables), "eu-west-2", "the flag's");

    let format = |name: &str| world.run(&["credentials", READ_ONLY, "--format", name]).succeeds().stdout;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&format("json")).unwrap()["region"], "eu-west-4");
    for name in ["env", "fish", "powershell"] {
        assert_eq!(format(name).matches("eu-west-4").count(), 2, "{name}");
    }

    let twin = CONFIG.split_once("[profile payments]").unwrap().1.replace("eu-west-1", "eu-west-5");
    fs::write(world.config(), format!("{CONFIG}[profile twin]{twin}")).unwrap();
    assert_eq!(region(&[DEVELOPER], &[]), "eu-west-4", "two profiles name it");
    assert_eq!(region(&["twin"], &[]), "eu-west-5", "that of the profile that was typed");

    world.settings("\nregion = 'Frankfurt'\n");
    world.run(&["exec", READ_ONLY, "--", "true"]).fails_saying(2, "config.toml line 2, column 10: region `Frankfurt`");
    world.settings("");
    assert_eq!(world.run(&["exec", READ_ONLY, "--region", "Frankfurt", "--", "true"]).code, Some(2));
}

#[test]
fn the_childs_end_is_our_end() {
    let world = TestEnv::signed_in();
    for (script, code, signal) in
        [("exit 0", Some(0), None), ("exit 42", Some(42), None), ("kill -TERM $$", None, Some(15))]
    {
        let ended = world.run(&["exec", DEVELOPER, "--", "sh", "-c", script]);
        assert_eq!((ended.code, ended.signal), (code, signal), "{script}: {ended:?}");
    }
    let running = world.spawn(&[
        "exec",
        DEVELOPER,
        "--",
        "sh",
        "-c",
        "trap 'kill $!; exit 7' TERM; sleep 60 >/dev/null 2>&1 & echo ready >&2; wait",
    ]);
    running.until("ready");
    running.signal(rustix::process::Signal::TERM);
    assert_eq!(running.finish().code, Some(7));
    world.run(&["exec", DEVELOPER, "--", "no-such-program"]).fails_saying(1, "cannot start no-such-program");
}

#[test]
fn the_child_reads_our_input_and_gets_its_arguments_as_they_are() {
    let world = TestEnv::signed_in();
    let shown = world.run(&["exec", DEVELOPER, "--", "printf", "%s|", "a b", "--format", "$HOME", "*"]).succeeds();
    assert_eq!(shown.stdout, "a b|--format|$HOME|*|");
}

#[test]
fn limits_signals_and_files_of_the_child_are_the_callers() {
    const SHOW: &str = "ulimit -Sc; ulimit -Hc; ulimit -Sn; ulimit -Hn; ulimit -Sf; umask; grep Sig[BIC] /proc/self/status; \
                        ls /proc/self/fd";
    let world = TestEnv::signed_in();
    for before in [
        "",
        "ulimit -Sc 0",
        "ulimit -Sc 8",
        "ulimit -c 8",
        "ulimit -n 99; ulimit -Sf 9999; umask 077",
        "trap '' INT HUP QUIT TERM",
    ] {
        let script = format!("{before}\nsh -c '{SHOW}'; echo the same: ; exec \"$@\"");
        let mut caller = world.through_shell(&script, &["exec", DEVELOPER, "--", "sh", "-c", SHOW]);
        let shown = Running::start(&mut caller).finish().succeeds().stdout;
        let (callers, childs) = shown.split_once("the same:\n").unwrap();
        assert!(callers.lines().count() > 12, "{callers}");
        assert_eq!(without_libcs_signals(childs), without_libcs_signals(callers), "after {before:?}");
    }
}

/// The C library keeps signals 32 and 33 for its threads, whatever they were before.
fn without_libcs_signals(shown: &str) -> Vec<String> {
    let line = |line: &str| match line.strip_prefix("Sig").and_then(|line| line.split_once(":\t")) {
        Some((name, mask)) => format!("{name} {:x}", u64::from_str_radix(mask, 16).unwrap() & !(0b11 << 31)),
        None => line.to_owned(),
    };
    shown.lines().map(line).collect()
}

#[test]
fn nothing_is_started_without_credentials() {
    let world = TestEnv::new();
    let ran = world.path("ran");
    world.run(&["exec", DEVELOPER, "--", "touch", ran.to_str().unwrap()]).fails(3);
    assert!(!ran.exists());
}

#[test]
fn shell_formats_set_what_they_say_when_a_shell_reads_them() {
    let world = TestEnv::signed_in();
    let format = |name: &str| world.run(&["credentials", DEVELOPER, "--format", name]).succeeds().stdout;
    let script = format("env") + "printf '%s %s' \"$AWS_ACCESS_KEY_ID\" \"${AWS_PROFILE-unset}\"";
    let shell = Running::start(Command::new("sh").arg("-c").arg(script).env("AWS_PROFILE", "other")).finish();
    let json = world.run(&["credentials", DEVELOPER, "--format", "json"]).succeeds().json();
    assert_eq!(shell.stdout, format!("{} unset", json["access_key_id"].as_str().unwrap()));
    assert_eq!((&json["account_id"], &json["role_name"]), (&"100000023757".into(), &"Developer".into()));
    assert!(format("fish").contains("set -gx AWS_ACCESS_KEY_ID '"));
    assert!(format("powershell").contains("$Env:AWS_ACCESS_KEY_ID = '"));
    let process = format("process");
    assert!(process.len() < 8192 && process.lines().count() == 1, "{process}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&process).unwrap()["AccountId"], "100000023757");
    assert_eq!(world.run(&["credentials", DEVELOPER, "--format", "xml"]).code, Some(2));
}
