//! `elevate`, `elevations`, `extend` and `end`: what they ask, what they do at AWS and what the log says afterwards.

use daypass::simulator::{Fault, Operation, Options};
use serde_json::Value;

use crate::environment::{ADMIN, DEVELOPER, NET, Outcome, TestEnv};
use crate::pty::Pty;

const REASON: &str = "INC-4711 payments are stuck";
const OTHER_ADMIN: &str = "100000031676/Admin";

fn unattended(more: &str) -> TestEnv {
    let world = TestEnv::signed_in();
    world.run(&["roles"]).succeeds();
    world.policy(&format!("[tiers.admin]\nunattended = true\n{more}"));
    world
}

fn elevate(world: &TestEnv, arguments: &[&str]) -> Outcome {
    world.run(&[&["elevate", "--yes", "--reason", REASON][..], arguments].concat())
}

/// The data of the log's steps of this kind.
fn data(world: &TestEnv, kind: &str) -> Vec<Value> {
    let of_kind = world.elevations().into_iter().filter(|line| line["kind"] == format!("elevation.{kind}"));
    of_kind.map(|line| line["data"].clone()).collect()
}

fn listed(world: &TestEnv) -> Vec<Value> {
    world.run(&["elevations", "--json"]).succeeds().json().as_array().unwrap().clone()
}

#[test]
fn an_elevation_serves_every_command_until_it_is_ended_and_each_step_is_recorded() {
    let world = unattended("");
    let begun = elevate(&world, &[ADMIN, "--duration", "20m", "--ticket", "INC-4711"]).succeeds();
    let id = begun.stdout.split(' ').next().unwrap().to_owned();
    assert_eq!((id.len(), begun.stdout.contains(ADMIN)), (26, true), "{begun:?}");
    world.credentials(ADMIN).succeeds();
    world.run(&["exec", ADMIN, "--", "true"]).succeeds();
    assert_eq!(world.calls(Operation::GetRoleCredentials), 1);
    let granted = &data(&world, "granted")[0];
    assert_eq!((&granted["elevation"], &granted["ticket"]), (&id.as_str().into(), &"INC-4711".into()));
    assert_eq!(granted["verification"], "verified");
    assert!(granted["arn"].as_str().unwrap().contains("assumed-role/"), "{granted}");
    assert!(granted["request_id"].is_string() && granted["identity_request_id"].is_string(), "{granted}");

    let rows = listed(&world);
    assert_eq!((rows.len(), &rows[0]["state"], &rows[0]["id"]), (1, &"active".into(), &id.as_str().into()));
    assert!(rows[0]["seconds_left"].as_i64().is_some_and(|left| (1_100..=1_200).contains(&left)), "{rows:?}");

    for command in ["elevations", "status"] {
        let shown = world.run(&[command]).succeeds().stdout;
        assert!(shown.contains(" left); AWS accepts it until "), "{command}: {shown}");
    }
    let shown = world.run(&["elevations"]).succeeds().stdout;
    assert!(shown.contains(" · active\n") && shown.contains("INC-4711 · ") && shown.contains(&id), "{shown}");

    let ended = world.run(&["end"]).succeeds();
    assert!(ended.stderr.contains("AWS accepts the credentials that were handed out until"), "{ended:?}");
    assert!(world.record("role/").is_none() && world.record("elevation/").is_none());
    world.credentials(ADMIN).fails(5);
    assert_eq!(data(&world, "ended")[0]["how"], "ended_early");
    assert_eq!(listed(&world)[0]["ended"], "ended_early");
    world.run(&["end"]).fails_saying(2, "no elevation is active");
    world.run(&["end", &id]).fails_saying(2, "no elevation");
    assert!(!world.run(&["status"]).succeeds().stdout.contains("elevated"));
    let shown = world.run(&["elevations"]).succeeds().stdout;
    assert!(shown.contains(" · ended early\n") && shown.ends_with("nothing is elevated\n"), "{shown}");
    let unknown = "01M7YNAYM00000000000000000";
    world.run(&["elevations", "--summary", unknown]).fails_saying(2, "is known");
    let summary = world.run(&["elevations", "--summary", &id, "--markdown"]).succeeds().stdout;
    assert!(
        summary.contains(&format!("**Why**: `{REASON}`")) && summary.contains("**Ticket**: `INC-4711`"),
        "{summary}"
    );
}

