//! The list under the prompt, where a command was given no target.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use daypass::adapters::clock::SystemClock;
use daypass::domain::time::Now;
use daypass::ports::Clock;
use daypass::simulator::Operation;
use daypass::tui::{ColorDepth, PickerOptions, pick};
use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::environment::{DEVELOPER, READ_ONLY, TestEnv};
use crate::pty::{INTERRUPTED, Pty};
use crate::terminal::{on_terminal, on_terminal_through};

fn listed() -> TestEnv {
    let world = TestEnv::signed_in();
    world.run(&["roles"]).succeeds();
    world
}

/// Types `query`, waits until it was applied, and presses Enter as a person does.
fn choose(terminal: &mut Pty, query: &str) {
    terminal.wait_for("the list", |text| text.contains("take · esc cancel"));
    terminal.press(query);
    terminal.wait_for(query, |text| text.contains(&format!("› {query}")));
    terminal.press_alone("\r");
}

/// The targets whose credentials are in the keyring.
fn fetched(world: &TestEnv) -> Vec<String> {
    let items = world.keyring.items().into_iter().map(|item| item.attributes["username"].clone());
    items.filter(|name| name.starts_with("role/")).collect()
}

/// The list was shown and cleared, and the terminal's modes are as they were.
fn assert_no_trace(raw: &str) {
    for (on, off) in [("\u{1b}[?25l", "\u{1b}[?25h"), ("\u{1b}[?2004h", "\u{1b}[?2004l")] {
        let (on_at, off_at) = (raw.rfind(on), raw.rfind(off));
        assert!(on_at.is_some() && off_at > on_at, "{on:?} was left on: {raw:?}");
    }
    let mut screen = vt100::Parser::new(40, 120, 0);
    screen.process(raw.as_bytes());
    let shown = screen.screen().contents();
    assert!(!shown.contains("esc cancel") && !shown.contains("prod-payments"), "{shown}");
    assert!(!raw.contains("\u{1b}[6n"), "the cursor's position is not asked for: the answer would be typed text");
}

#[test]
fn exec_runs_the_program_with_the_role_that_was_typed_and_taken() {
    let world = listed();
    let mut terminal = on_terminal(&world, &["exec", "--", "sh", "-c", "echo key=${AWS_ACCESS_KEY_ID:+set}; stty -a"]);
    choose(&mut terminal, "0003 reado");
    let (code, shown) = terminal.finish();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("key=set"), "{shown}");
    assert!(shown.contains(" icanon") && shown.contains(" echo "), "the program gets the terminal as it was: {shown}");
    let fetched = fetched(&world);
    assert!(fetched.len() == 1 && fetched[0].contains(READ_ONLY), "{fetched:?}");
    assert_no_trace(&shown);
}

#[test]
fn escape_and_ctrl_c_end_with_130_and_leave_nothing_behind() {
    let world = listed();
    for key in ["\u{1b}", "\u{3}"] {
        let script = "echo before; \"$@\"; echo code=$?; stty -a";
        let mut terminal = on_terminal_through(&world, script, &["credentials", "--format", "env"]);
        terminal.wait_for("the list", |text| text.contains("take · esc cancel"));
        terminal.press(key);
        let (_, raw) = terminal.finish();
        assert!(raw.contains(&format!("code={INTERRUPTED}")) && raw.contains(" icanon"), "{raw}");
        assert!(!raw.contains("AWS_ACCESS_KEY_ID"), "{raw}");
        assert_no_trace(&raw);
        let mut screen = vt100::Parser::new(40, 120, 0);
        screen.process(raw.as_bytes());
        assert!(screen.screen().contents().starts_with("before\ncode=130\n"), "{}", screen.screen().contents());
    }
    assert!(fetched(&world).is_empty());
}

