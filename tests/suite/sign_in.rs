//! Signing in with a device code: what the person sees, what AWS is asked, what is kept.

use std::fs;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use daypass::simulator::{Fault, Grant, Operation, Options};
use jiff::SignedDuration;
use serde_json::json;

use crate::environment::{CONFIG, DEVELOPER, Running, TestEnv};
use crate::fake_secret_service::Behaviour;
use crate::programs::write_script;

#[test]
fn a_confirmed_code_signs_in_and_nothing_is_printed_on_stdout() {
    let world = TestEnv::new();
    let login = world.device_login(&[]);
    let code = world.aws.pending_user_codes().remove(0);
    assert!(login.until(&code).contains("Open     http://127.0.0.1"));
    world.aws.approve(&code);
    let done = login.finish().succeeds();
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains("`acme` is signed in for 7h 59m"), "{}", done.stderr);
    world.credentials(DEVELOPER).succeeds().access_key_id();
}

#[test]
fn whoever_is_signed_in_is_asked_nothing_unless_forced() {
    let world = TestEnv::signed_in();
    let again = world.run(&["login"]).succeeds();
    assert_eq!(world.aws.counts().total(), 0);
    assert!(again.stderr.contains("--force signs in again"), "{again:?}");
}

/// The number that daypass gives to a sign-in, and its access token.
fn kept_sign_in(world: &TestEnv) -> (serde_json::Value, serde_json::Value) {
    let signed_in = &world.record("session/").expect("a session record")["signed_in"];
    (signed_in["login_id"].clone(), signed_in["access_token"].clone())
}

#[test]
fn a_forced_login_ends_with_another_sign_in_though_the_portal_confirms_it_by_itself() {
    let world = TestEnv::signed_in();
    let before = kept_sign_in(&world);
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.run(&["login", "--force", "--no-browser"]).succeeds();
    let by_device = kept_sign_in(&world);
    world.sign_in();
    let by_pkce = kept_sign_in(&world);
    for (one, other) in [(&before, &by_device), (&by_device, &by_pkce), (&before, &by_pkce)] {
        assert!(one.0 != other.0 && one.1 != other.1, "the same sign-in is kept");
    }
    world.credentials(DEVELOPER).succeeds();
}

#[test]
fn a_forced_login_that_is_refused_or_abandoned_leaves_the_old_sign_in_usable() {
    type End = fn(&TestEnv, Running);
    let ends: [(&str, End); 3] = [
        ("refused", |world, login| {
            world.aws.deny(&world.aws.pending_user_codes()[0]);
            login.finish().fails(4);
        }),
        ("interrupted", |_, login| {
            login.signal(rustix::process::Signal::INT);
            assert_ne!(login.finish().code, Some(0));
        }),
        ("killed", |_, login| login.kill()),
    ];
    each(ends, |(how, end)| {
        let world = TestEnv::new();
        let first = world.device_login(&[]);
        world.aws.approve_all();
        first.finish().succeeds();
        let before = kept_sign_in(&world);
        end(&world, world.device_login(&["--force"]));
        assert_eq!(kept_sign_in(&world), before, "{how}");
        world.run(&["status"]).succeeds();
        world.credentials(DEVELOPER).succeeds();
        // It can be refreshed as well: the registration that its refresh token belongs to is still there.
        world.age(SignedDuration::from_mins(61));
        world.credentials(DEVELOPER).succeeds();
        assert_eq!(world.aws.counts().grant(Grant::RefreshToken), 1, "{how}");
    });
}

/// `login acme` for another portal than the one that the config names.
const ELSEWHERE: [&str; 7] = ["login", "acme", "--start-url", "other", "--region", "eu-west-1", "--no-browser"];

