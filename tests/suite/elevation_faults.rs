//! An elevation with trouble at each of its steps: whatever happens, no credentials are kept without a record that grants them,
//! every intent gets an outcome, and one confirmation grants one elevation at most.
//!
//! `DAYPASS_FAULT_RUNS` says how many random runs there are, `DAYPASS_FAULT_SEED` which; `.ci/run` makes a thousand.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use daypass::domain::audit::{AnyEvent, Chain, Line, LogEvent};
use daypass::simulator::{Fault, Operation};
use rustix::process::Signal;

use crate::environment::{ADMIN, DEVELOPER, NET, Outcome, READ_ONLY, Running, TestEnv, through};
use crate::fake_secret_service::Behaviour;
use crate::left_out::left_out;
use crate::pty::Pty;
use crate::sign_in::each;

const REASON: &str = "INC-4711 payments are stuck";
const OTHER_ADMIN: &str = "100000031676/Admin";
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
    /// AWS never answers this step, and the program gives up by itself.
    Timeout(Operation),
    /// The program gets this signal while AWS has not answered this step.
    SignalAt(Operation, Signal),
    /// It gets this signal after a while.
    SignalAfter(Duration, Signal),
    /// The keyring behaves so.
    Keyring(Behaviour),
    /// It does from the time on at which AWS is asked for this step.
    KeyringFrom(Operation, Behaviour),
    /// The program is killed at its keyring call of this number.
    KilledAtKeyringCall(usize),
    /// The disk is full.
    NoRoom,
    /// There is no log to write to.
    NoLog,
}