#[test]
fn a_longer_life_at_aws_than_the_policy_allows_is_said_with_what_mends_it() {
    for (hours, warns) in [(1, false), (4, true)] {
        let role_session = std::time::Duration::from_secs(hours * 3_600);
        let world = TestEnv::with(Options { role_session, ..Options::default() });
        world.sign_in();
        world.policy("[tiers.admin]\nunattended = true\n");
        let begun = elevate(&world, &[ADMIN]).succeeds();
        assert_eq!(begun.stderr.contains("PT1H"), warns, "{begun:?}");
    }
}

#[test]
fn leaving_the_screen_tells_what_stays_live_on_the_terminal_that_is_restored() {
    let world = unattended("");
    let leave = || {
        let mut terminal = Pty::of(&world.command(&[]));
        terminal.wait_for("roles", |text| text.contains("╭ Roles") && text.contains("esc quit"));
        terminal.press_alone("\u{1b}");
        let (code, shown) = terminal.finish();
        assert_eq!(code, 0, "{shown}");
        shown.rsplit_once("\u{1b}[?1049l").unwrap().1.to_owned()
    };
    assert!(!leave().contains("live"));
    elevate(&world, &[ADMIN]).succeeds();
    let after = leave();
    assert!(after.contains("daypass: 1 elevation is live until "), "{after:?}");
    assert!(after.contains("; daypass elevations"), "{after:?}");
}

#[test]
fn the_end_of_an_elevation_is_recorded_by_the_next_command_of_any_kind() {
    let world = unattended("");
    elevate(&world, &[ADMIN]).succeeds();
    world.run(&["exec", DEVELOPER, "--", "true"]).succeeds();
    assert_eq!(world.steps(), ["intent", "granted"]);
    world.age(jiff::SignedDuration::from_mins(31));
    world.run(&["exec", DEVELOPER, "--", "true"]).succeeds();
    assert_eq!(world.steps(), ["intent", "granted", "ended"]);
    let ended = &data(&world, "ended")[0];
    assert_eq!(ended["how"], "expired");
    assert_eq!(ended["ended_at"], data(&world, "granted")[0]["ends_at"]);
    assert!(world.record("elevation/").is_none());
}

#[test]
fn whatever_is_started_at_a_terminal_warns_once_of_an_end_that_is_near() {
    let world = unattended("");
    elevate(&world, &[ADMIN]).succeeds();
    let started = || Pty::of(&world.command(&["exec", DEVELOPER, "--", "true"])).finish().1;
    for (age, minutes) in [(15, None), (7, Some(10)), (0, None), (7, Some(2)), (0, None)] {
        world.age(jiff::SignedDuration::from_mins(age));
        let before = data(&world, "warned").len();
        assert_eq!(started().contains("carries it on"), minutes.is_some(), "{age} {minutes:?}");
        let warned = data(&world, "warned");
        let last = warned[before..].last().map(|data| data["minutes_left"].as_u64().unwrap());
        assert_eq!(last, minutes, "{age}");
    }
}

#[test]
fn several_targets_share_one_reason_and_are_linked() {
    let world = unattended("");
    elevate(&world, &[ADMIN, OTHER_ADMIN]).succeeds();
    let intents = data(&world, "intent");
    assert_eq!(intents.len(), 2);
    assert_eq!((&intents[0]["group"], &intents[1]["group"]), (&Value::Null, &intents[0]["elevation"]));
    world.run(&["end"]).fails_saying(2, "several elevations are active");
    world.run(&["extend", "--yes", "--reason", "INC-4711 it takes longer"]).fails_saying(2, "several elevations");
}

