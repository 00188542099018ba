//! `status`, and which session is meant where there are several.

use std::fs;

use daypass::simulator::{Fault, Operation};

use crate::environment::{ADMIN, CONFIG, DEVELOPER, TestEnv};

const TWO: &str = "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n\
    sso_registration_scopes = sso:account:access\n\
    [sso-session beta]\nsso_start_url = https://beta.awsapps.com/start\nsso_region = eu-west-1\n\
    [profile b]\nsso_session = beta\nsso_account_id = 100000023757\nsso_role_name = ReadOnly\n";

#[test]
fn status_says_whether_a_login_is_needed_without_asking_anyone() {
    let world = TestEnv::new();
    let before = world.run(&["status"]);
    assert_eq!((before.code, before.stdout.as_str()), (Some(3), "acme · us-east-1 · not signed in\n"));
    world.sign_in();
    world.credentials(DEVELOPER).succeeds();
    world.elevated(ADMIN, "status of the suite").succeeds();
    world.aws.reset_calls();
    let calls = world.keyring.calls().len();
    let shown = world.run(&["status"]).succeeds().stdout;
    assert!(
        shown.contains("signed in, 7h 59m") && shown.contains(DEVELOPER) && shown.contains(" Developer "),
        "{shown}"
    );
    let report = world.run(&["status", "--json"]).succeeds().json();
    assert_eq!(report["signed_in"], true);
    let kept = report["sessions"][0]["credentials"].as_array().unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().any(|kept| kept["tier"] == "admin" && kept["reason"] == "status of the suite"));
    let times = kept.iter().flat_map(|kept| [&kept["expires_at"], &kept["aws_expires_at"]]);
    for time in times.chain([&report["sessions"][0]["expires_at"]]) {
        assert_eq!(time.as_str().unwrap().len(), "2026-11-21T09:00:00Z".len(), "{time} has whole seconds");
    }
    assert!(kept.iter().all(|kept| kept["seconds_left"].as_i64().is_some_and(|left| (1..=3600).contains(&left))));
    assert_eq!((world.aws.counts().total(), world.keyring.calls().len()), (0, calls));
    world.age(jiff::SignedDuration::from_hours(9));
    let after = world.run(&["status", "--json"]);
    assert_eq!((after.code, &after.json()["sessions"][0]["credentials"]), (Some(3), &serde_json::json!([])));
}

#[test]
fn sessions_live_side_by_side() {
    let world = TestEnv::new();
    fs::write(world.config(), TWO).unwrap();
    world.run(&["login"]).fails_saying(2, "several SSO sessions");
    world.sign_in_to(&["beta"]);
    for (command, code) in
        [(&["status", "beta"][..], 0), (&["status", "acme"], 3), (&["status"], 0), (&["status", "gone"], 2)]
    {
        assert_eq!(world.run(command).code, Some(code), "{command:?}");
    }
    for command in
        [&["status", "--session", "acme"][..], &["--session", "acme", "status"], &["roles", "--session=acme"]]
    {
        assert_eq!(world.run(command).code, Some(3), "{command:?}");
    }
    world.run(&["status", "--session", "beta"]).succeeds();
    world.run(&["status", "beta", "--session", "beta"]).succeeds();
    world.run(&["status", "beta", "--session", "acme"]).fails_saying(2, "two SSO sessions are named");
    world.run(&["logout", "--all", "--session", "acme"]).fails_saying(2, "contradict");
    world.run(&["credentials", DEVELOPER]).fails_saying(2, "several SSO sessions");
    world.run(&["credentials", DEVELOPER, "--session", "acme"]).fails(3);
    let key = world.run(&["credentials", DEVELOPER, "--session", "beta"]).succeeds().access_key_id();
    // Only one session has used the account.
    assert_eq!(world.run(&["credentials", DEVELOPER]).succeeds().access_key_id(), key);
    world.run(&["credentials", "--profile", "b"]).succeeds();

    world.sign_in_to(&["acme"]);
    assert_ne!(world.run(&["credentials", DEVELOPER, "--session", "acme"]).succeeds().access_key_id(), key);
    world.run(&["logout", "--session", "acme"]).succeeds();
    assert_eq!((world.run(&["status", "acme"]).code, world.run(&["status", "beta"]).code), (Some(3), Some(0)));
    world.run(&["logout", "--all"]).succeeds();
    assert!(world.keyring.items().is_empty());
}