#[test]
fn what_is_printed_can_be_captured_while_the_list_is_on_the_terminal() {
    let world = listed();
    let script = "out=$(\"$@\"); echo \"[$out]\"; eval \"$out\"; echo key=${AWS_ACCESS_KEY_ID:+set}";
    let mut terminal = on_terminal_through(&world, script, &["credentials", "--format", "env"]);
    choose(&mut terminal, "0003 devel");
    let (_, shown) = terminal.finish();
    assert!(shown.contains("key=set"), "{shown}");
    let (_, captured) = shown.rsplit_once("[unset ").expect("what was captured begins with the first line");
    assert!(!captured.contains('\u{1b}'), "no escape sequence was captured: {captured:?}");
    assert!(fetched(&world)[0].contains(DEVELOPER));
}

#[test]
fn a_paste_with_a_line_end_takes_nothing() {
    let world = listed();
    let mut terminal = on_terminal(&world, &["exec", "--", "echo", "ran"]);
    terminal.wait_for("the list", |text| text.contains("take · esc cancel"));
    terminal.press("\u{1b}[200~0003 reado\r\u{1b}[201~\r");
    terminal.wait_for("the query", |text| text.contains("› 0003 reado"));
    terminal.press_alone("\u{1b}");
    let (code, shown) = terminal.finish();
    assert_eq!(code, INTERRUPTED, "{shown}");
    assert!(!shown.contains("ran\r\n"), "{shown}");
}

#[test]
fn a_signal_clears_the_list_and_restores_the_terminal() {
    let world = listed();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut terminal = on_terminal_through(&world, "read x; exec \"$@\"", &["exec", "--", "true"]);
        let before = terminal.settings();
        terminal.press("\n");
        terminal.wait_for("the list", |text| text.contains("take · esc cancel"));
        assert_ne!(terminal.settings(), before);
        terminal.signal(signal);
        let ended = terminal.wait_for_exit();
        assert!(ended.exit_code() == code || ended.signal().is_some(), "{ended:?}");
        terminal.wait_until("end", |state| state.is_closed || state.raw.ends_with(b"\x1b[?25h"));
        assert_eq!(terminal.settings(), before);
        assert_no_trace(&terminal.raw());
    }
}

#[test]
fn another_size_of_the_terminal_draws_the_list_anew_within_it() {
    let world = listed();
    let mut terminal = on_terminal(&world, &["exec", "--", "true"]);
    terminal.wait_for("the list", |text| text.contains("take · esc cancel"));
    for (rows, columns) in [(24, 80), (60, 200)] {
        terminal.resize(rows, columns);
        terminal.wait_for("the list", |text| text.contains("take · esc cancel"));
    }
    terminal.press("\u{1b}");
    assert_eq!(terminal.finish().0, INTERRUPTED);
}

#[test]
fn a_session_that_is_not_signed_in_is_signed_in_to_on_the_way() {
    let world = listed();
    world.run(&["logout"]).succeeds();
    let mut declined = on_terminal(&world, &["exec", "--", "true"]);
    choose(&mut declined, "0003 reado");
    declined.wait_for_raw("Sign in to acme now? [Y/n]");
    declined.press("n\r");
    let (code, shown) = declined.finish();
    assert!(code == 3 && shown.contains("daypass login"), "{code}: {shown}");

    world.aws.set_auto_approve(Some(Duration::ZERO));
    let mut agreed = on_terminal(&world, &["exec", "--", "echo", "ran"]);
    choose(&mut agreed, "0003 reado");
    agreed.wait_for_raw("Sign in to acme now? [Y/n]");
    agreed.press("\r");
    let (code, shown) = agreed.finish();
    assert!(code == 0 && shown.contains("ran\r\n"), "{code}: {shown}");
}

#[test]
fn credentials_that_are_kept_are_used_without_signing_in() {
    let world = listed();
    world.credentials(DEVELOPER).succeeds();
    let index = world.state().join("index.json");
    let mut notes: serde_json::Value = serde_json::from_slice(&fs::read(&index).unwrap()).unwrap();
    for session in notes["sessions"].as_object_mut().unwrap().values_mut() {
        session["signed_in"] = serde_json::Value::Null;
    }
    fs::write(index, serde_json::to_vec(&notes).unwrap()).unwrap();
    let mut terminal = on_terminal(&world, &["credentials", "--format", "json"]);
    terminal.wait_for("the list", |text| text.contains("take · esc cancel"));
    terminal.wait_for("what is kept first", |text| text.lines().any(|line| line.starts_with("▌● prod-payments-0003")));
    terminal.press_alone("\r");
    let (code, shown) = terminal.finish();
    assert!(code == 0 && !shown.contains("Sign in"), "{code}: {shown}");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 1, "what was kept is handed out");
}

