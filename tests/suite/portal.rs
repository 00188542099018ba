//! The portal: listing accounts and roles, fetching credentials, and everything AWS may answer to that.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use daypass::simulator::{Fault, Operation, Options, Roles, TimeSource};
use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use crate::environment::{DEVELOPER, NET, READ_ONLY, TestEnv};
use crate::sign_in::each;

#[test]
fn credentials_are_fetched_once_and_then_come_from_the_keyring() {
    let world = TestEnv::signed_in();
    let first = world.credentials(DEVELOPER).succeeds().access_key_id();
    assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), first);
    assert_eq!(world.run(&["credentials", "--profile", "payments"]).succeeds().access_key_id(), first);
    assert_eq!(world.aws.counts().total(), 1);
}

#[test]
fn a_session_that_ends_in_mid_list_stops_it_and_leaves_credentials_usable() {
    let world = TestEnv::signed_in();
    let kept = world.credentials(READ_ONLY).succeeds().access_key_id();
    world.aws.fault(Operation::ListAccountRoles, Fault::Pass);
    world.aws.fault_always(Operation::ListAccountRoles, Fault::unauthorized());
    let failed = world.run(&["roles", "--refresh"]).fails_saying(3, "daypass login acme");
    assert_eq!(failed.stderr.matches("daypass login").count(), 1, "one offer to sign in: {failed:?}");
    assert_eq!(world.run(&["status"]).code, Some(3));
    assert_eq!(world.credentials(READ_ONLY).succeeds().access_key_id(), kept);
    assert_eq!(world.calls(Operation::GetRoleCredentials), 1);
}

/// What AWS may answer to GetRoleCredentials, the exit code, the calls made, and whether the session lives on.
#[test]
fn refusals_of_credentials_are_told_apart() {
    let table = [
        (Fault::no_access(), 4, 1, 0),
        (Fault::status(404, "ResourceNotFoundException", "gone \u{1b}[2J"), 4, 1, 0),
        (Fault::unauthorized(), 3, 1, 3),
        (Fault::internal(), 6, 3, 0),
        (Fault::html_unavailable(), 6, 3, 0),
        (Fault::DropConnection, 6, 3, 0),
        (Fault::json("{}"), 1, 1, 0),
        (Fault::json("{\"roleCredentials\":{\"accessKeyId\":\"CANARY"), 1, 1, 0),
        (Fault::json("{\"roleCredentials\":{\"accessKeyId\":\"\",\"secretAccessKey\":\"CANARY\"}}"), 1, 1, 0),
        (Fault::status(400, "OddException", "\u{1b}]0;\u{7}"), 1, 1, 0),
    ];
    each(table, |(fault, code, calls, status)| {
        let world = TestEnv::signed_in();
        world.aws.fault_always(Operation::GetRoleCredentials, fault.clone());
        let failed = world.credentials(DEVELOPER).fails(code);
        assert!(!failed.stderr.contains("CANARY"), "{failed:?}");
        assert_eq!(world.calls(Operation::GetRoleCredentials), calls, "{fault:?} {failed:?}");
        assert_eq!(world.run(&["status"]).code, Some(status), "{fault:?}");
        assert!(world.record("role/").is_none(), "{fault:?}");
    });
}

#[test]
fn an_answer_that_is_far_too_large_is_refused_before_it_is_read() {
    let world = TestEnv::signed_in();
    let answer = |length: usize| Fault::json(&format!("{{\"accountList\":[]{}}}", " ".repeat(length - 18)));
    world.aws.fault_always(Operation::ListAccounts, answer((4 << 20) + 1));
    world.run(&["roles", "--refresh"]).fails_saying(1, "makes no sense (larger than 4 MiB)");
    world.aws.fault_always(Operation::ListAccounts, answer(4 << 20));
    world.run(&["roles", "--refresh"]).succeeds();
}

/// A server that sends chunks for as long as anyone reads them.
#[test]
fn an_answer_that_never_ends_is_refused() {
    let world = TestEnv::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", server.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in server.incoming() {
            let mut connection = connection.unwrap();
            connection.read_exact(&mut [0]).unwrap();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
            let mut sent = connection.write_all(head.as_bytes());
            while sent.is_ok() {
                sent = connection.write_all(format!("10000\r\n{}\r\n", " ".repeat(0x10000)).as_bytes());
            }
        }
    });
    let failed = world.run_with(&["login", "--no-browser"], &[("AWS_ENDPOINT_URL_SSO_OIDC", &endpoint)]);
    failed.fails_saying(1, "makes no sense (larger than 4 MiB)");
}

