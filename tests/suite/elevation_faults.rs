//! An elevation with trouble at each of its steps: whatever happens, no credentials are kept without a record that grants them,
//! every intent gets an outcome, and one confirmation grants one elevation at most.
//!
//! `DAYPASS_FAULT_RUNS` says how many random runs there are, `DAYPASS_FAULT_SEED` which; `.ci/run` makes a thousand.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use daypass::domain::audit::{AnyEvent, Chain, Line, LogEvent};
use daypass::simulator::{Fault, Operation};
use rustix::process::Signal;

use crate::environment::{ADMIN, Running, TestEnv};
use crate::fake_secret_service::Behaviour;
use crate::sign_in::each;

const REASON: &str = "INC-4711 payments are stuck";
/// What an elevation is asked for with.
const ELEVATE: [&str; 5] = ["elevate", ADMIN, "--yes", "--reason", REASON];
/// Longer than an elevation takes where nothing is wrong.
const TYPICAL: Duration = Duration::from_millis(400);

/// The steps at AWS.
const STEPS: [Operation; 4] =
    [Operation::CreateToken, Operation::GetRoleCredentials, Operation::GetCallerIdentity, Operation::AssumeRole];

/// What goes wrong.
#[derive(Debug, Clone)]
enum Trouble {
    /// AWS answers so at this step.
    Aws(Operation, Fault),
    /// The program gets this signal while AWS has not answered this step.
    SignalAt(Operation, Signal),
    /// It gets this signal after a while.
    SignalAfter(Duration, Signal),
    /// The keyring behaves so.
    Keyring(Behaviour),
    /// The disk is full.
    NoRoom,
    /// There is no log to write to.
    NoLog,
}

impl Trouble {
    /// Whether the program may end between the record of what AWS granted and the keyring. A signal that ends it asks nobody.
    fn may_lose_what_is_granted(&self) -> bool {
        matches!(self, Trouble::SignalAfter(..))
    }
}

fn world(is_chained: bool) -> TestEnv {
    let world = TestEnv::signed_in();
    let mode = "mode = 'chained'\nassume = 'arn:aws:iam::{account}:role/BreakGlass'\n";
    world.policy(&format!("[tiers.admin]\nunattended = true\n{}", if is_chained { mode } else { "" }));
    // The access token is due for a refresh, so that this is a step as well.
    world.age(jiff::SignedDuration::from_mins(50));
    world.aws.reset_calls();
    world
}

fn elevate_with(world: &TestEnv, trouble: &Trouble) {
    match trouble {
        Trouble::Aws(step, fault) => {
            world.aws.fault_always(*step, fault.clone());
            world.run(&ELEVATE);
        }
        Trouble::SignalAt(step, signal) => {
            world.aws.fault(*step, Fault::Hang);
            let running = world.spawn(&ELEVATE);
            // A step that this elevation does not have ends it before.
            if world.aws.wait_for_calls(*step, 1, Duration::from_secs(2)) {
                running.signal(*signal);
            }
            running.finish();
        }
        Trouble::SignalAfter(while_, signal) => {
            let mut command = world.command(&ELEVATE);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(*while_);
            let pid = rustix::process::Pid::from_child(&child);
            let _ = rustix::process::kill_process(pid, *signal);
            child.wait().unwrap();
        }
        Trouble::Keyring(behaviour) => {
            world.keyring.behave(*behaviour);
            world.run(&ELEVATE);
        }
        Trouble::NoRoom => {
            Running::start(&mut world.through_shell("trap '' XFSZ; ulimit -f 0; exec \"$@\"", &ELEVATE)).finish();
        }
        Trouble::NoLog => {
            let path = world.state().join("audit-000001.jsonl");
            std::fs::create_dir(&path).unwrap();
            world.run(&ELEVATE).fails(1);
            std::fs::remove_dir(&path).unwrap();
        }
    }
    world.aws.clear_faults();
    world.keyring.behave(Behaviour::Good);
}

/// What the log tells of one elevation.
#[derive(Debug, Default)]
struct Told {
    intents: usize,
    granted: usize,
    ends: usize,
    access_key_id: Option<String>,
}

fn told(world: &TestEnv) -> BTreeMap<String, Told> {
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for line in world.elevations() {
        let Some(id) = line["data"]["elevation"].as_str() else { continue };
        let one = told.entry(id.to_owned()).or_default();
        match line["kind"].as_str().unwrap() {
            "elevation.intent" => one.intents += 1,
            "elevation.granted" => {
                one.granted += 1;
                one.access_key_id = line["data"]["access_key_id"].as_str().map(str::to_owned);
            }
            "elevation.failed" | "elevation.ended" => one.ends += 1,
            _ => {}
        }
    }
    told
}

