//! An elevation with trouble at each call that it makes, whatever the call goes to. Whatever happens: nothing is asked of AWS
//! before the intent is recorded, nothing is handed out or kept that the log does not grant, every intent gets one outcome,
//! and one confirmation grants one elevation at most.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::chained::chained;
use super::steps::{Call, Port, Trouble};
use super::world::{World, pass, target};
use crate::domain::audit::Event;
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::{ElevationId, EndReason};
use crate::domain::policy::Policy;
use crate::domain::source::Source;
use crate::error::{Kind, Result};
use crate::flows::elevation::settle;
use crate::flows::locks::{SOURCE_TIMEOUT, lock_source};
use crate::flows::obtain::{CredentialsRequest, obtain};
use crate::flows::retry::RetryPolicy;
use crate::ports::SecretStore as _;

const ADMIN: &str = "111111111111/Admin";
const EARLIER: &str = "INC-4710 look at the queue";
const WHY: &str = "INC-4711 restore the queue";
const LATER: &str = "INC-4712 clean up the queue";

/// What the person has of the target before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing.
    Nothing,
    /// An elevation that runs, and an access token that is due for a refresh.
    Running,
    /// An elevation that is over, which nobody has noticed, and an access token that has ended.
    Over,
}

async fn world(before: Before, policy: &Policy) -> World {
    let world = World::signed_in();
    let minutes = match before {
        Before::Nothing => return world,
        Before::Running => 50,
        Before::Over => 61,
    };
    admin(&world, policy, Some(EARLIER)).await.unwrap();
    pass(minutes * 60).await;
    world
}

async fn admin(world: &World, policy: &Policy, reason: Option<&str>) -> Result<CachedCredentials> {
    // Less than three tries take where AWS does not answer.
    let retry = RetryPolicy::within(Duration::from_secs(20), &world.ports);
    let request = CredentialsRequest { retry, ..world.request(ADMIN, reason) };
    obtain(&world.ports, policy, &request, None).await
}

/// Awaits what is `asked` with `trouble` at the call of that number. None where whoever asked has gone away.
pub(super) async fn in_trouble<T>(
    world: &World,
    (at, trouble): (usize, Trouble),
    asked: impl Future<Output = Result<T>>,
) -> Option<Result<T>> {
    world.steps.begin(Some((at, trouble)));
    let answer = tokio::select! {
        biased;
        () = world.steps.under_way.notified() => None,
        answer = asked => Some(answer),
    };
    if answer.is_none() {
        world.steps.caller_has_gone(world.steps.calls()[at].0);
    }
    world.ports.tasks.close();
    world.ports.tasks.wait().await;
    world.ports.tasks.reopen();
    answer
}

/// What another process finds that starts now, when nobody works on `sources` any more.
pub(super) fn start_another_process(world: &World, sources: &[Source]) {
    for source in sources {
        // Whatever was under way in a thread of its own holds the lock to its end.
        drop(lock_source(&world.ports, &source.key(), SOURCE_TIMEOUT).unwrap());
    }
    world.processes.own.fetch_add(1, Ordering::SeqCst);
    settle(&world.ports);
}

/// What the log tells of one elevation.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Told {
    pub(super) reason: String,
    pub(super) granted: usize,
    pub(super) outcomes: Vec<&'static str>,
    /// The access keys of everything that was fetched under it.
    keys: Vec<String>,
}

impl Told {
    /// How it stands: its outcome, or that it is active.
    pub(super) fn standing(&self) -> &'static str {
        self.outcomes.first().copied().unwrap_or(if self.granted > 0 { "active" } else { "open" })
    }
}

