//! Whether the person's keyring daemon survives us: cold fetches, warm hits and kills by the thousand against a real
//! Secret Service, which must be the same process and unlocked after every one of them.
//!
//! `.ci/soak [PERCENT]` runs it; 100 is the full soak. `DAYPASS_BENCH_PROGRAM` names another build to try.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "a real program is watched here, and that lives in real time")]

#[path = "../../benches/common/mod.rs"]
mod common;

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{Stage, program, run};
use daypass::simulator::{Operation, Options, Roles};

const COLD_FETCHES: usize = 2_000;
const WARM_HITS: usize = 50_000;
const KILLS: usize = 1_000;
const AT_ONCE: usize = 8;
/// As many targets as make the credentials of each old before its turn comes again.
const TARGETS: usize = 400;
/// Long enough to be handed out once, and over when the same target is asked for again.
const COLD_LIFETIME: Duration = Duration::from_secs(1);

fn main() {
    let percent: usize = std::env::var("DAYPASS_SOAK_PERCENT").map_or(10, |text| text.parse().expect("a number"));
    let share = |full: usize| full * percent / 100;
    let stage = Stage::signed_in(Options {
        accounts: TARGETS,
        roles: Roles::Exactly(2),
        role_sessions: vec![("ReadOnly".to_owned(), COLD_LIFETIME)],
        token_lifetime: Duration::from_secs(8 * 3_600),
        ..Options::default()
    });
    println!("{}, {percent} % of the full soak", program().display());
    let daemon = Daemon::find();
    for workers in [1, AT_ONCE] {
        cold_fetches(&stage, &daemon, workers, share(COLD_FETCHES));
        warm_hits(&stage, &daemon, workers, share(WARM_HITS));
    }
    kills(&stage, &daemon, share(KILLS));
}

fn cold_fetches(stage: &Stage, daemon: &Daemon, workers: usize, count: usize) {
    stage.simulator.reset_calls();
    daemon.survives("cold fetches", workers, count, |number| {
        answered(stage.daypass().args(["credentials", &cold_target(stage, number)]))
    });
    assert_eq!(stage.simulator.calls(Operation::GetRoleCredentials), count, "not every fetch was a cold one");
}

fn warm_hits(stage: &Stage, daemon: &Daemon, workers: usize, count: usize) {
    let target = stage.target(0);
    run(stage.daypass().args(["credentials", &target]));
    stage.simulator.reset_calls();
    daemon.survives("warm hits", workers, count, |_| answered(stage.daypass().args(["credentials", &target])));
    assert_eq!(stage.simulator.counts().total(), 0, "not every hit was a warm one");
}

/// Warm hits and cold fetches in turn, each killed at a random moment of the time that it takes.
fn kills(stage: &Stage, daemon: &Daemon, count: usize) {
    let warm = || credentials(stage, &stage.target(0));
    let cold = |number| credentials(stage, &cold_target(stage, number));
    run(&mut warm());
    let typical = [run(&mut warm()), run(&mut cold(0))];
    let random = Random::new();
    println!("kills: seed {}", random.seed);
    daemon.survives("kills", 1, count, |number| {
        let mut child = if number % 2 == 0 { warm() } else { cold(number) };
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(random.up_to(typical[number % 2], number));
        let _ = child.kill();
        child.wait().unwrap();
        // Whatever the killed one left behind, the next one gets its answer.
        answered(&mut if number % 4 < 2 { warm() } else { cold(number) })
    });
}

fn credentials(stage: &Stage, target: &str) -> Command {
    let mut command = stage.daypass();
    command.args(["credentials", target]);
    command
}

fn cold_target(stage: &Stage, number: usize) -> String {
    format!("{}/ReadOnly", stage.simulator.accounts()[number % TARGETS].id)
}

/// Whether a call got credentials, and otherwise what it said.
fn answered(command: &mut Command) -> Result<(), String> {
    let output = command.output().unwrap();
    if output.status.success() && output.stdout.starts_with(b"{\"Version\":1,") {
        return Ok(());
    }
    Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// The process that had the Secret Service's name when the soak began.
struct Daemon {
    pid: String,
}

impl Daemon {
    /// Finds it, and keeps an item of another program's in it.
    fn find() -> Self {
        let store = "printf canary | secret-tool store --label=soak soak canary";
        assert!(Command::new("sh").args(["-c", store]).status().unwrap().success(), "the keyring must be unlocked");
        let daemon = Daemon { pid: owner().expect("a Secret Service must run on the session bus") };
        println!("the keyring's daemon is process {}", daemon.pid);
        daemon
    }

    /// Whether it is still there and unlocked: other programs find what they keep in it.
    fn lives(&self) -> Result<(), String> {
        let now = owner();
        if now.as_ref() != Some(&self.pid) {
            return Err(format!("the daemon died: it was process {}, now it is {now:?}", self.pid));
        }
        let found = Command::new("secret-tool").args(["lookup", "soak", "canary"]).output().unwrap();
        if found.stdout == b"canary" { Ok(()) } else { Err("other programs find the keyring locked".to_owned()) }
    }

    /// Makes `count` calls, `workers` at a time, and ends the soak at the first after which something is wrong.
    fn survives(&self, what: &str, workers: usize, count: usize, call: impl Fn(usize) -> Result<(), String> + Sync) {
        let started = Instant::now();
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return;
                }
                let checked = if number.is_multiple_of(50) { self.lives() } else { Ok(()) };
                if let Err(why) = call(number).and(checked) {
                    println!("FAILED at {what} {number} of {count}, {workers} at once: {why}");
                    println!("{}", self.lives().err().unwrap_or_else(|| "the daemon lives".to_owned()));
                    std::process::exit(1);
                }
            }
        };
        std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
        if let Err(why) = self.lives() {
            println!("FAILED after {what}: {why}");
            std::process::exit(1);
        }
        println!("{count} {what}, {workers} at once: the daemon lives ({:.0} s)", started.elapsed().as_secs_f64());
    }
}

/// The process id of whoever has the Secret Service's name; nobody is started for it.
fn owner() -> Option<String> {
    let output = Command::new("dbus-send")
        .args(["--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
        .args(["org.freedesktop.DBus.GetConnectionUnixProcessID", "string:org.freedesktop.secrets"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.split_whitespace().last().unwrap_or_default().to_owned())
}

/// Moments that differ from run to run and can be had again from the seed.
struct Random {
    seed: u64,
}

impl Random {
    fn new() -> Self {
        let seed = std::env::var("DAYPASS_SOAK_SEED").ok().and_then(|text| text.parse().ok());
        Random { seed: seed.unwrap_or_else(|| u64::from(std::process::id())) }
    }

    /// The `number`th moment before `limit`.
    fn up_to(&self, limit: Duration, number: usize) -> Duration {
        // SplitMix64.
        let mut bits = self.seed.wrapping_add((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        limit.mul_f64((bits >> 11) as f64 / (1u64 << 53) as f64)
    }
}
