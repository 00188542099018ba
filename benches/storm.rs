//! Two hundred parallel `daypass credentials` of one cold role, as a Terraform run or a `xargs -P` starts them.
//!
//! `.ci/with-keyring cargo bench --bench storm`

mod common;

use std::process::Stdio;
use std::time::Instant;

use common::{Stage, run, summary};
use daypass::simulator::{Operation, Options, Roles};

const CALLERS: usize = 200;
const ROUNDS: usize = 5;

fn main() {
    let stage = Stage::signed_in(Options { roles: Roles::Exactly(2), ..Options::default() });
    let mut taken = Vec::new();
    for round in 0..ROUNDS {
        let target = stage.target(round);
        stage.simulator.reset_calls();
        let started = Instant::now();
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let mut command = stage.daypass();
                command.args(["credentials", &target]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for caller in callers {
            let output = caller.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(output.stdout.starts_with(b"{\"Version\":1,"));
        }
        taken.push(started.elapsed());
        assert_eq!(stage.simulator.calls(Operation::GetRoleCredentials), 1);
    }
    println!("{CALLERS} cold callers, 1 upstream call each time");
    println!("all answered after           {}", summary(taken));
    let alone = (ROUNDS..ROUNDS + 5).map(|number| run(stage.daypass().args(["credentials", &stage.target(number)])));
    println!("one cold caller alone        {}", summary(alone.collect()));
}
