//! What a `credentials` call touches whose answer is kept and that no gate guards: each AWS CLI command pays for it.

use std::fs;
use std::process::Command;

use crate::environment::{ADMIN, DEVELOPER, Running, TestEnv, through};
use crate::left_out::left_out;

/// C libraries and processors differ in which of them they have and use.
const TRACED: &str = "trace=?open,openat,flock,fcntl,fsync,fdatasync,ftruncate,?rename,?renameat,?renameat2,?unlink,\
     ?unlinkat,?mkdir,?mkdirat";

/// What `credentials` for `target` does to files and folders in the person's home: each system call with the path, and how
/// it is opened. None where calls cannot be traced here.
fn touched(world: &TestEnv, target: &str) -> Option<Vec<String>> {
    let probe = Command::new("strace").args(["-f", "-qq", "-e", TRACED, "true"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        return None;
    }
    let trace = world.path("trace");
    let words = ["strace", "-f", "-qq", "-y", "-o", trace.to_str()?, "-e", TRACED];
    Running::start(&mut through(&words, &world.command(&["credentials", target]))).finish().succeeds().access_key_id();
    let text = fs::read_to_string(&trace).unwrap();
    fs::remove_file(trace).unwrap();
    Some(text.lines().filter_map(|line| in_home(line, world)).collect())
}

/// `line` of a trace in short, where it names something in the person's home by its path or by an open file.
fn in_home(line: &str, world: &TestEnv) -> Option<String> {
    let home = format!("{}/", world.home().display());
    let (call, arguments) = line.split_once(' ')?.1.trim_start().split_once('(')?;
    let call = if call == "openat" { "open" } else { call };
    let (_, named) = arguments.split_once(&home)?;
    let path = named.split(['"', '>']).next()?;
    let ways = ["O_WRONLY", "O_RDWR", "F_OFD_SETLK", "F_SETLK"];
    let way = ways.into_iter().find(|way| arguments.contains(way));
    // A flag of an open file is no access.
    if call == "fcntl" && way.is_none() {
        return None;
    }
    Some(format!("{call} {path}{}", way.map(|way| format!(" {way}")).unwrap_or_default()))
}

#[test]
fn a_warm_hit_without_a_gate_opens_no_log_takes_no_lock_and_writes_its_use_alone() {
    let world = TestEnv::signed_in();
    world.policy("[tiers.admin]\nunattended = true\n");
    world.run(&["elevate", ADMIN, "--yes", "--reason", "INC-4711 payments are stuck"]).succeeds();
    world.credentials(DEVELOPER).succeeds();
    let Some(warm) = touched(&world, DEVELOPER) else { return left_out("nothing can be traced here: strace fails") };
    let expected = [
        "open .config/daypass/policy.toml",
        "open .aws/config",
        "open state/latest-aws-time",
        "open state/uses.log O_WRONLY",
    ];
    assert_eq!(warm, expected);
    // So that it shows what a gate costs besides: whether the elevation has an end.
    let behind_a_gate = touched(&world, ADMIN).unwrap();
    assert!(behind_a_gate.contains(&"open state/elevations.json".to_owned()), "{behind_a_gate:?}");
}