#[test]
fn a_section_of_the_same_name_is_replaced_only_when_forced_and_signed_in_to() {
    let world = TestEnv::signed_in();
    world.run(&ELSEWHERE).fails_saying(2, "add --force to replace that section");
    assert_eq!(fs::read_to_string(world.config()).unwrap(), CONFIG);

    let forced = [&ELSEWHERE[..], &["--force"]].concat();
    let refused = world.spawn(&forced);
    refused.until("confirm the code");
    world.aws.deny(&world.aws.pending_user_codes()[0]);
    refused.finish().fails(4);
    assert_eq!(fs::read_to_string(world.config()).unwrap(), CONFIG);
    world.run(&["status"]).succeeds();
    world.credentials(DEVELOPER).succeeds();

    world.aws.set_auto_approve(Some(Duration::ZERO));
    let done = world.run(&forced).succeeds();
    assert!(done.stderr.contains("replaced [sso-session acme]"), "{done:?}");
    let config = fs::read_to_string(world.config()).unwrap();
    assert!(config.contains("https://other.awsapps.com/start") && !config.contains("acme.awsapps.com"), "{config}");
    assert!(config.contains("[profile payments]"), "{config}");
    world.run(&["status"]).succeeds();
    world.credentials(DEVELOPER).succeeds();
    // The session of the replaced section was signed out of.
    assert_eq!(world.calls(Operation::Logout), 1);
    assert_eq!(world.keyring.items().len(), 2, "the new session and its one role");
}

#[test]
fn a_start_url_can_be_typed_short() {
    let world = TestEnv::new();
    fs::write(world.config(), "").unwrap();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.run(&["login", "--start-url", "acme", "--region", "us-east-1", "--no-browser"]).succeeds();
    let config = fs::read_to_string(world.config()).unwrap();
    assert!(config.contains("[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\n"), "{config}");
    world.run(&["status", "acme"]).succeeds();
    let named = ["login", "--session", "work", "--start-url", "acme", "--region", "us-east-1", "--no-browser"];
    world.run(&named).succeeds();
    world.run(&["status", "work"]).succeeds();
}

#[test]
fn a_first_login_with_a_start_url_that_aws_refuses_says_how_to_correct_it_and_that_works() {
    let world = TestEnv::new();
    fs::write(world.config(), "").unwrap();
    let wrong = Fault::oauth("invalid_request");
    world.aws.fault_always(Operation::StartDeviceAuthorization, wrong);
    let add = ["login", "work", "--start-url", "acmee", "--region", "us-east-1", "--no-browser"];
    let hint = "\n  daypass login work --start-url URL --region REGION --force ";
    for command in [&add[..], &["login", "work", "--no-browser"]] {
        world.run(command).fails_saying(1, hint);
    }
    world.aws.clear_faults();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    let corrected = ["login", "work", "--start-url", "acme", "--region", "us-east-1", "--force", "--no-browser"];
    world.run(&corrected).succeeds();
    // Start URL and region have proved good.
    world.run(&["roles"]).succeeds();
    world.run(&["logout"]).succeeds();
    world.aws.fault_always(Operation::StartDeviceAuthorization, Fault::oauth("invalid_request"));
    let refused = world.run(&["login", "--no-browser"]).fails(1);
    assert!(!refused.stderr.contains("--force"), "{refused:?}");
}

#[test]
fn a_login_asks_where_the_keyring_lost_the_session_whatever_the_notes_say() {
    let world = TestEnv::signed_in();
    world.keyring.change(|item| item.secret.clear());
    world.credentials(DEVELOPER).fails_saying(3, "daypass login acme");
    let login = world.device_login(&[]);
    world.aws.approve_all();
    login.finish().succeeds();
    world.credentials(DEVELOPER).succeeds();
}

#[test]
fn a_sign_in_that_could_not_be_kept_is_none() {
    let world = TestEnv::new();
    let login = world.device_login(&[]);
    world.keyring.behave(Behaviour::ReadOnly);
    world.aws.approve_all();
    login.finish().fails(7);
    world.keyring.behave(Behaviour::Good);
    assert_eq!(world.run(&["status"]).code, Some(3));
    let again = world.device_login(&[]);
    world.aws.approve_all();
    again.finish().succeeds();
}

#[test]
fn the_client_is_registered_once_for_many_sign_ins_even_declined_ones() {
    let world = TestEnv::new();
    for _ in 0..2 {
        let login = world.device_login(&[]);
        world.aws.deny(&world.aws.pending_user_codes()[0]);
        login.finish().fails_saying(4, "declined");
    }
    let asked = world.aws.counts();
    assert_eq!((asked.of(Operation::RegisterClient), asked.of(Operation::StartDeviceAuthorization)), (1, 2));
    assert_eq!(asked.of(Operation::CreateToken), 2, "a declined sign-in is polled no more");
    world.run(&["status"]).is_clean();
    assert_eq!(world.run(&["status"]).code, Some(3));
}

