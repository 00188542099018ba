//! `roles`: what is listed of which session, in which order, and what it looks like.

use std::fs;

use daypass::simulator::Operation;
use jiff::SignedDuration;

use crate::environment::{DEVELOPER, Outcome, READ_ONLY, TestEnv};

const TWO: &str = "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n\
    sso_registration_scopes = sso:account:access\n\
    [sso-session beta]\nsso_start_url = https://beta.awsapps.com/start\nsso_region = eu-west-1\n";

/// The `account role` of each row of a plain table.
fn rows(outcome: &Outcome) -> Vec<String> {
    let cells =
        |line: &str| line.split("  ").filter(|cell| !cell.is_empty()).map(str::trim).collect::<Vec<_>>().join(" ");
    let rows = outcome.stdout.lines().map(cells);
    rows.map(|row| {
        row.split(' ')
            .enumerate()
            .filter(|(at, _)| [0, 2].contains(at))
            .map(|(_, cell)| cell)
            .collect::<Vec<_>>()
            .join(" ")
    })
    .collect()
}

#[test]
fn roles_of_all_sessions_are_listed_and_a_session_that_is_not_signed_in_is_named() {
    let world = TestEnv::new();
    fs::write(world.config(), TWO).unwrap();
    world.run(&["roles"]).fails_saying(3, "daypass login acme");

    world.sign_in_to(&["beta"]);
    let partly = world.run(&["roles", "identity", "tier:ro"]);
    assert_eq!(
        (partly.code, partly.stdout.as_str()),
        (Some(8), "prod-identity-0005  100000039595  ReadOnly  ReadOnly  beta\n")
    );
    assert!(partly.stderr.contains("SSO session `acme` is not signed in"), "{partly:?}");
    assert!(partly.stderr.contains("daypass login acme"), "{partly:?}");
    assert_eq!(world.run(&["roles", "--session", "beta"]).code, Some(0));

    world.sign_in_to(&["acme"]);
    let both = world.run(&["roles", "--json"]).succeeds().json();
    let of_role = |role: &serde_json::Value| {
        let text = |field: &str| role[field].as_str().unwrap().to_owned();
        (text("account_name"), text("session"))
    };
    let both: Vec<_> = both.as_array().unwrap().iter().map(of_role).collect();
    assert_eq!(both.iter().filter(|(_, session)| session == "acme").count() * 2, both.len());
    assert!(both.is_sorted(), "by account name, then in the order of the config file: {both:?}");
    let csv = world.run(&["roles", "--csv", "org:bet", "0003", "admin"]).succeeds().stdout;
    assert_eq!(csv.lines().next(), Some("account_id,account_name,email,role,tier,session"));
    assert!(csv.lines().skip(1).all(|line| line.ends_with(",admin,beta")) && csv.lines().count() > 1, "{csv}");
    let one = world.run(&["roles", "--json", "--session", "acme"]).succeeds().json();
    assert!(one[0].get("session").is_none(), "{one}");
}

#[test]
fn what_is_kept_of_a_session_is_shown_though_nobody_is_signed_in_to_it() {
    let world = TestEnv::new();
    fs::write(world.config(), TWO).unwrap();
    world.sign_in_to(&["acme"]);
    world.sign_in_to(&["beta"]);
    let all = world.run(&["roles"]).succeeds();
    assert_eq!(all.stderr, "");
    world.run(&["logout", "acme"]).succeeds();
    world.age(SignedDuration::from_hours(2));
    world.aws.reset_calls();
    let kept = world.run(&["roles"]).succeeds();
    assert_eq!(kept.stdout, all.stdout);
    assert!(kept.stderr.contains("`acme`: showing the list of ") && kept.stderr.contains("not signed in"), "{kept:?}");
    assert_eq!(world.calls(Operation::ListAccounts), 1, "that of beta, whose list was old");
    let refreshed = world.run(&["roles", "--refresh"]);
    assert_eq!((refreshed.code, refreshed.stdout), (Some(8), all.stdout), "{}", refreshed.stderr);
    assert_eq!(world.calls(Operation::StartDeviceAuthorization), 0);
}

#[test]
fn the_best_match_is_the_first_row() {
    let world = TestEnv::signed_in();
    world.settings("[aliases]\nmoney = \"prod-payments-0003/Admin\"\n");
    let first = |query: &[&str]| rows(&world.run(&[&["roles"], query].concat()).succeeds())[0].clone();
    assert_eq!(first(&["0003"]), "prod-payments-0003 ReadOnly");
    assert_eq!(first(&["pay", "3", "admin"]), "prod-payments-0003 Admin");
    assert_eq!(first(&["payments"]), "prod-payments-0003 Developer", "it is the name of a profile");
    assert_eq!(first(&["money"]), "prod-payments-0003 Admin");
    assert_eq!(first(&["#mon"]), "prod-payments-0003 Admin");
    assert_eq!(first(&["tier:dev", "chk"]), "prod-checkout-0004 Developer");
    assert_eq!(
        rows(&world.run(&["roles"]).succeeds())[0],
        "log-archive AWSReadOnlyAccess",
        "by account name, the least powerful role first"
    );
}

#[test]
fn what_is_used_most_comes_first_and_warm_hits_count() {
    let world = TestEnv::signed_in();
    fs::write(world.config(), TWO.split("[sso-session beta]").next().unwrap()).unwrap();
    world.run(&["roles"]).succeeds();
    let first = || rows(&world.run(&["roles", "payments"]).succeeds())[0].clone();
    assert_eq!(first(), "prod-payments-0003 ReadOnly");
    world.credentials(READ_ONLY).succeeds();
    world.credentials(DEVELOPER).succeeds();
    let index = fs::read(world.state().join("index.json")).unwrap();
    for _ in 0..2 {
        world.credentials(DEVELOPER).succeeds();
    }
    assert_eq!(fs::read(world.state().join("index.json")).unwrap(), index, "a warm hit does not touch the index");
    assert_eq!(fs::read_to_string(world.state().join("uses.log")).unwrap().lines().count(), 2);
    assert_eq!(first(), "prod-payments-0003 Developer");

    // What changes the index counts them, once.
    world.credentials("100000031676/ReadOnly").succeeds();
    assert!(!world.state().join("uses.log").exists());
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(world.state().join("index.json")).unwrap()).unwrap();
    let session = index["sessions"].as_object().unwrap().values().next().unwrap();
    assert_eq!(session["targets"][DEVELOPER]["uses"], 3);
    assert_eq!(session["targets"][READ_ONLY]["uses"], 1);
    assert_eq!(first(), "prod-payments-0003 Developer");
}

#[test]
fn a_use_that_cannot_be_noted_is_no_failure() {
    let world = TestEnv::signed_in();
    let key = world.credentials(DEVELOPER).succeeds().access_key_id();
    fs::create_dir(world.state().join("uses.log")).unwrap();
    let warm = world.credentials(DEVELOPER).succeeds();
    assert_eq!((warm.access_key_id(), warm.stderr.as_str()), (key, ""));
    world.run(&["exec", DEVELOPER, "--", "true"]).succeeds();
    world.run(&["roles", "payments"]).succeeds();
}