/// The elevations of the log. Each has one intent, which comes first, at most one grant, and at most one outcome, which
/// comes last.
pub(super) fn told(world: &World) -> BTreeMap<ElevationId, Told> {
    let mut told: BTreeMap<ElevationId, Told> = BTreeMap::new();
    for event in world.log.events.lock().unwrap().iter() {
        let mut of = |id: ElevationId| {
            let one = told.remove(&id).unwrap_or_else(|| panic!("{event:?} comes before the intent"));
            assert!(one.outcomes.is_empty(), "{event:?} comes after the outcome of {one:?}");
            (id, one)
        };
        let (id, one) = match event {
            Event::Intent(intent) => {
                let id = intent.subject.elevation;
                assert!(!told.contains_key(&id), "a second intent: {event:?}");
                (id, Told { reason: intent.subject.reason.to_string(), ..Told::default() })
            }
            Event::Granted(granted) => {
                let (id, mut one) = of(granted.subject.elevation);
                one.granted += 1;
                assert_eq!(one.granted, 1, "a second grant: {event:?}");
                one.keys.extend(granted.credentials.iter().map(|given| given.access_key_id.clone()));
                (id, one)
            }
            Event::Issued(issued) => {
                let (id, mut one) = of(issued.elevation.expect("nothing here is free"));
                one.keys.push(issued.credentials.access_key_id.clone());
                (id, one)
            }
            Event::Failed(failed) => {
                let (id, mut one) = of(failed.subject.elevation);
                assert_eq!(one.granted, 0, "what was granted has not failed: {event:?}");
                one.outcomes.push("failed");
                (id, one)
            }
            Event::Ended(ended) => {
                let (id, mut one) = of(ended.subject.elevation);
                one.outcomes.push(ended.how.word());
                (id, one)
            }
            Event::Refused(_) | Event::Warned(_) => continue,
        };
        told.insert(id, one);
    }
    told
}

/// How the elevation that was asked for with this reason stands; none where it has no intent.
fn standing(world: &World, reason: &str) -> Option<&'static str> {
    let told = told(world);
    let of_reason: Vec<&Told> = told.values().filter(|one| one.reason == reason).collect();
    assert!(of_reason.len() <= 1, "one confirmation, several intents: {of_reason:?}");
    of_reason.first().map(|one| one.standing())
}

/// The log grants these credentials.
pub(super) fn assert_granted(world: &World, cached: &CachedCredentials, what: &str) {
    let told = told(world);
    let one = &told[&cached.elevation().unwrap_or_else(|| panic!("{what}: nothing here is free"))];
    let key = cached.credentials().access_key_id.to_string();
    assert!(one.granted == 1 && one.keys.contains(&key), "{what}: {key} is not granted by {one:?}");
}

/// What holds at the moment after the trouble.
fn assert_nothing_without_record(world: &World, calls: &[Call], what: &str) {
    let is_portal = |call: &Call| call.0 == Port::Aws && call.1 != "CreateToken";
    if let Some(asked) = calls.iter().position(is_portal) {
        let recorded = calls[..asked].contains(&(Port::Log, "intent".to_owned()));
        assert!(recorded && standing(world, WHY).is_some(), "{what}: AWS was asked before the intent: {calls:?}");
    }
    if let Some(kept) = world.kept(&target(ADMIN)) {
        assert_granted(world, &kept, what);
    }
    if let Some(kept) = world.store.load_elevation(&world.source(&target(ADMIN)).key()).unwrap() {
        assert_eq!(told(world)[&kept.id()].granted, 1, "{what}: an elevation is kept that is not granted");
    }
}

/// Whatever is asked next, by another process, gets the right answer.
async fn assert_goes_on(world: &World, policy: &Policy, may_be_signed_out: bool, what: &str) {
    let active: Vec<ElevationId> =
        told(world).iter().filter(|(_, one)| one.standing() == "active").map(|(id, _)| *id).collect();
    match admin(world, policy, None).await {
        Ok(served) => {
            assert_eq!(active, [served.elevation().unwrap()], "{what}");
            assert_granted(world, &served, what);
        }
        Err(error) if may_be_signed_out && error.kind() == Kind::LoginNeeded => return,
        Err(error) => {
            assert_eq!((active, error.kind()), (vec![], Kind::ElevationNeeded), "{what}: {error}");
        }
    }
    let later = match admin(world, policy, Some(LATER)).await {
        Ok(later) => later,
        Err(error) if may_be_signed_out && error.kind() == Kind::LoginNeeded => return,
        Err(error) => panic!("{what}: no later elevation: {error}"),
    };
    assert_granted(world, &later, what);
    assert_eq!(standing(world, LATER), Some("active"), "{what}");
    let open = told(world).values().filter(|one| one.outcomes.is_empty()).count();
    assert_eq!(open, 1, "{what}: {:?}", told(world));
}

/// Where in a run that goes well the elevation takes its turns.
struct Turns {
    intent: usize,
    granted: usize,
    kept: usize,
}