#[test]
fn a_code_that_nobody_confirms_ends_when_it_expires() {
    let world = TestEnv::with(Options { expires_in: Duration::from_secs(2), ..Options::default() });
    world.run(&["login", "--no-browser"]).fails_saying(3, "not confirmed in time");
    assert_eq!(world.calls(Operation::StartDeviceAuthorization), 1, "no new code before someone asks for it");
}

/// The exit code and the number of calls after an error of one operation.
#[test]
fn errors_of_the_sign_in_service_end_it_as_they_should() {
    use Operation::{CreateToken, RegisterClient, StartDeviceAuthorization};
    let hostile = Fault::OAuth { code: "odd\u{1b}[2J".into(), description: "\u{1b}]0;title\u{7}\u{202e}\r\n".into() };
    let table = [
        (CreateToken, Fault::oauth("expired_token"), 3, 1),
        (CreateToken, Fault::oauth("access_denied"), 4, 1),
        (CreateToken, Fault::oauth("invalid_grant"), 3, 1),
        (CreateToken, Fault::oauth("invalid_request"), 1, 1),
        (CreateToken, Fault::oauth("unauthorized_client"), 1, 1),
        (StartDeviceAuthorization, hostile.clone(), 1, 1),
        (CreateToken, hostile, 1, 1),
        // Registers again once.
        (StartDeviceAuthorization, Fault::oauth("invalid_client"), 1, 2),
        (RegisterClient, Fault::internal(), 6, 3),
        (RegisterClient, Fault::html_unavailable(), 6, 3),
        (StartDeviceAuthorization, Fault::DropConnection, 6, 3),
        (RegisterClient, Fault::oauth("invalid_client_metadata"), 1, 1),
    ];
    each(table, |(operation, fault, code, calls)| {
        let world = TestEnv::new();
        world.aws.fault_always(operation, fault.clone());
        let failed = world.run(&["login", "--no-browser"]).fails(code);
        assert_eq!(world.calls(operation), calls, "{operation:?} {fault:?} {failed:?}");
        assert!(world.record("session/").is_none_or(|record| record.get("signed_in").is_none()));
    });
}

#[test]
fn a_forgotten_registration_is_made_anew_without_a_question() {
    let world = TestEnv::new();
    world.aws.fault(Operation::StartDeviceAuthorization, Fault::oauth("invalid_client"));
    let login = world.device_login(&[]);
    world.aws.approve_all();
    login.finish().succeeds();
    assert_eq!(world.calls(Operation::RegisterClient), 2);
}

#[test]
fn trouble_on_the_way_is_waited_out() {
    let world = TestEnv::new();
    world.aws.fault(Operation::RegisterClient, Fault::internal());
    world.aws.fault(Operation::RegisterClient, Fault::html_unavailable());
    world.aws.fault(Operation::CreateToken, Fault::html_unavailable());
    let login = world.device_login(&[]);
    world.aws.approve_all();
    login.finish().succeeds();
    assert_eq!((world.calls(Operation::RegisterClient), world.calls(Operation::CreateToken)), (3, 2));
}

