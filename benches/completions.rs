//! What a press of Tab waits for: the targets of a thousand accounts with three roles each.
//!
//! `cargo bench --bench completions`; needs no keyring.

mod common;

use std::process::Command;

use common::{program, run, summary};
use daypass::adapters::lock::Locks;
use daypass::adapters::state::State;
use daypass::domain::catalog::Account;
use daypass::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
use daypass::domain::sso_session::SsoSession;
use daypass::domain::text::Untrusted;
use daypass::ports::StateStore as _;
use jiff::Timestamp;

const ACCOUNTS: usize = 1_000;
const RUNS: usize = 50;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let config = folder.path().join("config");
    let url = "https://acme.awsapps.com/start";
    std::fs::write(&config, format!("[sso-session acme]\nsso_start_url = {url}\nsso_region = us-east-1\n")).unwrap();
    list(&State::new(&state, &state.join("cache"), Locks::new(state.join("locks"))), url);
    let ask = |arguments: &[&str]| {
        let mut command = Command::new(program());
        command.args(["__complete", "zsh"]).args(arguments).env_clear().env("HOME", folder.path());
        command.env("AWS_CONFIG_FILE", &config).env("DAYPASS_STATE_DIR", &state);
        command
    };
    let mut targets = ask(&["2", "daypass", "credentials", ""]);
    let offered = targets.output().unwrap().stdout;
    assert_eq!(offered.split(|byte| *byte == b'\n').count(), 3 * ACCOUNTS + 1);
    println!("{:>6} targets  {}", 3 * ACCOUNTS, summary((0..RUNS).map(|_| run(&mut targets)).collect()));
    let mut commands = ask(&["1", "daypass", ""]);
    println!("      commands  {}", summary((0..RUNS).map(|_| run(&mut commands)).collect()));
}

fn list(state: &State, url: &str) {
    let session = SsoSession::new(
        SessionName::parse("acme").unwrap(),
        StartUrl::parse(url).unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let at: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
    let id = |number: usize| AccountId::parse(&format!("{number:012}")).unwrap();
    let account = |number| Account {
        id: id(number),
        name: Untrusted::new(format!("prod-payments-{number:04}")),
        email: Untrusted::new(format!("aws+prod-payments-{number:04}@acme.example")),
    };
    let roles: Vec<_> = ["Admin", "Developer", "ReadOnly"].map(|name| RoleName::parse(name).unwrap()).into();
    let listed = &mut |catalog: &mut daypass::domain::catalog::Catalog| {
        catalog.take_accounts((0..ACCOUNTS).map(account).collect(), at);
        (0..ACCOUNTS).for_each(|number| catalog.take_roles(&id(number), roles.clone(), at));
    };
    state.update_catalog(&session.key(), listed).unwrap();
}