#[test]
fn an_extension_is_a_new_elevation_with_its_own_reason_that_takes_the_place_of_the_old_one() {
    let world = unattended("");
    elevate(&world, &[ADMIN]).succeeds();
    world.run(&["extend", "--yes", "--reason", "INC-4711 it takes longer"]).succeeds();
    let intents = data(&world, "intent");
    assert_eq!(intents[1]["extends"], intents[0]["elevation"]);
    assert_eq!(world.steps(), ["intent", "granted", "intent", "granted", "ended"]);
    assert_eq!(data(&world, "ended")[0]["how"], "replaced");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 2, "it is fetched anew");
}

#[test]
fn a_cap_counts_what_was_used_and_says_what_is_left() {
    let world = unattended("cap = '50m in 24h'\n");
    elevate(&world, &[ADMIN, "--duration", "30m"]).succeeds();
    let refused = elevate(&world, &[OTHER_ADMIN, "--duration", "30m"]).fails_saying(5, "is left");
    assert!(refused.stderr.contains("--duration"), "{refused:?}");
    assert_eq!(data(&world, "refused").len(), 1);
    // What nobody asked for is shortened to what is left.
    elevate(&world, &[OTHER_ADMIN]).succeeds();
    let seconds: Vec<i64> = data(&world, "intent").iter().map(|data| data["duration_s"].as_i64().unwrap()).collect();
    assert!(seconds[0] == 1_800 && (1_190..=1_200).contains(&seconds[1]), "{seconds:?}");
}

#[test]
fn a_ticket_is_asked_for_as_the_policy_says_and_secrets_are_refused_before_anything_is_recorded() {
    let world = unattended("ticket = 'or_none'\nticket_pattern = 'INC-[0-9]+'\n");
    world.aws.reset_calls();
    elevate(&world, &[ADMIN]).fails_saying(2, "--no-ticket");
    elevate(&world, &[ADMIN, "--ticket", "CHG-1"]).fails_saying(2, "INC-[0-9]+");
    let secret = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
    let reason = format!("restore with {secret}");
    let refused = world.run(&["elevate", ADMIN, "--yes", "--no-ticket", "--reason", &reason]).fails(2);
    assert!(!refused.stderr.contains(&secret), "{refused:?}");
    assert_eq!((world.log().len(), world.aws.counts().total()), (0, 0));
    elevate(&world, &[ADMIN, "--no-ticket"]).succeeds();
    assert_eq!(data(&world, "intent")[0]["no_ticket"], true);
}

#[test]
fn a_dry_run_says_what_would_be_and_does_nothing() {
    let world = unattended("warning = 'PRODUCTION'\nalerts = ['slack']\nnotify = ['security']\n");
    world.aws.reset_calls();
    let plan = elevate(&world, &[ADMIN, "--dry-run"]).succeeds().stdout;
    for words in ["prod-payments-0003 / Admin", "break-glass", "PRODUCTION", "30m", "slack", "security"] {
        assert!(plan.contains(words), "no {words:?}: {plan}");
    }
    elevate(&world, &[ADMIN, "--dry-run", "--duration", "2h"]).fails_saying(2, "--duration 1h");
    assert_eq!((world.log().len(), world.aws.counts().total()), (0, 0));
}

#[test]
fn the_command_line_confirms_by_a_word_of_its_own_alone() {
    let world = unattended("");
    for command in [&["elevate", ADMIN][..], &["credentials", ADMIN], &["credentials", ADMIN, "--format", "json"]] {
        world.run(&[command, &["--reason", REASON]].concat()).fails_saying(5, "nobody has confirmed the elevation");
    }
    assert_eq!(world.calls(Operation::GetRoleCredentials), 0);
    for half in [&["--yes"][..], &["--duration", "15m"], &["--ticket", "INC-1"]] {
        world.run(&[&["credentials", ADMIN][..], half].concat()).fails_saying(2, "--reason");
    }
}

#[test]
fn what_a_stricter_policy_would_not_let_begin_serves_no_more() {
    let world = unattended("");
    elevate(&world, &[ADMIN]).succeeds();
    world.credentials(ADMIN).succeeds();
    world.policy("");
    world.credentials(ADMIN).fails(5);
}