/// Every chain of the log holds together.
fn assert_chained(world: &TestEnv, what: &str) {
    let mut chain = None;
    for path in world.log_files() {
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let read = Line::<AnyEvent>::read(line.as_bytes()).unwrap_or_else(|why| panic!("{what}: {why}"));
            if let Some(LogEvent::Created { .. }) = read.event.read() {
                chain = Some(Chain::new(read.envelope.chain));
            }
            let chain = chain.as_mut().unwrap_or_else(|| panic!("{what}: no chain has begun"));
            chain.take(line.as_bytes()).unwrap_or_else(|why| panic!("{what}: {why}"));
        }
    }
}

/// What holds after any trouble, once the next command has looked.
fn assert_sound(world: &TestEnv, trouble: &Trouble, what: &str) {
    world.run(&["elevations"]).succeeds();
    assert_chained(world, what);
    let told = told(world);
    let active: Vec<&Told> = told.values().filter(|one| one.granted == 1 && one.ends == 0).collect();
    for (id, one) in &told {
        assert!(one.intents == 1 && one.granted <= 1 && one.ends <= 1, "{what}: {id} {one:?}");
        assert!(one.granted == 1 || one.ends == 1, "{what}: {id} has no outcome: {one:?}");
    }
    assert!(told.values().map(|one| one.granted).sum::<usize>() <= 1, "{what}: {told:?}");
    assert!(
        world.calls(Operation::GetRoleCredentials) == 0 || !told.is_empty(),
        "{what}: AWS was asked without an intent"
    );
    let kept = world.record("role/").map(|record| record["access_key_id"].as_str().unwrap().to_owned());
    if let Some(kept) = &kept {
        let is_granted = active.iter().any(|one| one.access_key_id.as_ref() == Some(kept));
        assert!(is_granted || world.record("elevation/").is_none(), "{what}: {kept} is kept without a grant: {told:?}");
    }
    // The next one gets what is granted, or learns that it needs an elevation.
    let next = world.credentials(ADMIN);
    match active.as_slice() {
        [] => drop(next.fails(5)),
        [one] if next.code == Some(0) => {
            assert_eq!(Some(next.access_key_id()), one.access_key_id, "{what}");
        }
        [_] => {
            // Killed after the record and before the keyring had it: nothing is served, and that is the end of it.
            assert!(trouble.may_lose_what_is_granted(), "{what}: {}", next.stderr);
            next.fails(5);
            assert!(
                self::told(world).values().all(|one| one.ends == 1),
                "{what}: it was granted, and stays without an end"
            );
        }
        several => panic!("{what}: {several:?}"),
    }
    world.run(&ELEVATE).succeeds();
    world.run(&["logout"]).succeeds();
}

fn faults() -> [Fault; 5] {
    [Fault::no_access(), Fault::throttled(Some(0)), Fault::internal(), Fault::DropConnection, Fault::TruncateBody]
}

const SIGNALS: [Signal; 4] = [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP];
const BEHAVIOURS: [Behaviour; 4] =
    [Behaviour::ReadOnly, Behaviour::DiesInMidCall, Behaviour::NoService, Behaviour::Locked];

#[test]
fn trouble_at_any_step_leaves_an_outcome_and_nothing_that_is_not_granted() {
    let aws = STEPS.into_iter().flat_map(|step| faults().map(|fault| Trouble::Aws(step, fault)));
    let signals = STEPS.into_iter().flat_map(|step| SIGNALS.map(|signal| Trouble::SignalAt(step, signal)));
    let others = BEHAVIOURS.map(Trouble::Keyring).into_iter().chain([Trouble::NoRoom, Trouble::NoLog]);
    let table: Vec<Trouble> = aws.chain(signals).chain(others).collect();
    each(table, |trouble| {
        let world = world(true);
        elevate_with(&world, &trouble);
        assert_sound(&world, &trouble, &format!("{trouble:?}"));
    });
}

/// Numbers that differ from run to run and can be had again from the seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ (bits >> 31)) % limit as u64).unwrap()
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn trouble(&mut self) -> Trouble {
        match self.below(10) {
            0..=4 => Trouble::SignalAfter(TYPICAL.mul_f64(self.below(1_000) as f64 / 1_000.0), self.of(&SIGNALS)),
            5 => Trouble::SignalAt(self.of(&STEPS), self.of(&SIGNALS)),
            6 | 7 => Trouble::Aws(self.of(&STEPS), self.of(&faults())),
            8 => Trouble::Keyring(self.of(&BEHAVIOURS)),
            _ => self.of(&[Trouble::NoRoom, Trouble::NoLog]),
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn trouble_at_random_leaves_an_outcome_and_nothing_that_is_not_granted() {
    let seed = number("DAYPASS_FAULT_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let runs = number("DAYPASS_FAULT_RUNS").unwrap_or(16);
    each(0..runs, |run| {
        let mut random = Random(seed.wrapping_add(run));
        let (is_chained, trouble) = (random.below(2) == 0, random.trouble());
        let world = world(is_chained);
        elevate_with(&world, &trouble);
        assert_sound(
            &world,
            &trouble,
            &format!("DAYPASS_FAULT_SEED={} {trouble:?} chained: {is_chained}", seed.wrapping_add(run)),
        );
    });
}
