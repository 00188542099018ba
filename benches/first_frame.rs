//! The time from the command to the terminal UI's first frame, and its processor time while idle.
//!
//! `.ci/with-keyring cargo bench --bench first_frame`

mod common;

use std::io::Read;
use std::time::{Duration, Instant};

use common::{Stage, program, run, summary};
use daypass::simulator::{Options, Roles};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const ROUNDS: usize = 20;
const IDLE: Duration = Duration::from_secs(10);

fn main() {
    let stage = Stage::signed_in(Options { accounts: 300, roles: Roles::Exactly(3), ..Options::default() });
    run(stage.daypass().args(["roles", "--refresh", "--json"]));
    run(stage.daypass().args(["credentials", &stage.target(0)]));

    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        let (frame, mut child, _terminal) = open(&stage);
        taken.push(frame);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    println!("first frame, 900 roles       {}", summary(taken));

    let (_, mut child, _terminal) = open(&stage);
    let pid = child.process_id().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let before = cpu_ticks(pid);
    std::thread::sleep(IDLE);
    let share = (cpu_ticks(pid) - before) as f64 / (IDLE.as_secs_f64() * 100.0);
    println!("idle for {} s: {:.1} % of one processor", IDLE.as_secs(), share * 100.0);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Opens the terminal UI and waits for its first frame; returns how long that took.
fn open(stage: &Stage) -> (Duration, Box<dyn Child + Send + Sync>, Box<dyn MasterPty + Send>) {
    let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(program());
    for (name, value) in stage.environment() {
        command.env(name, value);
    }
    command.env("TERM", "xterm-256color");
    let mut reader = pair.master.try_clone_reader().unwrap();
    let started = Instant::now();
    let child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut seen = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while !is_first_frame(&seen) {
        let count = reader.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended: {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..count]);
    }
    let frame = started.elapsed();
    // Further output is read and dropped, or the program would block on writing it.
    std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    (frame, child, pair.master)
}

/// Whether the alternate screen is on and shows the header and a role.
fn is_first_frame(seen: &[u8]) -> bool {
    let text = String::from_utf8_lossy(seen);
    ["\u{1b}[?1049h", "daypass", "Developer"].iter().all(|part| text.contains(part))
}

/// Processor time of a process so far, in hundredths of a second.
fn cpu_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let fields: Vec<u64> = rest.split_whitespace().skip(11).take(2).map(|field| field.parse().unwrap()).collect();
    fields.iter().sum()
}
