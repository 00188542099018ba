//! A shell that is opened from the screen: it has the terminal until it is left, and then the screen has it again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::environment::{DEVELOPER, NET, READ_ONLY, TestEnv, program};
use crate::fake_secret_service::Behaviour;
use crate::pty::{self, Pty};
use crate::screen::{self, Terminal};
use crate::shell::{BASH, Shell, ZSH, last_line, wait_for_prompt};

const CTRL_C: &str = "\u{3}";
const CTRL_Z: &str = "\u{1a}";

const READ_ONLY_PROMPT: &str = "[prod-payments-0003/ReadOnly ";

/// Signed in, with the roles listed, and this shell set up.
fn world(shell: &Shell) -> TestEnv {
    let world = TestEnv::signed_in();
    world.run(&["roles", "--refresh"]).succeeds();
    shell.set_up(&world, "");
    world
}

/// The screen of a person with this shell.
fn command(world: &TestEnv, shell: &str) -> Command {
    let mut command = world.command(&[]);
    command.env("SHELL", shell).env("TMPDIR", world.home());
    command
}

/// Waits for the screen of roles.
fn wait_for_screen(terminal: &Pty) {
    terminal.wait_for("roles", |text| text.contains("╭ Roles") && text.contains("prod-payments-0003"));
}

/// The screen, filtered to one role.
fn screen_with_one_role(world: &TestEnv, shell: &str) -> Pty {
    let mut terminal = Pty::of(&command(world, shell));
    wait_for_screen(&terminal);
    select(&mut terminal);
    terminal
}

/// Filters to the role that is read-only.
fn select(terminal: &mut Pty) {
    terminal.press("payments-0003 reado");
    terminal.wait_for("the role", has_one_role);
}

fn has_one_role(text: &str) -> bool {
    text.contains("› payments-0003 reado  ") && text.contains(" 1 of ")
}

/// A shell for that role, opened from the screen.
fn open(world: &TestEnv, shell: &Shell) -> Pty {
    let mut terminal = screen_with_one_role(world, shell.program);
    terminal.press_alone("\r");
    wait_for_prompt(&terminal, READ_ONLY_PROMPT);
    terminal
}

/// Leaves the shell and waits for the screen with the role that is selected.
fn leave(terminal: &mut Pty) {
    terminal.press("exit\r");
    wait_until_back(terminal);
}

fn wait_until_back(terminal: &Pty) {
    terminal.wait_for("the screen again", |text| has_one_role(text) && text.contains("Back from prod-payments-0003"));
}

/// Ends the screen, which is filtered.
fn quit(mut terminal: Pty) -> String {
    terminal.press_alone("\u{1b}");
    terminal.wait_for("no filter", |text| text.contains("esc quit"));
    terminal.press_alone("\u{1b}");
    let (code, shown) = terminal.finish();
    assert_eq!(code, 0, "{shown}");
    shown
}

