//! Commands on a terminal: the keyring may prompt once, and Ctrl-C interrupts.

use std::thread;
use std::time::Instant;

use daypass::simulator::{Fault, Operation};
use rustix::process::Signal;

use crate::environment::{DEVELOPER, NET, TestEnv};
use crate::fake_secret_service::Behaviour;
use crate::pty::{INTERRUPTED, Pty};

/// Ctrl-C as the terminal sends it.
const CTRL_C: &str = "\u{3}";

/// The program on a terminal of its own.
pub fn on_terminal(world: &TestEnv, arguments: &[&str]) -> Pty {
    Pty::of(&world.command(arguments))
}

/// The program on a terminal, started by a shell script as `exec "$@"`.
pub fn on_terminal_through(world: &TestEnv, script: &str, arguments: &[&str]) -> Pty {
    Pty::of(&world.through_shell(script, arguments))
}

#[test]
fn a_locked_keyring_prompts_and_the_command_goes_on_when_it_is_unlocked() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::Locked);
    let (code, shown) = on_terminal(&world, &["roles"]).finish();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("prod-payments-0003"), "{shown}");
    assert_eq!(world.keyring.prompts(), 1);
}

#[test]
fn roles_have_a_header_and_colors_on_a_terminal_unless_they_are_unwanted() {
    let world = TestEnv::signed_in();
    world.run(&["roles"]).succeeds();
    let (code, shown) = on_terminal(&world, &["roles", "pay", "tier:ro"]).finish();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!((code, lines.len()), (0, 2), "{shown:?}");
    assert!(lines[0].contains("ACCOUNT") && lines[0].contains("TIER"), "{shown:?}");
    assert!(lines[1].starts_with("prod-\x1b[1;4mpay\x1b[0mments-0003  \x1b[2m100000023757\x1b[0m"), "{shown:?}");
    assert!(lines[1].contains("\x1b[32mReadOnly"), "{shown:?}");
    let (_, plain) = on_terminal(&world, &["roles", "pay", "tier:ro", "--color", "never"]).finish();
    assert!(plain.contains("ACCOUNT") && !plain.contains('\x1b'), "{plain:?}");
    let piped = world.run(&["roles", "pay", "tier:ro"]).succeeds().stdout;
    assert_eq!(piped, "prod-payments-0003  100000023757  ReadOnly  ReadOnly\n");
}

#[test]
fn a_dismissed_prompt_ends_the_command_and_is_not_repeated() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::PromptDismissed);
    for (command, expected) in [(&["roles"][..], 4), (&["logout"], 7), (&["exec", DEVELOPER, "--", "true"], 4)] {
        let before = world.keyring.prompts();
        let (code, shown) = on_terminal(&world, command).finish();
        assert_eq!(code, expected, "{command:?}: {shown}");
        assert!(shown.contains("dismissed"), "{shown}");
        assert_eq!(world.keyring.prompts() - before, 1, "{command:?}: {shown}");
    }
}

#[test]
fn a_credential_process_never_prompts_even_on_a_terminal() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::Locked);
    let (code, shown) = on_terminal(&world, &["credentials", DEVELOPER, "--format", "process"]).finish();
    assert_eq!((code, world.keyring.prompts()), (7, 0), "{shown}");
}

#[test]
fn an_unanswered_prompt_can_be_interrupted() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::PromptIgnored);
    let mut terminal = on_terminal(&world, &["roles"]);
    let deadline = Instant::now() + NET;
    while world.keyring.prompts() == 0 {
        assert!(Instant::now() < deadline, "no prompt");
        thread::yield_now();
    }
    terminal.press(CTRL_C);
    let (code, shown) = terminal.finish();
    assert_eq!(code, INTERRUPTED, "{shown}");
}

#[test]
fn a_sign_in_shows_link_code_and_qr_code_and_ctrl_c_ends_it() {
    let world = TestEnv::new();
    let mut terminal = on_terminal(&world, &["login", "--no-browser"]);
    terminal.wait_for_raw("waiting for the confirmation");
    let shown = terminal.raw();
    let code = world.aws.pending_user_codes().remove(0);
    assert!(shown.contains(&format!("/device?user_code={code}")), "no link: {shown}");
    let without_link = shown.replace(&format!("user_code={code}"), "");
    assert!(without_link.contains(&code), "no code to compare: {shown}");
    assert!(shown.contains('▀') || shown.contains('█'), "no QR code: {shown}");
    terminal.press(CTRL_C);
    let (code, shown) = terminal.finish();
    assert_eq!(code, INTERRUPTED, "{shown}");
}

#[test]
fn the_screen_gives_the_terminal_back_at_a_signal_and_ends_after_the_write_that_is_going_on() {
    let world = TestEnv::signed_in();
    let mut terminal = on_terminal(&world, &[]);
    terminal.wait_for("account", |text| text.contains("prod-payments-0003"));
    world.keyring.behave(Behaviour::HoldsWrites);
    terminal.press("\r");
    assert!(world.keyring.wait_for_held_writes(1, NET));
    terminal.signal(Signal::TERM);
    terminal.wait_for_raw("\u{1b}[?1049l");
    // One that did not wait would be gone by the time that another has started and ended.
    world.run(&["--version"]).succeeds();
    assert!(terminal.is_running());
    world.keyring.release_one_write();
    let (code, shown) = terminal.finish();
    assert_eq!(code, 143, "{shown}");
    assert!(world.record("session/").unwrap()["targets"][0].is_object(), "what was being written is there");
}

#[test]
fn a_command_that_waits_for_aws_says_so_and_one_for_a_program_does_not() {
    let world = TestEnv::signed_in();
    world.aws.fault_always(Operation::GetRoleCredentials, Fault::Hang);
    let asking = format!("asking AWS for {DEVELOPER} …");
    for command in [&["credentials", DEVELOPER, "--format", "env"][..], &["exec", DEVELOPER, "--", "true"]] {
        let mut waiting = on_terminal(&world, command);
        waiting.wait_for_raw(&asking);
        waiting.press(CTRL_C);
        assert_eq!(waiting.finish().0, INTERRUPTED, "{command:?}");
    }
    let (code, shown) = on_terminal(&world, &["credentials", DEVELOPER, "--format", "process"]).finish();
    assert_eq!((code, shown.contains("asking AWS")), (6, false), "{shown}");
}