impl Trouble {
    /// Whether the program may end between the record of what AWS granted and the keyring, or the keyring be lost there, which
    /// has to sign the end as well. A signal that ends the program asks nobody.
    fn may_lose_what_is_granted(&self) -> bool {
        matches!(self, Trouble::SignalAfter(..) | Trouble::KilledAtKeyringCall(_) | Trouble::KeyringFrom(..))
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
        Trouble::Timeout(step) => {
            world.aws.fault_always(*step, Fault::Hang);
            // A program that waits for the answer has a deadline.
            world.run(&["credentials", ADMIN, "--yes", "--reason", REASON]);
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
        Trouble::KeyringFrom(step, behaviour) => {
            world.aws.fault(*step, Fault::Delay(Duration::from_secs(1)));
            let running = world.spawn(&ELEVATE);
            if world.aws.wait_for_calls(*step, 1, Duration::from_secs(2)) {
                world.keyring.behave(*behaviour);
            }
            running.finish();
        }
        Trouble::KilledAtKeyringCall(number) => {
            let before = world.keyring.calls().len();
            let mut child = world.command(&ELEVATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            while world.keyring.calls().len() < before + number && child.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
            let _ = child.kill();
            child.wait().unwrap();
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

/// How many keyring calls an elevation makes at least.
const KEYRING_CALLS: usize = 24;

#[test]
fn trouble_at_any_step_leaves_an_outcome_and_nothing_that_is_not_granted() {
    let aws = STEPS.into_iter().flat_map(|step| faults().map(|fault| Trouble::Aws(step, fault)));
    let signals = STEPS.into_iter().flat_map(|step| SIGNALS.map(|signal| Trouble::SignalAt(step, signal)));
    let lost = STEPS.into_iter().flat_map(|step| BEHAVIOURS.map(|behaviour| Trouble::KeyringFrom(step, behaviour)));
    let killed = (1..=KEYRING_CALLS).map(Trouble::KilledAtKeyringCall);
    let others = BEHAVIOURS.map(Trouble::Keyring).into_iter().chain([Trouble::NoRoom, Trouble::NoLog]);
    // The slow ones first.
    let table: Vec<Trouble> = STEPS
        .map(Trouble::Timeout)
        .into_iter()
        .chain(aws)
        .chain(signals)
        .chain(lost)
        .chain(killed)
        .chain(others)
        .collect();
    each(table, |trouble| {
        let world = world(true);
        elevate_with(&world, &trouble);
        assert_sound(&world, &trouble, &format!("{trouble:?}"));
    });
}

/// The elevation of `world` on a disk with `room` KiB left, as `unshare` makes one for a process and those it starts. What is
/// written there is in the state folder afterwards. None where that cannot be done here.
fn elevate_on_a_small_disk(world: &TestEnv, room: usize) -> Option<Outcome> {
    let (state, kept) = (world.state(), world.path("kept"));
    let script = "state=$1 kept=$2 room=$3; shift 3
        cp -a \"$state\" \"$kept\"
        mount -t tmpfs -o size=256k,mode=700 none \"$state\" || exit 99
        cp -a \"$kept/.\" \"$state\"
        dd if=/dev/zero of=\"$state/filler\" bs=4k 2>/dev/null
        truncate -s \"-${room}k\" \"$state/filler\" || exit 99
        \"$@\"; code=$?
        rm -r \"$state/filler\" \"$kept\" && cp -a \"$state\" \"$kept\" || exit 99
        exit $code";
    let arguments = [state.to_str()?, kept.to_str()?, &room.to_string()].map(str::to_owned);
    let words = ["unshare", "-rm", "sh", "-c", script, "sh", &arguments[0], &arguments[1], &arguments[2]];
    let ended = Running::start(&mut through(&words, &world.command(&ELEVATE))).finish();
    if !kept.exists() || ended.code == Some(99) {
        return None;
    }
    std::fs::remove_dir_all(&state).unwrap();
    std::fs::rename(&kept, &state).unwrap();
    Some(ended)
}

#[test]
fn a_disk_that_fills_up_at_any_moment_leaves_an_outcome_and_nothing_that_is_not_granted() {
    let codes = Mutex::new(BTreeSet::new());
    let is_possible = AtomicBool::new(true);
    each((0..=10).map(|pages| 4 * pages), |room| {
        let world = world(true);
        let Some(ended) = elevate_on_a_small_disk(&world, room) else {
            return is_possible.store(false, Ordering::SeqCst);
        };
        codes.lock().unwrap().insert(ended.code);
        assert_sound(&world, &Trouble::NoRoom, &format!("{room} KiB left: {ended:?}"));
    });
    if !is_possible.into_inner() {
        return left_out("nobody can mount a small disk here: unshare fails");
    }
    assert_eq!(codes.into_inner().unwrap(), [Some(0), Some(1)].into(), "the room makes a difference");
}

/// Begins an elevation at a terminal as a person does, up to the last key.
fn type_an_elevation(terminal: &mut Pty) {
    terminal.wait_for_raw("reason: ");
    terminal.press(&format!("{REASON}\r"));
    terminal.wait_for_raw("(↵ takes");
    terminal.press_alone("\r");
    terminal.wait_for_raw("to go on");
    terminal.type_as_a_person("3757");
}

#[test]
fn leaving_at_any_step_at_the_terminal_leaves_an_outcome_and_nothing_that_is_not_granted() {
    for (key, step) in [("\u{1b}", None), ("\u{3}", None)].into_iter().chain(STEPS.map(|step| ("\u{3}", Some(step)))) {
        let world = world(true);
        if let Some(step) = step {
            world.aws.fault(step, Fault::Hang);
        }
        let mut terminal = Pty::of(&world.command(&["elevate", ADMIN]));
        type_an_elevation(&mut terminal);
        if let Some(step) = step {
            terminal.press_alone("\r");
            assert!(world.aws.wait_for_calls(step, 1, NET), "it never came to {step:?}");
        }
        terminal.press_alone(key);
        let (code, shown) = terminal.finish();
        assert_ne!(code, 0, "{shown}");
        world.aws.clear_faults();
        let what = format!("{key:?} at {step:?}");
        let (intents, calls) = (told(&world).len(), world.calls(Operation::GetRoleCredentials));
        assert!(step.is_some() || (intents, calls) == (0, 0), "{what}: nothing was confirmed, and something was asked");
        assert_sound(&world, &Trouble::SignalAt(Operation::CreateToken, Signal::INT), &what);
    }
}

#[test]
fn esc_at_any_step_on_the_screen_leaves_an_outcome_and_nothing_that_is_not_granted() {
    each(STEPS, |step| {
        let world = world(true);
        world.run(&["roles", "--refresh"]).succeeds();
        world.age(jiff::SignedDuration::from_mins(50));
        world.aws.reset_calls();
        world.aws.fault(step, Fault::Hang);
        let mut terminal = Pty::of(&world.command(&[]));
        terminal.wait_for("roles", |text| text.contains("╭ Roles") && text.contains("prod-payments-0003"));
        terminal.press("payments-0003 admin");
        terminal.wait_for("the role", |text| text.contains(" 2 of "));
        terminal.press_alone("\r");
        terminal.wait_for("the form", |text| text.contains("╭ Elevate"));
        terminal.press(REASON);
        terminal.wait_for("the reason", |text| text.contains("characters; ↵ goes on"));
        terminal.press_alone("\r");
        terminal.type_as_a_person("3757\r");
        assert!(world.aws.wait_for_calls(step, 1, NET), "it never came to {step:?}");
        terminal.press_alone("\u{1b}");
        let is_settled = || told(&world).values().all(|one| one.ends == 1);
        let deadline = Instant::now() + NET;
        while !is_settled() {
            assert!(Instant::now() < deadline, "{step:?}: no outcome: {:?}", told(&world));
            std::thread::yield_now();
        }
        drop(terminal);
        world.aws.clear_faults();
        assert!(told(&world).values().all(|one| one.granted == 0), "{step:?}: {:?}", told(&world));
        assert_sound(&world, &Trouble::SignalAt(step, Signal::INT), &format!("esc at {step:?}"));
    });
}

#[test]
fn without_a_gate_an_unwritable_log_serves_and_warns_and_the_next_record_counts_what_was_lost() {
    let world = world(false);
    world.run(&ELEVATE).succeeds();
    let log = world.state().join("audit-000001.jsonl");
    let aside = world.state().join("aside");
    std::fs::rename(&log, &aside).unwrap();
    std::fs::create_dir(&log).unwrap();
    for target in [DEVELOPER, READ_ONLY] {
        let served = world.credentials(target).succeeds();
        served.access_key_id();
        assert!(served.stderr.contains("this goes on without a record"), "{served:?}");
    }
    world.run(&["elevate", OTHER_ADMIN, "--yes", "--reason", REASON]).fails_saying(1, "the audit log cannot be used");
    assert_eq!(world.calls(Operation::GetRoleCredentials), 3, "behind a gate nothing is fetched");
    std::fs::remove_dir(&log).unwrap();
    std::fs::rename(&aside, &log).unwrap();
    world.credentials("100000031676/ReadOnly").succeeds();
    let lost: Vec<_> = world.log().into_iter().filter(|line| line["kind"] == "log.lost").collect();
    assert_eq!((lost.len(), &lost[0]["data"]["count"]), (1, &2.into()));
    assert_chained(&world, "a log that was away for a while");
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
        match self.below(12) {
            0..=4 => Trouble::SignalAfter(TYPICAL.mul_f64(self.below(1_000) as f64 / 1_000.0), self.of(&SIGNALS)),
            5 => Trouble::SignalAt(self.of(&STEPS), self.of(&SIGNALS)),
            6 | 7 => Trouble::Aws(self.of(&STEPS), self.of(&faults())),
            8 => Trouble::Keyring(self.of(&BEHAVIOURS)),
            9 => Trouble::KeyringFrom(self.of(&STEPS), self.of(&BEHAVIOURS)),
            10 => Trouble::KilledAtKeyringCall(1 + self.below(KEYRING_CALLS)),
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
