//! What a `credentials` call touches whose answer is kept and that no gate guards: each AWS CLI command pays for it.

use std::fs;
use std::process::Command;

use daypass::domain::store_choice::StoreName;

use crate::environment::{ADMIN, DEVELOPER, Running, TestEnv, through};
use crate::left_out::left_out;

const TRACED: &str = "trace=%file,flock,fcntl,fsync,fdatasync,ftruncate";

/// The system calls of `credentials` for `target` that name something of the person's home, each with its name and what is
/// done there. None where calls cannot be traced here.
fn touched(world: &TestEnv, target: &str) -> Option<Vec<String>> {
    let probe = Command::new("strace").args(["-f", "-qq", "-e", TRACED, "true"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        return None;
    }
    let trace = world.path("trace");
    let words = ["strace", "-f", "-qq", "-y", "-o", trace.to_str()?, "-e", TRACED];
    Running::start(&mut through(&words, &world.command(&["credentials", target]))).finish().succeeds().access_key_id();
    let home = format!("{}/", world.home().display());
    let text = fs::read_to_string(&trace).unwrap();
    fs::remove_file(trace).unwrap();
    let own = text.lines().filter(|line| line.contains(&home) && !line.contains("execve"));
    Some(own.map(|line| line.replace(&home, "")).collect())
}

#[test]
fn a_warm_hit_without_a_gate_opens_no_log_takes_no_lock_and_writes_its_use_alone() {
    let world = TestEnv::signed_in();
    world.policy("[tiers.admin]\nunattended = true\n");
    world.run(&["elevate", ADMIN, "--yes", "--reason", "INC-4711 payments are stuck"]).succeeds();
    world.credentials(DEVELOPER).succeeds();
    let Some(warm) = touched(&world, DEVELOPER) else { return left_out("nothing can be traced here: strace fails") };
    assert_eq!(warm, [""; 0]);
    let _ = StoreName::Memory;
}