impl Turns {
    fn of(calls: &[Call]) -> Self {
        let find = |port, what: &str| calls.iter().position(|call| *call == (port, what.to_owned())).unwrap();
        Turns {
            intent: find(Port::Log, "intent"),
            granted: find(Port::Log, "granted"),
            kept: find(Port::Keyring, "save elevation"),
        }
    }
}

const FAILED: Option<&str> = Some("failed");
const ACTIVE: Option<&str> = Some("active");

fn ended(how: EndReason) -> Option<&'static str> {
    Some(how.word())
}

/// How the elevation stands once the trouble is over and the next process has looked.
fn expected(calls: &[Call], at: usize, trouble: Trouble, case: (Before, bool)) -> Option<&'static str> {
    let (turns, (before, is_chained)) = (Turns::of(calls), case);
    let (port, what) = &calls[at];
    match trouble {
        Trouble::Killed if at <= turns.intent => None,
        Trouble::Killed if at <= turns.granted => ended(EndReason::Unknown),
        Trouble::Killed if at <= turns.kept => ended(EndReason::CredentialsGone),
        Trouble::GivenUp if at < turns.intent => None,
        Trouble::GivenUp if at < turns.granted => FAILED,
        Trouble::Killed | Trouble::GivenUp => ACTIVE,
        _ if *port == Port::Aws => expected_of_aws(calls, at, what, trouble, before, is_chained),
        _ if at < turns.intent => None,
        Trouble::FailsThoughDone if at == turns.intent => ended(EndReason::Unknown),
        _ if at == turns.intent => None,
        Trouble::FailsThoughDone if at == turns.granted => ended(EndReason::CredentialsGone),
        _ if at == turns.granted => ended(EndReason::Unknown),
        _ if at <= turns.kept => ended(EndReason::NotKept),
        _ => ACTIVE,
    }
}

fn expected_of_aws(
    calls: &[Call],
    at: usize,
    operation: &str,
    trouble: Trouble,
    before: Before,
    is_chained: bool,
) -> Option<&'static str> {
    let passes = |kind: AwsErrorKind| match kind {
        AwsErrorKind::Throttled(asked) => asked.is_none(),
        other => other.is_passing(),
    };
    match (operation, trouble) {
        // Whose they are stays unverified, unless a role is to be assumed in the user's name.
        ("GetCallerIdentity", _) => {
            let is_assumed = calls[..at].contains(&(Port::Aws, "AssumeRole".to_owned()));
            if is_chained && !is_assumed { FAILED } else { ACTIVE }
        }
        (_, Trouble::Aws(kind)) if passes(kind) => ACTIVE,
        // The token that is there still serves.
        ("CreateToken", Trouble::Aws(_)) if before == Before::Running => ACTIVE,
        ("CreateToken", _) if before == Before::Running => FAILED,
        ("CreateToken", _) => None,
        _ => FAILED,
    }
}

pub(super) fn troubles(port: Port) -> Vec<Trouble> {
    let mut troubles = vec![Trouble::Killed, Trouble::GivenUp];
    if port == Port::Aws {
        let minute = Some(Duration::from_secs(60));
        let kinds = [
            AwsErrorKind::Forbidden,
            AwsErrorKind::SignedOut,
            AwsErrorKind::Throttled(None),
            AwsErrorKind::Throttled(minute),
            AwsErrorKind::ServerTrouble,
            AwsErrorKind::Unreachable,
        ];
        troubles.extend(kinds.map(Trouble::Aws));
        troubles.extend(kinds.map(Trouble::AwsForGood));
        return troubles;
    }
    troubles.extend([Trouble::Fails, Trouble::FailsThoughDone, Trouble::FailsForGood]);
    troubles.extend((port == Port::Keyring).then_some(Trouble::Silence));
    troubles
}