#[test]
fn answers_that_make_no_sense_are_refused_and_never_echoed() {
    use Operation::{CreateToken, RegisterClient, StartDeviceAuthorization};
    let whole = |body: &str| Err(Fault::json(body));
    let member = |pointer: &'static str, value| Ok((pointer, value));
    let table = [
        (RegisterClient, whole("{}")),
        (RegisterClient, whole("{\"clientSecret\":\"CANARY")),
        (RegisterClient, member("/clientSecret", Some(json!("")))),
        (StartDeviceAuthorization, whole("{\"deviceCode\":\"CANARY\"}")),
        (StartDeviceAuthorization, member("/userCode", None)),
        (StartDeviceAuthorization, member("/verificationUri", Some(json!("http://evil.example/CANARY")))),
        (StartDeviceAuthorization, member("/verificationUri", Some(json!("javascript:CANARY")))),
        (StartDeviceAuthorization, member("/verificationUri", Some(json!("https://CANARY@evil.example/")))),
        (
            StartDeviceAuthorization,
            member("/verificationUriComplete", Some(json!("https://acme.awsapps.com:CANARY@evil.example/x"))),
        ),
        (
            StartDeviceAuthorization,
            member("/verificationUriComplete", Some(json!(format!("https://a.example/CANARY{}", "x".repeat(2_100))))),
        ),
        (
            StartDeviceAuthorization,
            member("/verificationUriComplete", Some(json!(format!("https://a.example/CANARY{}", "é".repeat(600))))),
        ),
        (CreateToken, whole("{}")),
        (CreateToken, whole("{\"accessToken\":\"CANARY")),
        (CreateToken, member("/accessToken", Some(json!("")))),
        (RegisterClient, member("/clientSecret", Some(json!("CANARY\u{2019}")))),
        (StartDeviceAuthorization, member("/deviceCode", Some(json!("CANARY code")))),
        (CreateToken, member("/accessToken", Some(json!("CANARY\r\nx-injected: 1")))),
        (CreateToken, member("/refreshToken", Some(json!("CANARY'")))),
        (CreateToken, member("/expiresIn", Some(json!(-1)))),
        (CreateToken, member("/expiresIn", Some(json!(0)))),
        (CreateToken, member("/expiresIn", Some(json!(1_000_000_000_000_000_000_i64)))),
    ];
    each(table, |(operation, answer)| {
        let world = TestEnv::new();
        match answer.clone() {
            Ok((pointer, value)) => world.aws.override_answer(operation, pointer, value),
            Err(body) => world.aws.fault_always(operation, body),
        }
        world.aws.set_auto_approve(Some(Duration::ZERO));
        let browser = browser_script(&world, "echo opened >\"$HOME/opened\"");
        let failed = Running::start(world.command(&["login"]).env("BROWSER", browser)).finish().fails(1);
        assert!(!failed.stderr.contains("CANARY"), "{operation:?} {answer:?} {failed:?}");
        assert!(failed.stderr.contains("makes no sense"), "{operation:?} {answer:?} {failed:?}");
        assert!(operation == CreateToken || !world.path("opened").exists(), "{operation:?} {answer:?}");
        assert_eq!(world.calls(operation), 1, "{operation:?} {answer:?}");
    });
}

#[test]
fn a_browser_gets_the_link_with_the_code() {
    let world = TestEnv::new();
    let browser = browser_script(&world, "echo \"$1\" >\"$HOME/.link\"; mv \"$HOME/.link\" \"$HOME/link\"");
    let login = Running::start(world.command(&["login"]).env("BROWSER", browser));
    login.until("confirm the code");
    let code = world.aws.pending_user_codes().remove(0);
    world.aws.approve(&code);
    login.finish().succeeds();
    let link = std::fs::read_to_string(world.path("link")).unwrap();
    assert!(link.contains(&code), "{link}");
}

#[test]
fn over_ssh_and_on_demand_no_browser_is_opened() {
    let (ssh, here) = ([("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")], []);
    each([(&["login"][..], &ssh[..]), (&["login", "--no-browser"], &here)], |(command, variables)| {
        let world = TestEnv::new();
        world.aws.set_auto_approve(Some(Duration::ZERO));
        let browser = browser_script(&world, "echo opened >\"$HOME/opened\"");
        let mut command = world.command(command);
        command.env("BROWSER", browser).envs(variables.iter().copied());
        Running::start(&mut command).finish().succeeds();
        assert!(!world.path("opened").exists(), "{command:?}");
    });
}

#[test]
fn a_browser_that_is_missing_fails_or_hangs_holds_nothing_up() {
    each(["no-such-browser-anywhere", "false", "sleep 20"], |browser| {
        let world = TestEnv::new();
        let login = Running::start(world.command(&["login"]).env("BROWSER", browser));
        assert!(login.until("confirm the code").contains("Open     http"));
        world.aws.approve_all();
        login.finish().succeeds();
        // Three polls at most: the launcher was not waited for.
        assert!(world.calls(Operation::CreateToken) <= 3, "{browser}");
    });
}

#[test]
fn a_refresh_token_that_is_spent_is_dropped_and_never_sent_again() {
    let world = TestEnv::signed_in();
    world.aws.fault_always(Operation::CreateToken, Fault::oauth("invalid_grant"));
    world.age(SignedDuration::from_mins(61));
    for _ in 0..2 {
        world.credentials(DEVELOPER).fails_saying(3, "daypass login acme");
    }
    assert_eq!(world.aws.counts().grant(Grant::RefreshToken), 1);
    assert!(world.record("session/").unwrap()["signed_in"].get("refresh_token").is_none());
}