#[test]
fn a_target_that_is_named_twice_is_elevated_once_and_what_was_done_before_a_refusal_is_said() {
    let world = unattended("cap = '40m in 24h'\n");
    let partly = elevate(&world, &[ADMIN, ADMIN, OTHER_ADMIN, "--duration", "30m"]);
    assert_eq!(partly.code, Some(8), "{partly:?}");
    assert!(partly.stdout.contains(ADMIN) && partly.stderr.contains("10m"), "{partly:?}");
    assert_eq!(world.steps(), ["intent", "granted", "refused"]);
}

#[test]
fn elevations_that_begin_at_once_share_what_a_cap_leaves() {
    let world = unattended("cap = '40m in 24h'\n");
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang);
    let waits = world.spawn(&["elevate", ADMIN, "--yes", "--reason", REASON]);
    assert!(world.aws.wait_for_calls(Operation::GetRoleCredentials, 1, NET));
    let refused = elevate(&world, &[OTHER_ADMIN, "--duration", "30m"]).fails_saying(5, "is left");
    assert!(refused.stderr.contains("10m"), "{refused:?}");
    waits.kill();
}

#[test]
fn the_end_of_a_drill_leaves_the_real_elevation_of_the_same_role_as_it_is() {
    let world = unattended("");
    elevate(&world, &[ADMIN]).succeeds();
    let drill = elevate(&world, &[ADMIN, "--drill"]).succeeds().stdout;
    world.run(&["end", drill.split(' ').next().unwrap()]).succeeds();
    world.credentials(ADMIN).succeeds();
    elevate(&world, &[ADMIN, "--drill"]).succeeds();
    world.run(&["end"]).succeeds();
    world.credentials(ADMIN).fails(5);
    let ended: Vec<_> = data(&world, "ended").iter().map(|data| data["drill"].as_bool().unwrap_or(false)).collect();
    assert_eq!(ended, [true, false], "a drill is not what `end` means where something real is active");
}

#[test]
fn who_still_has_keys_is_told_of_every_elevation_of_the_role_that_aws_still_accepts() {
    let world = unattended("");
    elevate(&world, &[ADMIN]).succeeds();
    let holder = world.spawn(&["exec", ADMIN, "--", "sh", "-c", "echo ready >&2; exec sleep 1000"]);
    holder.until("ready");
    world.run(&["extend", ADMIN, "--yes", "--reason", "INC-4711 it takes longer"]).succeeds();
    let ended = world.run(&["end", ADMIN]).succeeds();
    assert!(ended.stderr.contains(&format!("sleep ({})", holder.id())), "{ended:?}");
}

#[test]
fn in_an_elevated_shell_its_own_elevation_is_meant_and_all_are_ended_at_once() {
    let world = unattended("");
    let first = elevate(&world, &[ADMIN]).succeeds().stdout.split(' ').next().unwrap().to_owned();
    elevate(&world, &[OTHER_ADMIN]).succeeds();
    let several = world.run(&["end"]).fails_saying(2, "several elevations are active");
    assert!(several.stderr.contains(&format!("daypass end {first}")), "{several:?}");
    let in_shell = [("DAYPASS_ELEVATION", first.as_str())];
    let extended = world.run_with(&["extend", "--yes", "--reason", "INC-4711 it takes longer"], &in_shell).succeeds();
    assert!(extended.stderr.contains("this shell keeps the old credentials"), "{extended:?}");
    let ended = world.run_with(&["end"], &in_shell).succeeds();
    assert!(ended.stderr.contains("prod-payments-0003"), "{ended:?}");
    elevate(&world, &[ADMIN]).succeeds();
    world.run(&["end", "--all"]).succeeds();
    world.run(&["end"]).fails_saying(2, "no elevation is active");
}

#[test]
fn records_name_whom_aws_says_the_person_is() {
    let world = unattended("");
    elevate(&world, &[ADMIN]).succeeds();
    assert_eq!(data(&world, "granted")[0]["user"], "alice@acme.example");
    world.run(&["end"]).succeeds();
    assert_eq!(data(&world, "ended")[0]["user"], "alice@acme.example");
}