#[test]
fn a_tier_that_asks_for_a_reason_is_asked_about_and_ctrl_c_there_runs_nothing() {
    let world = listed();
    let mut terminal = on_terminal(&world, &["exec", "--", "echo", "ran"]);
    choose(&mut terminal, "0003 admin");
    terminal.wait_for_raw("prod-payments-0003 / Admin asks for a reason");
    terminal.wait_for_raw("reason: ");
    terminal.press("\u{3}");
    let (code, shown) = terminal.finish();
    assert_eq!(code, INTERRUPTED, "{shown}");
    assert!(!shown.contains("ran\r\n") && fetched(&world).is_empty(), "{shown}");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 0);
}

#[test]
fn without_a_terminal_a_missing_target_is_the_usage_error_of_every_missing_argument() {
    let world = listed();
    let expected = "the following required arguments were not provided:\n  <TARGET>\n\nUsage: daypass ";
    for command in [&["exec", "--", "true"][..], &["credentials"], &["credentials", "--format", "env"]] {
        let failed = world.run(command);
        assert_eq!((failed.code, failed.stdout.as_str()), (Some(2), ""), "{failed:?}");
        assert!(failed.stderr.contains(expected), "{failed:?}");
    }
    // What programs call never opens a list, even on a terminal.
    let (code, shown) = on_terminal(&world, &["credentials"]).finish();
    assert!(code == 2 && shown.contains("<TARGET>") && !shown.contains("esc cancel"), "{shown}");
}

#[test]
fn where_nothing_has_been_listed_it_says_what_lists() {
    let world = TestEnv::new();
    let (code, shown) = on_terminal(&world, &["exec", "--", "true"]).finish();
    assert!(code == 2 && shown.contains("daypass login") && shown.contains("daypass roles"), "{shown}");
    fs::write(world.config(), "").unwrap();
    let (code, shown) = on_terminal(&world, &["exec", "--", "true"]).finish();
    assert!(code == 2 && shown.contains("there is no SSO session"), "{shown}");
}

/// A clock that is broken when it is read for the fourth time.
struct BreakingClock(SystemClock, AtomicUsize);

#[async_trait::async_trait]
impl Clock for BreakingClock {
    fn now(&self) -> Now {
        assert!(self.1.fetch_add(1, Ordering::Relaxed) < 3, "CANARY of the panic message");
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn saw_aws_time(&self, time: jiff::Timestamp) {
        self.0.saw_aws_time(time);
    }

    fn keep_aws_time(&self) {
        self.0.keep_aws_time();
    }
}

#[test]
#[ignore = "is the child of a_panic_clears_the_list_and_restores_the_terminal"]
fn child_whose_list_panics() {
    let clock = BreakingClock(SystemClock::new(&std::env::temp_dir()), AtomicUsize::new(0));
    let options = PickerOptions {
        choices: Vec::new(),
        color: ColorDepth::Never,
        background: Default::default(),
        clock: Arc::new(clock),
    };
    // Without a terminal it is not the child, but one of the ignored tests that run on their own.
    let _ = pick(options);
}

#[test]
fn a_panic_clears_the_list_and_restores_the_terminal() {
    let world = TestEnv::new();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "picker::child_whose_list_panics", "--nocapture"]);
    command.env("TERM", "xterm-256color");
    command.cwd(world.home());
    let mut terminal = Pty::start(command, 40, 120);
    terminal.wait_for_raw("internal error at");
    assert!(!terminal.wait_for_exit().success());
    let raw = terminal.raw();
    assert!(raw.contains("no role matches") && !raw.contains("CANARY"), "{raw}");
    assert_no_trace(&raw);
}