/// An executable file with this text, in the person's home.
fn script(world: &TestEnv, text: &str) -> String {
    let path = world.path("script");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What a shell printed to a file in the person's home.
fn printed(world: &TestEnv, terminal: &Pty, name: &str) -> String {
    terminal.wait_for("another prompt", |screen| screen.matches(READ_ONLY_PROMPT).count() == 2);
    wait_for_prompt(terminal, READ_ONLY_PROMPT);
    fs::read_to_string(world.path(name)).unwrap()
}

#[test]
fn enter_opens_the_persons_shell_and_exit_comes_back_to_the_screen_as_it_was() {
    for shell in Shell::all() {
        let world = world(&shell);
        let mut terminal = screen_with_one_role(&world, shell.program);
        let raw_mode = terminal.settings();
        terminal.press_alone("\r");
        wait_for_prompt(&terminal, READ_ONLY_PROMPT);
        let greeting = format!("daypass: {READ_ONLY} for ");
        assert!(terminal.raw().contains(&greeting), "{}: {}", shell.program, terminal.raw());
        assert!(terminal.raw().contains(", in us-east-1; exit leads back"), "{}", terminal.raw());
        terminal.press("printenv > seen\r");
        let seen = printed(&world, &terminal, "seen");
        assert!(seen.contains("\nAWS_ACCESS_KEY_ID=") || seen.starts_with("AWS_ACCESS_KEY_ID="), "{}", shell.program);
        for line in ["AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "DAYPASS_ROLE=ReadOnly"] {
            assert!(seen.lines().any(|seen| seen == line), "{}: no {line} in {seen}", shell.program);
        }
        leave(&mut terminal);
        assert_eq!(terminal.settings(), raw_mode, "{}", shell.program);
        type_on(&mut terminal);
        let shown = quit(terminal);
        assert!(!shown.contains("SIMSECRET"), "{}", shell.program);
    }
}

#[test]
fn a_person_without_start_files_gets_the_role_in_the_prompt_of_their_bash() {
    let mut terminal = Terminal::demo_with(&[("SHELL", "/bin/bash")]);
    terminal.wait_for_roles();
    terminal.press("payments-0003 reado");
    terminal.wait_for("the role", |text| text.contains(" 1 of 83"));
    terminal.press_alone("\r");
    terminal.wait_for("prompt", |text| last_line(text).starts_with("[prod-payments-0003/ReadOnly "));
    terminal.press("echo \"key=${AWS_ACCESS_KEY_ID:+set} region=$AWS_REGION\"\r");
    terminal.wait_for("environment", |text| text.contains("key=set region=us-east-1"));
    terminal.press("exit\r");
    terminal.wait_for("the screen again", |text| text.contains("Back from") && text.contains(" 1 of 83"));
}

#[test]
fn a_quick_key_opens_the_shell_for_a_role_of_today() {
    let world = world(&BASH);
    world.credentials(DEVELOPER).succeeds();
    let mut terminal = Pty::of(&command(&world, BASH.program));
    terminal.wait_for("today", |text| text.contains("╭ Roles") && text.contains("Today"));
    terminal.press_alone("1");
    wait_for_prompt(&terminal, "[prod-payments-0003/Developer ");
    terminal.press("exit\r");
    terminal.wait_for("the screen again", |text| text.contains("Back from prod-payments-0003"));
}

#[test]
fn what_is_typed_before_the_shell_has_the_terminal_is_not_run_by_it() {
    let world = world(&BASH);
    let mut terminal = screen_with_one_role(&world, BASH.program);
    world.keyring.behave(Behaviour::HoldsWrites);
    terminal.press_alone("\r");
    assert!(world.keyring.wait_for_held_writes(1, NET));
    world.keyring.behave(Behaviour::Good);
    // More than the screen reads before the shell is there.
    terminal.press_alone(&"touch ran\r".repeat(300));
    world.keyring.release_one_write();
    wait_for_prompt(&terminal, READ_ONLY_PROMPT);
    terminal.press("true\r");
    terminal.wait_for("a second prompt", |screen| screen.matches(READ_ONLY_PROMPT).count() == 2);
    assert!(!world.path("ran").exists() && !terminal.raw().contains("touch ran\r\n"), "{}", terminal.raw());
}

#[test]
fn what_is_typed_while_the_shell_ends_is_no_command_of_the_screen() {
    let world = world(&BASH);
    let mut terminal = open(&world, &BASH);
    // Line by line, as the terminal gives it to programs that do not ask for keys.
    terminal.press("stty icanon; trap 'read -r first; : > typed' EXIT; echo armed\r");
    terminal.wait_for("trap", |screen| screen.contains("\narmed") && screen.matches(READ_ONLY_PROMPT).count() == 2);
    terminal.press("exit\r");
    terminal.wait_for("its word", |screen| last_line(screen) == "exit");
    terminal.press("one\rtwo\r");
    wait_until_back(&terminal);
    assert!(world.path("typed").exists());
    terminal.press_alone("x");
    terminal.wait_for("the key pressed since", |text| text.contains("› payments-0003 readox  "));
    quit(terminal);
}

#[test]
fn suspending_the_shell_suspends_the_screen_too_and_continuing_goes_on_in_it() {
    for shell in Shell::all() {
        let world = world(&shell);
        let mut terminal = start_from_a_shell(&world, shell.program);
        select(&mut terminal);
        terminal.press_alone("\r");
        wait_for_prompt(&terminal, READ_ONLY_PROMPT);
        for time in 1..=2 {
            terminal.press("suspend\r");
            wait_for_outer_prompt(&terminal);
            terminal.press(&format!("echo outer{time}=$DAYPASS_SHELL.; fg\r"));
            terminal.wait_for("the outer shell", |text| {
                let after = text.split(&format!("outer{time}=.")).nth(1);
                after.is_some_and(|after| after.contains("daypass\n"))
            });
            terminal.press(&format!("echo inner{time}=$DAYPASS_SHELL.\r"));
            terminal.wait_for("the inner shell", |text| text.contains(&format!("\ninner{time}=1.\n")));
        }
        leave(&mut terminal);
        terminal.press_alone("\u{1b}");
        terminal.wait_for("no filter", |text| text.contains("esc quit"));
        terminal.press_alone("\u{1b}");
        wait_for_outer_prompt(&terminal);
        terminal.press("exit\r");
        let (code, shown) = terminal.finish();
        assert_eq!(code, 0, "{}: {shown}", shell.program);
    }
}

/// Whether `fg` has said what goes on.
fn has_gone_on(text: &str) -> bool {
    text.contains("outer> fg") && text.lines().any(|line| line.ends_with("daypass"))
}

/// The screen, started from a bash with job control.
fn start_from_a_shell(world: &TestEnv, shell: &str) -> Pty {
    let started = command(world, shell);
    let mut outer = Command::new("/bin/bash");
    outer.args(["--norc", "--noprofile", "--noediting", "-i"]).current_dir(world.home());
    outer.envs(started.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("PS1", "outer> ");
    let mut terminal = Pty::of(&outer);
    wait_for_outer_prompt(&terminal);
    terminal.press(&format!("{}\r", program().join(" ")));
    wait_for_screen(&terminal);
    terminal
}

/// Types a letter more into the search, which the screen takes.
fn type_on(terminal: &mut Pty) {
    terminal.press("x");
    terminal.wait_for("a filter", |text| text.contains("› payments-0003 readox"));
}

fn wait_for_outer_prompt(terminal: &Pty) {
    terminal.wait_for("the outer prompt", |text| last_line(text) == "outer>");
}

/// A shell that is suspended has the terminal's group in the outer shell's hands, which a program in the background must
/// leave there.
#[test]
fn a_suspended_shell_that_is_continued_in_the_background_or_ended_leaves_the_terminal_to_the_outer_shell() {
    for shell in Shell::all() {
        let world = world(&shell);
        let mut terminal = start_from_a_shell(&world, shell.program);
        select(&mut terminal);
        terminal.press_alone("\r");
        wait_for_prompt(&terminal, READ_ONLY_PROMPT);
        terminal.press("suspend\r");
        wait_for_outer_prompt(&terminal);
        terminal.press("set -b; clear; bg\r");
        terminal.wait_for("a stop for lack of the terminal", |text| text.contains("Stopped"));
        terminal.press("clear; kill %1\r");
        if shell.program == ZSH.program {
            // It has joined the screen's own group, and in the background it stops that as long as it reads the terminal.
            terminal.press("while fg; end=$?; [ $end = 149 ]; do :; done; echo end=$end.\r");
        }
        terminal.wait_for("its exit code", |text| text.contains("Exit 143") || text.contains("end=143"));
        terminal.press("echo outer=$DAYPASS_SHELL.\r");
        terminal.wait_for("the outer shell's answer", |text| text.contains("outer=.\n"));
        terminal.press("exit\r");
        assert_eq!(terminal.wait_for_exit().exit_code(), 0, "{}", shell.program);
        terminal.wait_for_end_of_all();
    }
}

#[test]
fn the_interrupt_and_the_suspend_key_in_the_shell_are_the_shells() {
    for shell in Shell::all() {
        let world = world(&shell);
        let mut terminal = open(&world, &shell);
        for key in [CTRL_C, CTRL_Z] {
            terminal.press("sh -c 'echo now; exec sleep 600'\r");
            terminal.wait_for("program", |text| last_line(text) == "now");
            let prompts = |text: &str| text.matches(READ_ONLY_PROMPT).count();
            terminal.press(key);
            terminal.wait_for("a prompt", |text| prompts(text) == 2 && last_line(text).ends_with("] me>"));
            // At the prompt too, where the interrupt key drops a line.
            if key == CTRL_C {
                terminal.press("line");
                terminal.wait_for("the line", |text| last_line(text).ends_with("] me> line"));
            }
            terminal.press_alone(key);
            if key == CTRL_C {
                terminal.wait_for("another prompt", |text| prompts(text) == 3 && last_line(text).ends_with("] me>"));
            }
            terminal.press("clear\r");
            terminal.wait_for("empty screen", |text| !text.contains("now") && text.contains(READ_ONLY_PROMPT));
        }
        terminal.press("kill -KILL %1; wait; clear; echo killed\r");
        terminal.wait_for("its end", |text| text.contains("killed\n"));
        leave(&mut terminal);
        quit(terminal);
    }
}

/// A program without job control is in the screen's own process group, which the keys reach as a whole.
#[test]
fn the_interrupt_key_ends_a_shell_without_job_control_and_not_the_screen() {
    let world = world(&BASH);
    let plain = script(&world, "#!/bin/sh\necho plain shell\nread -r line\n");
    let mut terminal = screen_with_one_role(&world, &plain);
    for time in 1..=3 {
        terminal.press_alone("\r");
        // Below the alternate screen is what it said before.
        terminal.wait_for("its word", |text| text.matches("plain shell").count() == time);
        terminal.press(CTRL_C);
        wait_until_back(&terminal);
    }
    type_on(&mut terminal);
    quit(terminal);
}

#[test]
fn the_suspend_key_suspends_a_shell_without_job_control_together_with_the_screen() {
    let world = world(&BASH);
    let plain = script(&world, "#!/bin/sh\necho plain shell\nread -r line\necho line=$line.\nread -r line\n");
    let mut terminal = start_from_a_shell(&world, &plain);
    select(&mut terminal);
    terminal.press_alone("\r");
    terminal.wait_for("its word", |text| text.contains("plain shell"));
    terminal.press(CTRL_Z);
    wait_for_outer_prompt(&terminal);
    terminal.press("fg\r");
    terminal.wait_for("the outer shell's word", has_gone_on);
    terminal.press("typed\r");
    terminal.wait_for("its answer", |text| text.contains("line=typed."));
    terminal.press("\r");
    wait_until_back(&terminal);
    type_on(&mut terminal);
}

#[test]
fn another_size_of_the_terminal_while_the_shell_has_it_is_the_screens_afterwards() {
    let world = world(&BASH);
    let mut terminal = open(&world, &BASH);
    terminal.resize(24, 80);
    terminal.press("\rstty size\r");
    terminal.wait_for("the size", |text| text.contains("24 80"));
    leave(&mut terminal);
    terminal.wait_for("a frame of 80×24", |text| {
        let lines: Vec<&str> = text.lines().collect();
        lines.get(22).is_some_and(|line| line.starts_with('╰') && line.ends_with('╯') && line.chars().count() == 80)
    });
    quit(terminal);
}

#[test]
fn a_signal_to_the_screen_hangs_up_the_shell_and_leaves_nothing() {
    for shell in Shell::all() {
        for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
            for running in ["", "sh -c 'echo job; exec sleep 600' & sh -c 'echo now; exec sleep 601'\r"] {
                let world = world(&shell);
                let started = command(&world, shell.program);
                let mut terminal =
                    Pty::of(&crate::environment::through(&["sh", "-c", "read x; exec \"$@\"", "sh"], &started));
                let before = terminal.settings();
                terminal.press("\n");
                wait_for_screen(&terminal);
                select(&mut terminal);
                terminal.press_alone("\r");
                wait_for_prompt(&terminal, READ_ONLY_PROMPT);
                if !running.is_empty() {
                    terminal.press(running);
                    let says = |text: &str, word| text.lines().any(|line| line.ends_with(word));
                    terminal.wait_for("programs", |text| says(text, "job") && says(text, "now"));
                }
                terminal.signal(signal);
                let ended = terminal.wait_for_exit();
                assert_eq!(ended.exit_code(), code, "{}: {ended:?}", shell.program);
                terminal.wait_for_end_of_all();
                assert_eq!(terminal.settings(), before, "{} {signal:?} {running}", shell.program);
                let raw = terminal.raw();
                for (on, off) in [("\u{1b}[?1049h", "\u{1b}[?1049l"), ("\u{1b}[?1000h", "\u{1b}[?1000l")] {
                    assert!(raw.rfind(off) > raw.rfind(on), "{}: {on:?} was left on", shell.program);
                }
            }
        }
    }
}

#[test]
fn a_shell_that_is_killed_leaves_the_terminals_modes_as_they_were() {
    let world = world(&BASH);
    let started = command(&world, BASH.program);
    let mut terminal = Pty::of(&crate::environment::through(&["sh", "-c", "read x; exec \"$@\"", "sh"], &started));
    let before = terminal.settings();
    terminal.press("\n");
    wait_for_screen(&terminal);
    select(&mut terminal);
    terminal.press_alone("\r");
    wait_for_prompt(&terminal, READ_ONLY_PROMPT);
    terminal.press("stty -echo -icanon -opost; kill -KILL $$\r");
    wait_until_back(&terminal);
    terminal.press_alone("\u{1b}");
    terminal.wait_for("no filter", |text| text.contains("esc quit"));
    terminal.press_alone("\u{1b}");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert_eq!(terminal.settings(), before);
}

#[test]
fn a_shell_that_cannot_be_started_is_reported_and_the_screen_goes_on() {
    let world = world(&BASH);
    let mut terminal = screen_with_one_role(&world, "/nonexistent");
    terminal.press_alone("\r");
    terminal.wait_for("error", |text| text.contains("/nonexistent") && has_one_role(text));
    terminal.press_alone("\u{1b}");
    terminal.wait_for("no error", |text| !text.contains("/nonexistent") && has_one_role(text));
    type_on(&mut terminal);
    quit(terminal);
}

#[test]
fn a_terminal_that_closes_while_the_shell_has_it_ends_all() {
    for shell in Shell::all() {
        for running in ["", "sh -c 'echo $((40 + 1)) job; exec sleep 600' & "] {
            let world = world(&shell);
            let started = command(&world, shell.program);
            let mut on_terminal = CommandBuilder::from_argv(program().into_iter().map(Into::into).collect());
            on_terminal.env_clear();
            on_terminal.env("TERM", "xterm-256color");
            for (name, value) in started.get_envs().filter_map(|(name, value)| Some((name, value?))) {
                on_terminal.env(name, value);
            }
            on_terminal.cwd(world.home());
            let run = format!("{running}sh -c 'echo $((40 + 2)) now; exec sleep 601'\r");
            let steps = [
                ("prod-payments-0003", "payments-0003 reado"),
                (" 1 of ", "\r"),
                ("] me>", run.as_str()),
                ("42 now", ""),
            ];
            let (mut child, terminal) = screen::start_until(on_terminal, &steps);
            let session = child.process_id().unwrap();
            drop(terminal);
            assert_eq!(pty::wait_for_exit(&mut *child).exit_code(), 129, "{} {running}", shell.program);
            pty::wait_for_end_of_session(session);
        }
    }
}
