//! A warm `daypass credentials`, as each AWS CLI command and each SDK start pays for it, against `secret-tool
//! lookup` of a secret of the same size and processes that do nothing, all interleaved.
//!
//! `.ci/with-keyring cargo bench --bench warm`; needs secret-tool. `DAYPASS_BENCH_PROGRAM` may name several builds,
//! separated by colons, to be measured against each other.

mod common;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::{Stage, megabytes, peak_mib, program, ratio, run, summary};
use daypass::adapters::store::{Interaction, StorePaths, open};
use daypass::domain::endpoint::{Endpoint, Endpoints};
use daypass::domain::ids::{Region, SessionName, StartUrl};
use daypass::domain::sso_session::SsoSession;
use daypass::domain::store_choice::{StoreChoice, StoreName};
use daypass::environment::Environment;
use daypass::simulator::{Operation, Options, Roles};

const ROUNDS: usize = 300;

fn main() {
    let builds: Vec<PathBuf> = match std::env::var_os("DAYPASS_BENCH_PROGRAM") {
        Some(paths) => std::env::split_paths(&paths).collect(),
        None => vec![program()],
    };
    // Each build has a sign-in of its own: they may keep their records differently.
    let options = || Options { roles: Roles::Exactly(2), ..Options::default() };
    let stages: Vec<_> = builds.into_iter().map(|build| Stage::signed_in_with(build, options())).collect();
    for stage in &stages {
        run(&mut hit(stage));
    }
    let size = kept_bytes(&stages[0]);
    keep_with_secret_tool(size);

    type Make<'a> = Box<dyn Fn() -> Command + 'a>;
    let mut programs: Vec<(String, Make<'_>)> = vec![
        ("true".to_owned(), Box::new(|| Command::new("true"))),
        ("secret-tool lookup".to_owned(), Box::new(lookup)),
    ];
    for stage in &stages {
        let name = stage.program().file_name().unwrap_or_default().display().to_string();
        programs.push((format!("{name} --version"), Box::new(|| version(stage))));
        programs.push((format!("{name} credentials, warm"), Box::new(|| hit(stage))));
    }
    let mut taken = vec![Vec::new(); programs.len()];
    for _ in 0..ROUNDS {
        for ((_, make), taken) in programs.iter().zip(&mut taken) {
            // Bus and keyring are still busy with the client that has just left, and the next one would pay for it.
            run(&mut Command::new("true"));
            taken.push(run(&mut make()));
        }
    }
    for stage in &stages {
        assert_eq!(stage.simulator.calls(Operation::GetRoleCredentials), 1, "a hit asked AWS");
    }

    println!("{ROUNDS} rounds, a record of {size} bytes");
    for ((name, _), times) in programs.iter().zip(&taken) {
        println!("{name:44} {}   {:.3} of secret-tool", summary(times.clone()), ratio(times, &taken[1]));
    }
    for stage in &stages {
        let build = stage.program();
        println!("{}: {:.1} MB, {:.1} MiB at its peak", build.display(), megabytes(build), peak_mib(&mut hit(stage)));
    }
    println!("secret-tool: {:.1} MiB at its peak", peak_mib(&mut lookup()));
}

fn hit(stage: &Stage) -> Command {
    let mut command = stage.daypass();
    command.args(["credentials", &stage.target(0)]);
    command
}

fn version(stage: &Stage) -> Command {
    let mut command = stage.daypass();
    command.arg("--version");
    command
}

/// How large the record is that a hit reads.
fn kept_bytes(stage: &Stage) -> usize {
    let session = SsoSession::new(
        SessionName::parse(&stage.name).unwrap(),
        StartUrl::parse(stage.simulator.start_url()).unwrap(),
        Region::parse(stage.simulator.region()).unwrap(),
    )
    .at(Endpoints::all(Endpoint::parse(stage.simulator.url()).unwrap()));
    let paths = StorePaths::of(&stage.state(), &Environment::of_process());
    let store = open(StoreChoice::Only(StoreName::SecretService), &paths, Interaction::Forbidden).unwrap();
    store
        .load(&format!("role/{}/{}", session.key(), stage.target(0)))
        .unwrap()
        .expect("the record is in the keyring")
        .len()
}

fn keep_with_secret_tool(size: usize) {
    let mut tool = Command::new("secret-tool")
        .args(["store", "--label=bench", "bench", "warm"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(&vec![b'x'; size]).unwrap();
    assert!(tool.wait().unwrap().success());
}

fn lookup() -> Command {
    let mut command = Command::new("secret-tool");
    command.args(["lookup", "bench", "warm"]);
    command
}
