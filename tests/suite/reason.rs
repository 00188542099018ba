//! A reason that is missing: asked for at a terminal, and otherwise the command is shown that has one.

use crate::environment::{ADMIN, DEVELOPER, Running, TestEnv, program, through};
use crate::pty::{INTERRUPTED, Pty};

const REASON: &str = "INC-4711 payments are stuck";

/// The reasons for which something was fetched.
fn recorded(world: &TestEnv) -> Vec<String> {
    let intents = world.elevations().into_iter().filter(|line| line["kind"] == "elevation.intent");
    intents.map(|line| line["data"]["reason"].as_str().unwrap().to_owned()).collect()
}

fn asked(world: &TestEnv, arguments: &[&str]) -> Pty {
    let terminal = Pty::of(&world.command(arguments));
    terminal.wait_for_raw("reason: ");
    terminal
}

#[test]
fn at_a_terminal_a_missing_reason_is_asked_for_and_the_command_goes_on() {
    let world = TestEnv::signed_in();
    world.run(&["roles", "--refresh"]).succeeds();
    let ran = world.path("ran");
    let touch = ["exec", ADMIN, "--", "touch", ran.to_str().unwrap()];
    let env = ["credentials", ADMIN, "--format", "env"];
    for (number, command) in [&touch[..], &env, &["shell", ADMIN, "--shell", "/bin/true"]].into_iter().enumerate() {
        let reason = format!("{REASON} {number}");
        let mut terminal = asked(&world, command);
        let question = "prod-payments-0003 / Admin asks for a reason (at least 10 characters)";
        assert!(terminal.raw().contains(question), "{}", terminal.raw());
        terminal.press(&format!("{reason}\r"));
        terminal.wait_for_raw(&format!("reason (↵ takes \"{reason}\"): "));
        assert_eq!(recorded(&world).len(), number, "nothing is fetched before the reason is confirmed");
        terminal.press("\r");
        terminal.wait_for_raw("type prod-payments-0003 or 3757 to go on");
        assert_eq!(recorded(&world).len(), number, "nothing is fetched before it is confirmed");
        terminal.type_as_a_person("3757\r");
        let (code, shown) = terminal.finish();
        assert_eq!(code, 0, "{command:?}: {shown}");
        assert_eq!(recorded(&world).pop(), Some(reason));
        // The elevation would serve the next command too.
        world.age(jiff::SignedDuration::from_mins(61));
    }
    assert!(ran.exists());
}

#[test]
fn a_reason_that_will_not_do_is_asked_for_again_and_the_third_ends_the_command() {
    let world = TestEnv::signed_in();
    let mut terminal = asked(&world, &["exec", ADMIN, "--", "true"]);
    terminal.press("short\r");
    terminal.wait_for_raw("the reason needs at least 10 characters");
    terminal.wait_until("asked again", |state| String::from_utf8_lossy(&state.raw).matches("reason: ").count() == 2);
    terminal.press("INC-4711 to be replaced\r");
    let taken = "reason (↵ takes \"INC-4711 to be replaced\"): ";
    terminal.wait_for_raw(taken);
    terminal.press("3757\r");
    terminal.wait_for_raw("what confirms an elevation is no reason for it");
    terminal.wait_until("still there", |state| String::from_utf8_lossy(&state.raw).matches(taken).count() == 2);
    terminal.press("daypass end 01M8\r");
    let (code, shown) = terminal.finish();
    assert_eq!(code, 2, "{shown}");
    assert_eq!((recorded(&world).len(), world.aws.counts().total()), (0, 0));
}

