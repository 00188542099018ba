//! The commands that need no session: `simulator`, `completions`, `man`, help.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::environment::TestEnv;
use crate::http;

#[test]
fn the_simulator_prints_the_variables_that_point_to_it_and_keeps_serving() {
    let world = TestEnv::new();
    let mut command = world.command(&["simulator", "--accounts", "3"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    let mut names = Vec::new();
    for line in &lines {
        let (name, url) = line.strip_prefix("export ").and_then(|rest| rest.split_once('=')).expect("an export line");
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        let home = http::get(url);
        assert!(home.status == 200 && home.text.contains(" 3 made-up accounts"), "{}", home.text);
        names.push(name);
    }
    assert_eq!(names, ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"]);
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let world = TestEnv::new();
    let port = world.aws.url().rsplit_once(':').unwrap().1.to_owned();
    world.run(&["simulator", "--port", &port]).fails_saying(1, "--port 0");
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let world = TestEnv::new();
    let commands = [
        "login",
        "logout",
        "status",
        "roles",
        "credentials",
        "exec",
        "shell",
        "elevate",
        "elevations",
        "extend",
        "end",
        "policy",
        "runbook",
        "simulator",
    ];
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(world.run(&["completions", shell]).succeeds().stdout.contains("__complete"), "{shell}");
        let index = if shell == "bash" { " " } else { "1" };
        let offered = world.run(&["__complete", shell, index, "daypass "]).succeeds().stdout;
        assert!(commands.iter().all(|command| offered.contains(command)), "{shell}");
    }
    let elvish = world.run(&["completions", "elvish"]).succeeds().stdout;
    assert!(commands.iter().all(|command| elvish.contains(command)), "{elvish}");
    let page = world.run(&["man"]).succeeds().stdout;
    assert!(!page.contains("__complete"), "{page}");
    assert!(page.contains(".TH daypass") && commands.iter().all(|command| page.contains(command)), "{page}");
    for command in commands {
        assert!(
            world.run(&["man", command]).succeeds().stdout.contains(&format!(".TH daypass-{command}")),
            "{command}"
        );
    }
    world.run(&["man", "nonsense"]).fails(2);
    assert_eq!(world.run(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn every_command_takes_the_global_flags() {
    let world = TestEnv::new();
    let commands: [&[&str]; 10] = [
        &[],
        &["login"],
        &["logout"],
        &["status"],
        &["roles"],
        &["credentials"],
        &["exec"],
        &["simulator"],
        &["demo"],
        &["man"],
    ];
    for command in commands {
        let help = world.run(&[command, &["--help"]].concat()).succeeds().stdout;
        for flag in ["--session <NAME>", "--store <STORE>", "--color <COLORS>"] {
            assert!(help.contains(flag), "{command:?} has no {flag}: {help}");
        }
    }
    assert_eq!(world.run(&["status", "--store", "plaintext"]).code, Some(2));
    assert_eq!(world.run(&["roles", "--color", "blue"]).code, Some(2));
}

#[test]
fn the_store_flag_beats_variable_and_settings() {
    let world = TestEnv::signed_in();
    world.settings("store = \"memory\"\n");
    world.run(&["roles", "--refresh"]).fails(3);
    world.run(&["roles", "--refresh", "--store", "secret-service"]).succeeds();
    world.run_with(&["--store", "memory", "roles", "--refresh"], &[("DAYPASS_STORE", "secret-service")]).fails(3);
    world.run(&["credentials", "--store", "secret-service", crate::environment::DEVELOPER]).succeeds();
}

#[test]
fn help_lists_the_exit_codes() {
    let world = TestEnv::new();
    let help = world.run(&["--help"]).succeeds().stdout;
    assert!(help.contains("3 login needed") && help.contains("130 interrupted"), "{help}");
}
