//! What other processes learn of ours: nothing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use daypass::simulator::{Fault, Operation};
use rustix::process::{Pid, Resource, Signal, getrlimit, getuid, kill_process};

use crate::environment::{NET, TestEnv, program};
use crate::left_out::left_out;
use crate::programs::copy_program;

/// An ordinary user: whoever runs the tests or, where that is root, nobody.
struct Ordinary {
    folder: tempfile::TempDir,
}

impl Ordinary {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        Ordinary { folder }
    }

    /// Our program, where that user can run it.
    fn daypass(&self) -> PathBuf {
        let copy = self.folder.path().join("daypass");
        // What others read of an emulator that runs it is the emulator's affair.
        match program().as_slice() {
            [program] => copy_program(program.as_ref(), &copy),
            _ => copy_program(env!("CARGO_BIN_EXE_daypass").as_ref(), &copy),
        }
        copy
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        if getuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        command
    }

    /// What that user can read of a process.
    fn reads(&self, what: &str, process: &Child) -> bool {
        let path = format!("/proc/{}/{what}", process.id());
        // The first page of memory is never mapped: only whether it may be opened counts.
        let opens = self.command("sh").args(["-c", "exec <\"$0\"", &path]).stderr(Stdio::null()).status().unwrap();
        opens.success()
    }
}

#[test]
fn a_process_of_the_same_user_reads_neither_memory_nor_environment() {
    let user = Ordinary::new();
    let mut open = user.command("sleep").arg("600").spawn().unwrap();
    let mut ours =
        user.command(user.daypass()).arg("simulator").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(ours.stdout.take().unwrap()), &mut said).unwrap();
    for what in ["environ", "mem", "maps", "fd/0"] {
        assert!(user.reads(what, &open), "{what} of a process that is not hardened can be read");
        assert!(!user.reads(what, &ours), "{what}");
    }
    for child in [&mut open, &mut ours] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn an_abort_leaves_no_core() {
    if getrlimit(Resource::Core).maximum == Some(0) {
        return left_out("no process may leave a core here, hardened or not");
    }
    let world = TestEnv::new();
    let mut command = world.through_shell("ulimit -Sc \"$(ulimit -Hc)\"; exec \"$@\"", &["login", "--no-browser"]);
    world.aws.fault(Operation::StartDeviceAuthorization, Fault::Hang);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    assert!(world.aws.wait_for_calls(Operation::StartDeviceAuthorization, 1, NET));
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    kill_process(Pid::from_child(&child), Signal::ABORT).unwrap();
    let status = child.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
}