async fn assert_trouble_is_borne(calls: &[Call], at: usize, trouble: Trouble, case: (Before, bool), policy: &Policy) {
    let what = format!("{trouble:?} at {:?}, which is call {at}; before: {:?}, chained: {}", calls[at], case.0, case.1);
    let world = world(case.0, policy).await;
    let answer = in_trouble(&world, (at, trouble), admin(&world, policy, Some(WHY))).await;
    let made = world.steps.calls();
    assert_eq!(made[..=at], calls[..=at], "{what}: it went another way");
    world.steps.begin(None);
    assert_nothing_without_record(&world, &made, &what);
    if let Some(Ok(handed_out)) = &answer {
        assert_granted(&world, handed_out, &what);
    }

    start_another_process(&world, &[world.source(&target(ADMIN))]);
    assert_eq!(standing(&world, WHY), expected(calls, at, trouble, case), "{what}: {:?}", told(&world));
    assert!(told(&world).values().all(|one| one.standing() != "open"), "{what}: {:?}", told(&world));
    let signs_out =
        matches!(trouble, Trouble::Aws(kind) | Trouble::AwsForGood(kind) if kind == AwsErrorKind::SignedOut);
    assert_goes_on(&world, policy, signs_out, &what).await;

    pass(2 * 3_600).await;
    settle(&world.ports);
    assert!(told(&world).values().all(|one| one.outcomes.len() == 1), "{what}: {:?}", told(&world));
}

/// Every trouble at every call of an elevation, in both modes.
async fn assert_any_trouble_is_borne(before: Before) {
    for (is_chained, policy) in [(false, Policy::built_in()), (true, chained())] {
        let well = world(before, &policy).await;
        well.steps.begin(None);
        admin(&well, &policy, Some(WHY)).await.unwrap();
        let calls = well.steps.calls();
        for at in 0..calls.len() {
            for trouble in troubles(calls[at].0) {
                assert_trouble_is_borne(&calls, at, trouble, (before, is_chained), &policy).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_at_any_call_leaves_one_outcome_and_nothing_that_is_not_granted() {
    assert_any_trouble_is_borne(Before::Nothing).await;
}

#[tokio::test(start_paused = true)]
async fn so_does_trouble_while_an_earlier_elevation_is_replaced() {
    assert_any_trouble_is_borne(Before::Running).await;
}

#[tokio::test(start_paused = true)]
async fn so_does_trouble_while_the_end_of_an_earlier_elevation_is_found() {
    assert_any_trouble_is_borne(Before::Over).await;
}

#[tokio::test(start_paused = true)]
async fn an_elevation_makes_its_calls_in_this_order() {
    let world = world(Before::Running, &chained()).await;
    world.steps.begin(None);
    admin(&world, &chained(), Some(WHY)).await.unwrap();
    let is_made = |(port, what): &Call| format!("{port:?} {}", what.split('/').next().unwrap());
    let calls: Vec<String> = world.steps.calls().iter().map(is_made).collect();
    let expected = [
        "Keyring load credentials",
        "Keyring load elevation",
        "Log elevations",
        "Keyring load session",
        "Lock role",
        "Log elevations",
        "Keyring load credentials",
        "Keyring load elevation",
        "Log elevations",
        "Lock session",
        "Keyring load session",
        "Aws CreateToken",
        "Keyring save session",
        "Index change",
        "Log intent",
        "Aws GetRoleCredentials",
        "Aws GetCallerIdentity",
        "Aws AssumeRole",
        "Aws GetCallerIdentity",
        "Log granted",
        "Lock session",
        "Keyring load session",
        "Index change",
        "Keyring save credentials",
        "Keyring save elevation",
        "Log elevations",
        "Log ended replaced",
        "Index change",
    ];
    assert_eq!(calls, expected);
}

#[tokio::test(start_paused = true)]
async fn without_a_gate_no_trouble_with_the_log_keeps_anybody_out_and_a_warm_hit_does_not_ask_it() {
    let fetch = async |world: &World, trouble| {
        world.steps.begin(trouble);
        let request = world.request("111111111111/Developer", None);
        obtain(&world.ports, &Policy::built_in(), &request, None).await
    };
    let well = World::signed_in();
    fetch(&well, None).await.unwrap();
    let calls = well.steps.calls();
    fetch(&well, None).await.unwrap();
    assert_eq!(well.steps.calls(), [(Port::Keyring, "load credentials".to_owned())]);

    let of_log: Vec<usize> = (0..calls.len()).filter(|at| calls[*at].0 == Port::Log).collect();
    assert_eq!(of_log.len(), 2, "it is read and written: {calls:?}");
    for at in of_log {
        for trouble in [Trouble::Fails, Trouble::FailsThoughDone, Trouble::FailsForGood] {
            let served = fetch(&World::signed_in(), Some((at, trouble))).await;
            assert!(served.is_ok(), "{trouble:?} at {:?}: {:?}", calls[at], served.map(|_| ()));
        }
    }
}