#[test]
fn what_was_typed_too_soon_or_pasted_with_line_ends_confirms_nothing_and_ctrl_c_ends_it() {
    let world = TestEnv::signed_in();
    let mut terminal = Pty::of(&world.command(&["exec", ADMIN, "--", "true"]));
    terminal.press("INC-1 typed too soon\r\r");
    terminal.wait_for_raw("reason: ");
    terminal.press("INC-2 first line\rINC-3 second line\r");
    terminal.wait_for_raw("reason (↵ takes \"INC-");
    terminal.press("\u{3}");
    let (code, shown) = terminal.finish();
    assert!(!shown.contains("takes \"INC-1"), "{shown}");
    assert_eq!((code, recorded(&world).len(), world.aws.counts().total()), (INTERRUPTED, 0, 0), "{shown}");

    let mut terminal = asked(&world, &["exec", ADMIN, "--", "true"]);
    terminal.press("\u{4}");
    let (code, shown) = terminal.finish();
    assert_eq!((code, recorded(&world).len()), (5, 0), "{shown}");
}

#[test]
fn a_program_is_never_asked_and_neither_is_a_command_whose_input_is_no_terminal() {
    let world = TestEnv::signed_in();
    let (code, shown) = Pty::of(&world.command(&["credentials", ADMIN, "--format", "process"])).finish();
    assert!(code == 5 && !shown.contains("reason: "), "{shown}");
    let exec = world.command(&["exec", ADMIN, "--", "printf", "it's"]);
    let (code, shown) = Pty::of(&through(&["sh", "-c", "exec \"$@\" </dev/null", "sh"], &exec)).finish();
    let again = format!("exec {ADMIN} --reason \"…\" -- printf 'it'\\''s'");
    assert!(code == 5 && shown.contains(&again), "{shown}");
}

#[test]
fn a_refusal_repeats_the_command_that_was_typed_with_a_place_for_the_reason() {
    let world = TestEnv::signed_in();
    let started = program().pop().unwrap();
    let table: [(&[&str], &str); 3] = [
        (
            &["shell", "--account", "100000023757", "--role", "Admin"],
            "shell --account 100000023757 --role Admin --reason \"…\"\n",
        ),
        // What exec runs may hold a secret, and stderr may be a log.
        (&["exec", ADMIN, "--", "psql", "SECRET"], "exec 100000023757/Admin --reason \"…\" -- CMD\n"),
        (&["--session", "acme", "shell", ADMIN], "--session acme shell 100000023757/Admin --reason \"…\"\n"),
    ];
    for (command, again) in table {
        let failed = world.run(command).fails_saying(5, &format!("\n  {started} {again}"));
        assert!(!failed.stderr.contains("SECRET"), "{failed:?}");
    }
}

#[test]
fn credentials_typed_on_a_terminal_are_refused_with_three_commands_instead_of_shown() {
    let world = TestEnv::signed_in();
    for (target, typed) in [(&[DEVELOPER][..], DEVELOPER), (&["--profile", "payments"], "--profile payments")] {
        let command = [&["credentials"], target].concat();
        let (code, shown) = Pty::of(&world.command(&command)).finish();
        assert_eq!(code, 2, "{shown}");
        for hint in [
            format!("  daypass exec {typed} -- CMD"),
            format!("  daypass shell {typed}"),
            format!("/daypass credentials {DEVELOPER}"),
        ] {
            assert!(shown.contains(&hint), "no {hint:?}: {shown}");
        }
        assert!(!shown.contains("SIMSECRET"), "{shown}");
    }
    assert_eq!(world.aws.counts().total(), 0);
    for format in ["process", "env", "json"] {
        let (code, shown) = Pty::of(&world.command(&["credentials", DEVELOPER, "--format", format])).finish();
        assert!(code == 0 && shown.contains("SIMSECRET"), "{format}: {shown}");
    }
    // Whatever stderr is: what counts is where the secret would go.
    let piped = through(&["sh", "-c", "\"$@\" | cat", "sh"], &world.command(&["credentials", DEVELOPER]));
    assert!(Pty::of(&piped).finish().1.contains("SIMSECRET"));
    Running::start(&mut world.command(&["credentials", DEVELOPER])).finish().succeeds().access_key_id();
}