#[test]
fn the_session_is_the_one_that_settings_or_the_profile_variable_name() {
    let world = TestEnv::new();
    fs::write(world.config(), TWO).unwrap();
    world.sign_in_to(&["beta"]);
    assert_eq!(world.run_with(&["roles"], &[("AWS_PROFILE", "b")]).code, Some(0));
    world.settings("session = \"acme\"\n");
    assert_eq!(world.run(&["status"]).code, Some(3));
    world.run(&["roles"]).fails_saying(3, "daypass login acme");
    world.run(&["roles", "--session", "beta"]).succeeds();
    world.settings("session = \"beta\"\n");
    world.run(&["roles"]).succeeds();
}

#[test]
fn a_session_whose_portal_changed_is_another_session() {
    let world = TestEnv::signed_in();
    fs::write(world.config(), CONFIG.replace("acme.awsapps.com", "new.awsapps.com")).unwrap();
    world.credentials(DEVELOPER).fails(3);
    assert_eq!(world.aws.counts().total(), 0, "no token goes to another portal");
}

#[test]
fn a_filter_that_matches_nothing_says_so_on_stderr() {
    let world = TestEnv::signed_in();
    let all = world.run(&["roles", "--json"]).succeeds().json().as_array().unwrap().len();
    world.age(jiff::SignedDuration::from_mins(5));
    let none = world.run(&["roles", "zz\u{1b}z", "qq"]).succeeds();
    assert_eq!(none.stdout, "");
    assert_eq!(none.stderr, format!("no role matches `zz\\ez qq`; {all} roles listed 5 min ago\n"));
    assert_eq!(world.run(&["roles", "zzz", "--json"]).succeeds().stdout, "[]\n");
    assert_eq!(world.run(&["roles", "ReadOnly"]).succeeds().stderr, "");
}

#[test]
fn a_session_that_is_not_there_is_refused_by_every_command_with_who_names_it() {
    let world = TestEnv::new();
    fs::write(world.config(), TWO).unwrap();
    world.sign_in_to(&["acme"]);
    let commands = [&["status"][..], &["roles"], &["credentials", DEVELOPER], &[]];
    world.settings("mouse = true\nsession = \"acm\"\n");
    for command in commands {
        let refused = world.run(command).fails_saying(2, "there is no SSO session `acm`, which ");
        assert!(refused.stderr.contains("/.config/daypass/config.toml line 2 names\n"), "{}", refused.stderr);
        assert!(refused.stderr.contains("known: acme, beta"), "{}", refused.stderr);
        let named = [command, &["--session", "nix"]].concat();
        world.run(&named).fails_saying(2, "there is no SSO session `nix`\n  known: acme, beta\n");
    }
    world.run(&["status", "acme"]).succeeds();
}

#[test]
fn where_there_are_several_sessions_the_command_of_a_hint_names_the_one_that_was_used() {
    let world = TestEnv::new();
    fs::write(world.config(), TWO).unwrap();
    world.sign_in_to(&["beta"]);
    let asked = world.run(&["credentials", ADMIN, "--session", "beta"]).fails(5);
    let command = format!("daypass elevate --session beta {ADMIN} --reason \"…\"\n");
    assert!(asked.stderr.contains(&command), "{}", asked.stderr);
    world.allow_unattended();
    world.run(&["credentials", "--session", "beta", ADMIN, "--reason", "status of the suite", "--yes"]).succeeds();

    world.aws.fault_always(Operation::GetRoleCredentials, Fault::no_access());
    let refused = world.run(&["credentials", DEVELOPER, "--session", "beta"]).fails(4);
    assert!(refused.stderr.contains("  daypass roles --session beta --refresh "), "{}", refused.stderr);
    // The only session there is needs no name.
    fs::write(world.config(), CONFIG).unwrap();
    world.sign_in();
    let asked = world.credentials(ADMIN).fails(5);
    assert!(asked.stderr.contains(&format!("daypass elevate {ADMIN} --reason")), "{}", asked.stderr);
}

#[test]
fn where_there_is_no_session_at_all_a_login_by_name_says_how_to_add_it() {
    let world = TestEnv::new();
    fs::write(world.config(), "").unwrap();
    let refused = world.run(&["login", "acme"]).fails_saying(2, "there is no SSO session `acme`\n");
    let add = "  daypass login acme --start-url https://YOURS.awsapps.com/start --region REGION\n";
    assert!(
        refused.stderr.contains("  daypass   asks for the start URL") && refused.stderr.contains(add),
        "{refused:?}"
    );
}