#[test]
fn what_the_portal_refuses_is_not_blamed_on_the_sign_in() {
    let codes = ["InvalidRequestException", "ExpiredTokenException", "AccessDeniedException", "invalid_grant", "Odd"];
    each(codes, |code| {
        let world = TestEnv::signed_in();
        world.aws.fault_always(Operation::GetRoleCredentials, Fault::status(400, code, "accountId is odd"));
        let failed = world.credentials(DEVELOPER).fails_saying(1, "AWS does not take the request");
        assert!(failed.stderr.contains("accountId is odd"), "{failed:?}");
        assert!(!failed.stderr.contains("login") && !failed.stderr.contains("sign-in"), "{code}: {failed:?}");
        assert!(world.record("session/").is_some_and(|record| !record["signed_in"].is_null()), "{code}");
    });
}

#[test]
fn a_listing_without_its_list_is_no_empty_listing() {
    let world = TestEnv::signed_in();
    world.aws.override_answer(Operation::ListAccounts, "/accountList", None);
    world.run(&["roles", "--refresh"]).fails_saying(1, "makes no sense (accountList)");
    world.aws.clear_overrides();
    world.aws.override_answer(Operation::ListAccountRoles, "/roleList", None);
    let partly = world.run(&["roles", "--refresh"]);
    assert!(partly.code == Some(8) && partly.stderr.contains("5 of 5 accounts"), "{partly:?}");
}

#[test]
fn a_role_that_is_gone_leaves_the_list() {
    let world = TestEnv::signed_in();
    let listed = |world: &TestEnv| world.run(&["roles", "payments", "Developer", "--json"]).succeeds().json();
    assert_eq!(listed(&world)[0]["role"], "Developer");
    world.aws.fault(Operation::GetRoleCredentials, Fault::status(404, "ResourceNotFoundException", "gone"));
    world.credentials(DEVELOPER).fails(4);
    let names = listed(&world);
    let there = |name: &str| {
        names.as_array().unwrap().iter().any(|row| row["account_id"] == "100000023757" && row["role"] == name)
    };
    assert!(!there("Developer"), "{names}");
}

#[test]
fn throttling_is_waited_out_without_a_browser() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::throttled(None));
    world.aws.fault(Operation::GetRoleCredentials, Fault::throttled(None));
    world.credentials(DEVELOPER).succeeds();
    assert_eq!(world.calls(Operation::GetRoleCredentials), 3);
    assert_eq!(world.aws.counts().total(), 3);
}

/// How soon it must come is tested with a clock of our own, in `flows`.
#[test]
fn a_program_that_waits_gets_an_answer_whatever_aws_does() {
    let table = [Fault::throttled(None), Fault::throttled(Some(3600)), Fault::Hang, Fault::Delay(2 * NET)];
    each(table, |fault| {
        let world = TestEnv::signed_in();
        world.aws.fault_always(Operation::GetRoleCredentials, fault.clone());
        world.credentials(DEVELOPER).fails(6);
        assert!(world.calls(Operation::GetRoleCredentials) <= 8, "{fault:?}");
    });
}

#[test]
fn whatever_wait_aws_asks_for_the_answer_comes_and_says_it() {
    // What Retry-After says, and what the report must: nothing of its own where that is no wait at all.
    let table = [
        ("0", None),
        ("-1", None),
        ("soon\u{1}", None),
        ("3", Some("AWS asks to wait 3s")),
        ("10800", Some("AWS asks to wait 3h 00m")),
        ("99999999", Some("AWS asks to wait more than a day")),
        ("18446744073709551615", Some("AWS asks to wait more than a day")),
        ("18446744073709551616", Some("AWS asks to wait more than a day")),
        ("Fri, 31 Dec 9999 23:59:59 GMT", Some("AWS asks to wait more than a day")),
        ("Sat, 01 Jan 2000 00:00:00 GMT", None),
    ];
    each(table, |(retry_after, said)| {
        let world = TestEnv::signed_in();
        world.aws.fault_always(Operation::GetRoleCredentials, Fault::throttled_saying(retry_after));
        let failed = world.credentials(DEVELOPER).fails_saying(6, said.unwrap_or("AWS is throttling requests"));
        assert!(!failed.stderr.contains("panicked"), "{failed:?}");
        // A person is told at once where nobody would wait that long.
        if said.is_some_and(|said| !said.ends_with("3s")) {
            let calls = world.calls(Operation::GetRoleCredentials);
            world.run(&["credentials", DEVELOPER, "--format", "env"]).fails_saying(6, "AWS asks to wait");
            world.run(&["exec", DEVELOPER, "--", "true"]).fails_saying(6, "AWS asks to wait");
            assert_eq!((calls, world.calls(Operation::GetRoleCredentials)), (1, 3));
        }
    });
}

