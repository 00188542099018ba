//! A warm `daypass credentials`, as each AWS CLI command and each SDK start pays for it, against `secret-tool
//! lookup` of a secret of the same size and processes that do nothing, all interleaved.
//!
//! `.ci/with-keyring cargo bench --bench warm`; needs secret-tool.

mod common;

use std::io::Write as _;
use std::process::{Command, Stdio};

use common::{Stage, median, megabytes, peak_mib, program, run, summary};
use daypass::adapters::store::{Interaction, StorePaths, open};
use daypass::domain::endpoint::{Endpoint, Endpoints};
use daypass::domain::ids::{Region, SessionName, StartUrl};
use daypass::domain::sso_session::SsoSession;
use daypass::settings::StoreChoice;
use daypass::simulator::{Operation, Options, Roles};

const ROUNDS: usize = 100;

fn main() {
    let stage = Stage::signed_in(Options { roles: Roles::Exactly(2), ..Options::default() });
    let target = stage.target(0);
    let hit = || {
        let mut command = stage.daypass();
        command.args(["credentials", &target]);
        command
    };
    run(&mut hit());
    let size = kept_bytes(&stage, &target);
    keep_with_secret_tool(size);

    type Make<'a> = Box<dyn Fn() -> Command + 'a>;
    let version = || {
        let mut command = stage.daypass();
        command.arg("--version");
        command
    };
    let programs: [(&str, Make<'_>); 4] = [
        ("true", Box::new(|| Command::new("true"))),
        ("daypass --version", Box::new(version)),
        ("daypass credentials, warm", Box::new(hit)),
        ("secret-tool lookup", Box::new(lookup)),
    ];
    let mut taken = vec![Vec::new(); programs.len()];
    for _ in 0..ROUNDS {
        for ((_, make), taken) in programs.iter().zip(&mut taken) {
            taken.push(run(&mut make()));
        }
    }
    assert_eq!(stage.simulator.calls(Operation::GetRoleCredentials), 1, "a hit asked AWS");

    println!("{ROUNDS} rounds, a record of {size} bytes, a program of {:.1} MB", megabytes(&program()));
    for ((name, _), taken) in programs.iter().zip(&taken) {
        println!("{name:28} {}", summary(taken.clone()));
    }
    println!("a hit takes 1/{:.1} of secret-tool's time", median(&taken[3]) / median(&taken[2]));
    println!("peak resident: hit {:.1} MiB, secret-tool {:.1} MiB", peak_mib(&mut hit()), peak_mib(&mut lookup()));
}

/// How large the record is that a hit reads.
fn kept_bytes(stage: &Stage, target: &str) -> usize {
    let session = SsoSession::new(
        SessionName::parse(&stage.name).unwrap(),
        StartUrl::parse(stage.simulator.start_url()).unwrap(),
        Region::parse(stage.simulator.region()).unwrap(),
    )
    .at(Endpoints::all(Endpoint::parse(stage.simulator.url()).unwrap()));
    let paths = StorePaths::of(&stage.state());
    let store = open(StoreChoice::SecretService, &paths, Interaction::Forbidden).unwrap();
    store.load(&format!("role/{}/{target}", session.key())).unwrap().expect("the record is in the keyring").len()
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