#[test]
fn a_drill_is_recorded_as_one_and_asks_nothing_of_aws() {
    let world = unattended("ticket = 'required'\n");
    world.aws.reset_calls();
    elevate(&world, &[ADMIN, "--drill"]).succeeds();
    assert_eq!((world.steps(), world.aws.counts().total()), (vec!["intent".into(), "granted".into()], 0));
    assert!(data(&world, "granted")[0]["drill"] == true && world.record("role/").is_none());
    world.credentials(ADMIN).fails(5);
    world.run(&["end"]).succeeds();
    assert_eq!(data(&world, "ended")[0]["drill"], true);
}

#[test]
fn without_a_terminal_nothing_begins_unless_the_policy_allows_it() {
    let world = TestEnv::signed_in();
    for command in [&["elevate", ADMIN][..], &["credentials", ADMIN], &["exec", ADMIN]] {
        let arguments = [command, &["--reason", REASON, "--yes"]].concat();
        let arguments = if command[0] == "exec" { [&arguments[..], &["--", "true"]].concat() } else { arguments };
        world.run(&arguments).fails_saying(5, "takes a person at a terminal");
    }
    assert_eq!(world.steps(), ["refused"], "one record for the same within a minute");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 0);
    elevate(&unattended(""), &[DEVELOPER]).fails_saying(2, "asks for no elevation");
}

#[test]
fn at_a_terminal_the_account_is_typed_and_nothing_else_confirms() {
    let world = TestEnv::signed_in();
    world.run(&["roles"]).succeeds();
    let asked = || {
        let terminal = Pty::of(&world.command(&["elevate", ADMIN, "--reason", REASON]));
        terminal.wait_for_raw("type prod-payments-0003 or 3757 to go on");
        terminal
    };
    let mut given_up = asked();
    // A paste that ends itself, an enter alone, and the wrong digits.
    given_up.press("\u{1b}[200~3757\u{1b}[201~\r");
    given_up.wait_for_raw("what is pasted does not count");
    given_up.press_alone("\r");
    given_up.type_as_a_person("3758\r");
    given_up.wait_for_raw("that is not it");
    given_up.press_alone("\u{1b}");
    let (code, shown) = given_up.finish();
    assert_eq!((code, world.steps().len(), world.calls(Operation::GetRoleCredentials)), (5, 0, 0), "{shown}");

    let mut confirmed = asked();
    confirmed.type_as_a_person("3757\r");
    let (code, shown) = confirmed.finish();
    assert_eq!((code, world.steps()), (0, vec!["intent".to_owned(), "granted".to_owned()]), "{shown}");
    assert_eq!(data(&world, "intent")[0]["confirmation"], "typed");
}

#[test]
fn credentials_of_another_account_are_dropped() {
    let world = unattended("");
    world
        .aws
        .fault_always(Operation::GetCallerIdentity, daypass::simulator::Fault::CallerAccount("999999999999".into()));
    elevate(&world, &[ADMIN]).fails_saying(1, "they were dropped");
    assert!(world.record("role/").is_none());
    assert_eq!(world.steps(), ["intent", "failed"]);
}

#[test]
fn a_chained_elevation_assumes_the_policys_role_under_the_elevations_name() {
    let world = unattended("mode = 'chained'\nassume = 'arn:aws:iam::{account}:role/BreakGlass'\n");
    elevate(&world, &[ADMIN, "--ticket", "INC-4711"]).succeeds();
    let granted = &data(&world, "granted")[0];
    let name = format!("assumed-role/BreakGlass/bg-{}", granted["elevation"].as_str().unwrap());
    assert!(granted["arn"].as_str().unwrap().ends_with(&name), "{granted}");
    assert_eq!((&granted["mode"], granted["assume_role_request_id"].is_string()), (&"chained".into(), true));
    let calls = world.aws.calls_log();
    let assumed = calls.iter().find_map(|call| call.assume_role.clone()).expect("a call to AssumeRole");
    assert_eq!(assumed.session_name, format!("bg-{}", granted["elevation"].as_str().unwrap()));
    assert_eq!(assumed.duration_seconds.as_deref(), Some("1800"));
}