#[test]
fn keys_and_tokens_with_foreign_characters_are_refused_and_nothing_is_kept() {
    let world = TestEnv::signed_in();
    let members = ["/roleCredentials/accessKeyId", "/roleCredentials/secretAccessKey", "/roleCredentials/sessionToken"];
    for pointer in members {
        for foreign in ["'", "\"", "$(touch ran) ", "\n", "\u{0}", "\u{2019}", "é"] {
            let text = format!("CANARYCANARYCANARY{foreign}");
            world.aws.override_answer(Operation::GetRoleCredentials, pointer, Some(json!(text)));
            let failed = world.credentials(DEVELOPER).fails_saying(1, "makes no sense");
            assert!(!failed.stderr.contains("CANARY"), "{pointer} {foreign:?}: {failed:?}");
            world.aws.clear_overrides();
        }
    }
    for expiration in [json!(0), json!(-1), json!(1_900_000_000), json!(1_900_000_000_000_000_000_i64)] {
        world.aws.override_answer(Operation::GetRoleCredentials, "/roleCredentials/expiration", Some(expiration));
        world.credentials(DEVELOPER).fails_saying(1, "makes no sense (expiration)");
        world.aws.clear_overrides();
    }
    assert!(world.record("role/").is_none());
    world.credentials(DEVELOPER).succeeds();
}

#[test]
fn a_token_of_4096_bytes_comes_out_whole_in_every_format() {
    let world = TestEnv::signed_in();
    let token: String = "IQoJb3JpZ2luX2Vj/+AZaz09==".chars().cycle().take(4_096).collect();
    world.aws.override_answer(Operation::GetRoleCredentials, "/roleCredentials/sessionToken", Some(json!(token)));
    assert_eq!(world.credentials(DEVELOPER).succeeds().json()["SessionToken"], token);
    let format = |name: &str| world.run(&["credentials", DEVELOPER, "--format", name]).succeeds();
    assert_eq!(format("process").json()["SessionToken"], token);
    assert_eq!(format("json").json()["session_token"], token);
    assert!(format("env").stdout.contains(&format!("\nexport AWS_SESSION_TOKEN='{token}'\n")));
    assert!(format("fish").stdout.contains(&format!("\nset -gx AWS_SESSION_TOKEN '{token}'\n")));
    assert!(format("powershell").stdout.contains(&format!("\n$Env:AWS_SESSION_TOKEN = '{token}'\n")));
    let shown = world.run(&["exec", DEVELOPER, "--", "printenv", "AWS_SESSION_TOKEN"]).succeeds();
    assert_eq!(shown.stdout, token + "\n");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 1, "all but the first came from the keyring");
}

#[test]
fn credentials_that_are_still_good_serve_when_aws_does_not() {
    let world = TestEnv::signed_in();
    let kept = world.credentials(DEVELOPER).succeeds().access_key_id();
    world.age(jiff::SignedDuration::from_mins(45));
    world.aws.fault_always(Operation::GetRoleCredentials, Fault::internal());
    assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), kept);
    world.age(jiff::SignedDuration::from_mins(16));
    world.aws.fault_always(Operation::CreateToken, Fault::internal());
    world.credentials(DEVELOPER).fails(6);
}

#[test]
fn a_clock_that_disagrees_with_aws_changes_nothing_but_the_times_handed_out() {
    for hours in [-3_i64, 3] {
        let skewed = move || {
            let by = Duration::from_secs(hours.unsigned_abs() * 3600);
            if hours < 0 { SystemTime::now() - by } else { SystemTime::now() + by }
        };
        let world = TestEnv::with(Options { time: TimeSource::new(skewed), ..Options::default() });
        world.sign_in();
        let first = world.credentials(DEVELOPER).succeeds();
        let expires: jiff::Timestamp = first.json()["Expiration"].as_str().unwrap().parse().unwrap();
        let left = expires.duration_since(jiff::Timestamp::now()).as_mins();
        assert!((55..=60).contains(&left), "AWS is {hours} h off: {left} min left");
        assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), first.access_key_id());
        world.run(&["status"]).succeeds();
        assert_eq!(world.aws.counts().total(), 1, "AWS is {hours} h off");
    }
}

#[test]
fn one_account_that_fails_is_marked_and_the_others_are_shown() {
    let world = TestEnv::with(Options { accounts: 9, page_size: 2, ..Options::default() });
    world.sign_in();
    world.aws.fault_account_always("100000023757", Fault::no_access());
    let partly = world.run(&["roles", "--json"]);
    assert_eq!(partly.code, Some(8), "{partly:?}");
    assert!(partly.stderr.contains("1 of 9 accounts"), "{partly:?}");
    let rows = partly.json();
    let mut accounts: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["account_id"].clone().to_string()).collect();
    accounts.dedup();
    assert_eq!(accounts.len(), 8);

    world.aws.clear_faults();
    world.run(&["roles", "--refresh"]).succeeds();
}