#[test]
fn a_token_is_refreshed_when_it_nears_its_end_and_serves_on_if_that_fails() {
    let table =
        [(44, None, 0, 0), (46, None, 1, 0), (46, Some(Fault::internal()), 3, 0), (61, Some(Fault::internal()), 3, 6)];
    each(table, |(minutes, fault, refreshes, code)| {
        let world = TestEnv::signed_in();
        if let Some(fault) = fault {
            world.aws.fault_always(Operation::CreateToken, fault);
        }
        world.age(SignedDuration::from_mins(minutes));
        let answer = world.credentials(DEVELOPER);
        assert_eq!(answer.code, Some(code), "{minutes} {answer:?}");
        assert_eq!(world.aws.counts().grant(Grant::RefreshToken), refreshes, "after {minutes} min");
        if code == 0 {
            // The next refresh waits: only role credentials are asked for.
            world.credentials("100000007919/AWSReadOnlyAccess").succeeds();
            assert_eq!(world.aws.counts().grant(Grant::RefreshToken), refreshes);
        }
    });
}

#[test]
fn an_expired_registration_refreshes_nothing_but_a_valid_token_serves() {
    let registration = Duration::from_secs(50 * 60);
    let world = TestEnv::with(Options { registration_lifetime: registration, ..Options::default() });
    world.sign_in();
    world.age(SignedDuration::from_mins(52));
    world.credentials(DEVELOPER).succeeds();
    world.age(SignedDuration::from_mins(9));
    world.credentials("100000023757/ReadOnly").fails(3);
    assert_eq!(world.aws.counts().grant(Grant::RefreshToken), 0);
}

#[test]
fn no_refresh_outlives_our_own_ceiling() {
    let world = TestEnv::new();
    world.policy("max_session = \"30m\"\n");
    world.sign_in();
    let left = world.run(&["status", "--json"]).succeeds().json()["sessions"][0]["seconds_left"].as_i64().unwrap();
    assert!((1..=1800).contains(&left), "{left}");
    world.age(SignedDuration::from_mins(31));
    assert_eq!(world.run(&["status"]).code, Some(3));
    world.credentials(DEVELOPER).fails(3);
    assert_eq!(world.aws.counts().total(), 0);
}

#[test]
fn signing_out_ends_the_session_there_and_here() {
    let world = TestEnv::signed_in();
    world.credentials(DEVELOPER).succeeds();
    world.run(&["logout"]).succeeds();
    assert_eq!(world.calls(Operation::Logout), 1);
    assert!(world.keyring.items().is_empty());
    assert_eq!(world.run(&["status"]).code, Some(3));
    world.credentials(DEVELOPER).fails(3);
    world.run(&["logout"]).succeeds();
    assert_eq!(world.calls(Operation::Logout), 1);
}

#[test]
fn signing_out_clears_the_keyring_though_the_server_does_not_answer() {
    let world = TestEnv::signed_in();
    world.aws.fault_always(Operation::Logout, Fault::internal());
    world.run(&["logout"]).fails_saying(6, "did not confirm");
    assert!(world.keyring.items().is_empty());
}

/// A program that opens links the way `script` does.
fn browser_script(world: &TestEnv, script: &str) -> std::path::PathBuf {
    let path = world.path("browser");
    write_script(&path, script);
    path
}

/// Runs `check` on several rows at a time, since a sign-in mostly waits; on all at once a small machine would be so busy
/// that our own limits run out.
pub fn each<T: Send>(rows: impl IntoIterator<Item = T>, check: impl Fn(T) + Sync) {
    let rows = Mutex::new(rows.into_iter().collect::<Vec<T>>().into_iter());
    let next = || rows.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(row) = next() {
                    check(row);
                }
            });
        }
    });
}

#[test]
fn logout_empties_the_keyring_though_the_index_is_lost() {
    let world = TestEnv::signed_in();
    world.credentials(DEVELOPER).succeeds();
    fs::remove_file(world.state().join("index.json")).unwrap();
    world.run(&["logout"]).succeeds();
    assert!(world.keyring.items().is_empty());
}
