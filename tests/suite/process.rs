//! How the program ends: killed, interrupted, with a closed stdout, without a terminal.

use std::io::Read as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use daypass::simulator::{Fault, Grant, Operation};
use jiff::SignedDuration;
use rustix::process::Signal;

use crate::environment::{DEVELOPER, NET, Running, TestEnv};
use crate::sign_in::each;

#[test]
fn a_kill_at_any_step_leaves_a_state_the_next_run_works_with() {
    use Operation::{CreateToken, GetRoleCredentials, ListAccountRoles, RegisterClient, StartDeviceAuthorization};
    let login: &[&str] = &["login", "--no-browser", "--force"];
    let table = [
        (login, RegisterClient, Fault::Hang),
        (login, StartDeviceAuthorization, Fault::Hang),
        (login, CreateToken, Fault::Hang),
        (login, CreateToken, Fault::TruncateBody),
        (&["credentials", DEVELOPER], GetRoleCredentials, Fault::Hang),
        (&["credentials", DEVELOPER], CreateToken, Fault::Hang),
        (&["roles", "--refresh"], ListAccountRoles, Fault::Hang),
        (&["logout"], Operation::Logout, Fault::Hang),
    ];
    each(table, |(command, step, fault)| {
        let world = TestEnv::signed_in();
        if step == CreateToken {
            world.age(SignedDuration::from_mins(50));
        }
        world.aws.fault(step, fault);
        let running = world.spawn(command);
        assert!(world.aws.wait_for_calls(step, 1, NET), "{command:?} never came to {step:?}");
        running.kill();

        let next = world.credentials(DEVELOPER).succeeds();
        next.access_key_id();
        world.run(&["status"]).succeeds();
        world.sign_in();
        world.credentials(DEVELOPER).succeeds();
        world.run(&["logout"]).succeeds();
        assert!(world.keyring.items().is_empty(), "{command:?} {step:?}");
    });
}

#[test]
fn a_kill_at_any_call_to_the_keyring_leaves_a_state_the_next_run_works_with() {
    let killed = AtomicUsize::new(0);
    // At 50 minutes the access token is due for a refresh but still valid, at 61 it has expired.
    each((1..=24).flat_map(|number| [(50, number), (61, number)]), |(minutes, number)| {
        let world = TestEnv::signed_in();
        world.age(SignedDuration::from_mins(minutes));
        let access_token = || world.record("session/").unwrap()["signed_in"]["access_token"].clone();
        let (token_before, calls_before) = (access_token(), world.keyring.calls().len());
        let mut child = world.command(&["credentials", DEVELOPER]).stdout(Stdio::null()).spawn().unwrap();
        while world.keyring.calls().len() < calls_before + number && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        let was_killed = !child.wait().unwrap().success();
        killed.fetch_add(usize::from(was_killed), Ordering::Relaxed);

        let refreshed = access_token() != token_before;
        let next = world.credentials(DEVELOPER);
        let sent = world.aws.counts().grant(Grant::RefreshToken);
        // A refresh token that was sent without its answer being kept is spent. Nothing else may ask for a login.
        if was_killed && next.code == Some(3) && minutes == 61 && !refreshed && sent == 2 {
            next.fails(3);
        } else {
            next.succeeds().access_key_id();
        }
        world.sign_in();
        world.credentials(DEVELOPER).succeeds().access_key_id();
        world.run(&["logout"]).succeeds();
        assert!(world.keyring.items().is_empty(), "killed at call {number}");
    });
    assert!(killed.into_inner() > 10, "hardly any run was killed before its end");
}

#[test]
fn an_interrupt_ends_a_sign_in() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let world = TestEnv::new();
        let login = world.device_login(&[]);
        login.signal(signal);
        let ended = login.finish();
        assert!(ended.signal == Some(signal.as_raw()) || ended.code == Some(128 + signal.as_raw()), "{ended:?}");
        assert_eq!(ended.stdout, "");
        world.sign_in();
    }
}

#[test]
fn without_a_terminal_the_screen_is_refused_and_nothing_emits_escapes() {
    let world = TestEnv::signed_in();
    let refused = world.run(&[]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert_eq!(refused.stdout, "");
    refused.is_clean();
    for command in [&["status"][..], &["roles"], &["--help"], &["login", "--help"], &["--version"]] {
        let shown =
            Running::start(world.command(command).env("TERM", "xterm-256color").env("CLICOLOR_FORCE", "1")).finish();
        assert!(!shown.stdout.contains('\u{1b}') && !shown.stderr.contains('\u{1b}'), "{shown:?}");
    }
}

#[test]
fn a_reader_that_has_gone_is_no_trouble() {
    let world = TestEnv::signed_in();
    for command in [&["roles"][..], &["status"], &["credentials", DEVELOPER], &["man"], &["--help"]] {
        let mut child = world.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let status = child.wait().unwrap();
        assert!(!said.contains("panick"), "{command:?}: {said}");
        assert_eq!((status.code(), said.as_str()), (Some(0), ""), "{command:?}");
    }
}

#[test]
fn a_full_disk_behind_stdout_is_told() {
    let world = TestEnv::signed_in();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = world.command(&["credentials", DEVELOPER]).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("cannot write the output"));
}

#[test]
fn a_program_that_needs_a_login_is_told_so_and_nobody_is_asked() {
    let world = TestEnv::new();
    let failed = Running::start(world.command(&["credentials", DEVELOPER]).env("BROWSER", "touch opened")).finish();
    failed.fails_saying(3, "daypass login acme");
    assert!(!world.path("opened").exists());
    assert_eq!((world.keyring.prompts(), world.aws.counts().total()), (0, 0));
}

#[test]
fn wrong_command_lines_are_usage_errors_without_escapes() {
    let world = TestEnv::new();
    for command in [
        &["no-such-command"][..],
        &["credentials"],
        &["credentials", "\u{1b}[2J\u{202e}"],
        &["login", "--flow", "carrier-pigeon"],
        &["login", "--start-url", "https://acme.awsapps.com/start"],
        &["login", "--start-url", "http://evil.example", "--region", "us-east-1"],
        &["credentials", "--account", "1", DEVELOPER],
    ] {
        let failed = world.run(command);
        assert_eq!((failed.code, failed.stdout.as_str()), (Some(2), ""), "{command:?}: {failed:?}");
        failed.is_clean();
        assert!(!failed.stderr.contains('\u{202e}'));
    }
}

#[test]
fn too_few_descriptors_are_an_error_and_no_crash() {
    let world = TestEnv::signed_in();
    for most in 4..=14 {
        let script = format!("ulimit -n {most}; exec \"$@\"");
        let outcome = Running::start(&mut world.through_shell(&script, &["roles", "--refresh"])).finish();
        assert!(outcome.signal.is_none() && !outcome.stderr.contains("panicked"), "{most}: {outcome:?}");
        assert!(outcome.code != Some(0) || most > 6, "{most}: {outcome:?}");
    }
}

#[test]
fn a_file_size_limit_is_an_error_and_ends_nothing() {
    let world = TestEnv::signed_in();
    let outcome =
        Running::start(&mut world.through_shell("ulimit -f 0; exec \"$@\"", &["roles", "--refresh"])).finish();
    outcome.fails_saying(1, "cannot write");
}
