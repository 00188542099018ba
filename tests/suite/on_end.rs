//! `on_end = "terminate"`: what was started with an elevation's credentials ends with it.

use jiff::SignedDuration;
use rustix::process::Signal;

use crate::environment::{ADMIN, Running, TestEnv};
use crate::programs::write_script;
use crate::pty::Pty;
use crate::shell::{BASH, last_line};

const REASON: &str = "INC-4711 payments are stuck";
const ENDED: &str = "the elevation of 100000023757/Admin has ended, and the program with it";

fn world() -> TestEnv {
    let world = TestEnv::signed_in();
    world.policy("[tiers.admin]\nunattended = true\non_end = 'terminate'\n");
    world
}

/// `daypass exec` of a shell script that says when it is ready.
fn exec(world: &TestEnv, script: &str) -> Running {
    let running = world.spawn(&["exec", ADMIN, "--yes", "--reason", REASON, "--", "sh", "-c", script]);
    running.until("ready");
    running
}

/// Waits without an end of its own.
const WAIT: &str = "echo ready >&2; while :; do sleep 0.1; done";

#[test]
fn a_program_is_told_to_terminate_when_its_elevation_is_ended_elsewhere() {
    let world = world();
    let running = exec(&world, &format!("trap 'echo told >&2; exit 0' TERM; {WAIT}"));
    let ended = world.run(&["end"]).succeeds();
    assert!(ended.stderr.contains("what daypass started with them is ended now"), "{}", ended.stderr);
    let over = running.finish();
    assert_eq!(over.code, Some(143), "{over:?}");
    assert!(over.stderr.contains("told\n") && over.stderr.contains(ENDED), "{over:?}");
}

#[test]
fn a_program_ends_when_the_time_of_its_elevation_is_over() {
    let world = world();
    let running = exec(&world, WAIT);
    world.age(SignedDuration::from_mins(31));
    let over = running.finish();
    assert_eq!(over.code, Some(143), "{over:?}");
    assert!(over.stderr.contains(ENDED), "{over:?}");
}

#[test]
fn a_shell_that_ignores_everything_is_killed() {
    let world = world();
    let shell = world.path("stubborn");
    write_script(&shell, &format!("trap '' HUP TERM INT; {WAIT}"));
    let running = world.spawn(&["shell", ADMIN, "--yes", "--reason", REASON, "--shell", shell.to_str().unwrap()]);
    running.until("ready");
    world.run(&["end"]).succeeds();
    assert_eq!(running.finish().code, Some(143));
}

#[test]
fn until_then_the_programs_end_is_ours_and_it_gets_our_signals() {
    let world = world();
    for (script, code) in [("echo ready >&2; exit 42", 42), ("echo ready >&2; kill -KILL $$", 128 + 9)] {
        let over = exec(&world, script).finish();
        assert_eq!((over.code, over.signal), (Some(code), None), "{script}: {over:?}");
    }
    for (signal, name, code) in [(Signal::TERM, "TERM", 7), (Signal::HUP, "HUP", 8)] {
        let running = exec(&world, &format!("trap 'exit {code}' {name}; {WAIT}"));
        running.signal(signal);
        assert_eq!(running.finish().code, Some(code), "{name}");
    }
    let missing = world.run(&["exec", ADMIN, "--", "/no/such/program"]);
    missing.fails_saying(1, "cannot start /no/such/program");
}

#[test]
fn a_shell_at_a_terminal_hangs_up_and_whoever_opened_it_has_the_terminal_again() {
    let world = world();
    BASH.set_up(&world, "");
    world.elevated(ADMIN, REASON).succeeds();
    let mut command = world.through_shell("\"$@\"; echo back $?; read -r line; echo got $line", &["shell", ADMIN]);
    let mut terminal = Pty::of(command.env("SHELL", BASH.program));
    terminal.wait_for("a prompt", |screen| last_line(screen).ends_with("ELEVATED] me>"));
    terminal.press("sleep 1000\r");
    terminal.wait_for("the command", |screen| screen.contains("sleep 1000"));
    world.run(&["end"]).succeeds();
    terminal.wait_for("the way back", |screen| screen.contains(ENDED) && screen.contains("back 143"));
    terminal.press("hello\r");
    let (code, shown) = terminal.finish();
    assert!(code == 0 && shown.contains("got hello"), "{shown}");
}

#[test]
fn an_interrupt_at_the_terminal_is_the_programs_own_affair() {
    let world = world();
    world.elevated(ADMIN, REASON).succeeds();
    let script = "trap 'echo interrupted' INT; trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done";
    let mut terminal = Pty::of(&world.command(&["exec", ADMIN, "--", "sh", "-c", script]));
    terminal.wait_for_raw("ready");
    terminal.press("\u{3}");
    terminal.wait_for_raw("interrupted");
    assert!(terminal.is_running());
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.finish().0, 7);
}

#[test]
fn a_program_in_the_background_ends_alone_and_leaves_the_terminal_to_whoever_has_it() {
    let world = world();
    world.elevated(ADMIN, REASON).succeeds();
    let script = "set -m; \"$@\" & cat; echo cat ended";
    let mut terminal =
        Pty::of(&world.through_shell(script, &["exec", ADMIN, "--", "sh", "-c", "echo ready; exec sleep 1000"]));
    terminal.wait_for_raw("ready");
    world.run(&["end"]).succeeds();
    terminal.wait_for_raw(ENDED);
    terminal.press("hello\r");
    terminal.wait_for("what is typed, and cat's answer", |screen| screen.matches("hello").count() == 2);
    terminal.press("\u{4}");
    let (code, shown) = terminal.finish();
    assert!(code == 0 && shown.contains("cat ended"), "{shown}");
}

#[test]
fn a_program_that_is_suspended_goes_on_in_the_background() {
    let world = world();
    world.elevated(ADMIN, REASON).succeeds();
    let script = "set -m; \"$@\"; echo stopped; bg; wait; echo status $?";
    // It starts no others: a shell that has just forked cannot be stopped while what it forked is.
    let program = "echo ready; exec sleep 1000";
    let mut terminal = Pty::of(&world.through_shell(script, &["exec", ADMIN, "--", "sh", "-c", program]));
    terminal.wait_for_raw("ready");
    terminal.press("\u{1a}");
    terminal.wait_for_raw("stopped");
    world.run(&["end"]).succeeds();
    terminal.wait_for_raw(ENDED);
    terminal.finish();
}