#[test]
fn empty_pages_that_lead_on_are_followed() {
    let world = TestEnv::signed_in();
    world.aws.fault(Operation::ListAccounts, Fault::EmptyPage);
    world.aws.fault(Operation::ListAccountRoles, Fault::EmptyPage);
    let rows = world.run(&["roles", "--json"]).succeeds().json();
    let all: usize = world.aws.accounts().iter().map(|account| account.roles.len()).sum();
    assert_eq!(rows.as_array().unwrap().len(), all);
}

#[test]
fn a_listing_whose_next_page_comes_back_is_partial_and_keeps_its_rows() {
    let world = TestEnv::with(Options { accounts: 150, roles: Roles::Exactly(1), ..Options::default() });
    world.sign_in();
    world.aws.fault_always(Operation::ListAccounts, Fault::RepeatedToken);
    let partly = world.run(&["roles", "--json"]);
    assert_eq!(partly.code, Some(8), "{partly:?}");
    assert_eq!(partly.json().as_array().unwrap().len(), 150);
    assert!(partly.stderr.contains("there may be more"), "{partly:?}");
    assert_eq!(world.calls(Operation::ListAccounts), 2);

    world.aws.clear_faults();
    world.run(&["roles"]).succeeds();

    let world = TestEnv::with(Options { accounts: 2, roles: Roles::Exactly(150), ..Options::default() });
    world.sign_in();
    world.aws.fault_account_always(&world.aws.accounts()[0].id.clone(), Fault::RepeatedToken);
    let partly = world.run(&["roles", "--json"]);
    assert_eq!(partly.code, Some(8), "{partly:?}");
    assert_eq!(partly.json().as_array().unwrap().len(), 300);
    assert!(partly.stderr.contains("1 of 2 accounts could not be listed in full"), "{partly:?}");
}

#[test]
fn hostile_names_act_on_neither_terminal_nor_file() {
    let world = TestEnv::with(Options { accounts: 12, hostile_names: true, ..Options::default() });
    world.sign_in();
    let before = fs::read(world.config()).unwrap();
    for format in [&["roles", "--refresh"][..], &["roles", "--json"], &["roles", "--csv"], &["status"]] {
        let shown = world.run(format);
        let acts = |character: char| {
            (character.is_control() && character != '\n')
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        assert!(!shown.stdout.contains(acts) && !shown.stderr.contains(acts), "{format:?}");
    }
    let table = world.run(&["roles"]).stdout;
    let columns: Vec<usize> = table
        .lines()
        .map(|line| line[..line.find("  1000").unwrap_or_else(|| panic!("no account in {line:?}"))].width())
        .collect();
    assert!(columns.iter().all(|column| *column == columns[0] && *column <= 40), "{columns:?}");
    assert_eq!(fs::read(world.config()).unwrap(), before);
}

#[test]
fn roles_are_filtered_and_come_as_table_json_or_csv() {
    let world = TestEnv::signed_in();
    let table = world.run(&["roles", "payments", "admin"]).succeeds();
    assert!(table.stdout.lines().next().unwrap().contains("prod-payments-0003  100000023757  Admin"), "{table:?}");
    let csv = world.run(&["roles", "--csv"]).succeeds().stdout;
    assert!(csv.starts_with("account_id,account_name,email,role,tier\n"));
    assert!(csv.contains("\n100000023757,prod-payments-0003,aws+prod-payments-0003@acme.example,Admin,admin\n"));
    assert_eq!(world.calls(Operation::ListAccounts), 1, "listed once, and shown from the cache after that");
    world.run(&["roles", "--refresh"]).succeeds();
    assert_eq!(world.calls(Operation::ListAccounts), 2);
    world.run(&["roles", "--json", "--csv"]).is_clean();
    assert_eq!(world.run(&["roles", "--json", "--csv"]).code, Some(2));
}

#[test]
fn an_old_list_is_shown_when_aws_does_not_answer_unless_a_new_one_was_asked_for() {
    let world = TestEnv::signed_in();
    let fresh = world.run(&["roles"]).succeeds();
    assert_eq!(fresh.stderr, "");
    world.age(jiff::SignedDuration::from_hours(30));
    world.sign_in();
    world.aws.fault_always(Operation::ListAccounts, Fault::internal());
    let old = world.run(&["roles"]).succeeds();
    assert_eq!(old.stdout, fresh.stdout);
    assert!(old.stderr.contains("showing the list of") && old.stderr.contains("answers with errors"), "{old:?}");
    world.run(&["roles", "--refresh"]).fails(6);
}
