//! What is behind the other ports: clock, state, locks, log, browser. All in memory.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::time::Instant;

use super::steps::{Port, Steps};
use crate::domain::audit::{AnyEvent, Chain, ChainId, Event, Line, Origin, Writer};
use crate::domain::catalog::Catalog;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::ElevationList;
use crate::domain::index::Index;
use crate::domain::on_call::{Rota, RotaSnapshot, SecretUrl};
use crate::domain::pkce::Attempt;
use crate::domain::preferences::Preferences;
use crate::domain::source::Source;
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::text::Untrusted;
use crate::domain::time::{BootReading, Now, Stamp};
use crate::domain::uses::Use;
use crate::error::{Error, Result, RotaFault};
use crate::ports::{
    AuditLog, Browser, CallbackListener, Callbacks, Clock, Entropy, KeyHolders, Link, LockGuard, Locks, OnCall, Opened,
    Processes, SessionConfig, StateStore,
};

/// The runtime's paused clock, with a wall clock that can step.
pub struct FakeClock {
    epoch: Timestamp,
    started: Instant,
    step: AtomicI64,
    boot: AtomicU64,
    latest_aws_time: Mutex<Option<Timestamp>>,
    /// What a later process would know of it.
    pub kept_aws_time: Mutex<Option<Timestamp>>,
}

impl FakeClock {
    /// A clock that shows `epoch`, in the first boot that anybody knows of.
    pub fn new(epoch: Timestamp) -> Self {
        FakeClock {
            epoch,
            started: Instant::now(),
            step: AtomicI64::new(0),
            boot: AtomicU64::new(7),
            latest_aws_time: Mutex::new(None),
            kept_aws_time: Mutex::new(None),
        }
    }

    /// Begins another boot, whose clock says nothing about the time before it, and in which only what was kept is known.
    pub fn reboot(&self) {
        *self.latest_aws_time.lock().unwrap() = *self.kept_aws_time.lock().unwrap();
        self.boot.fetch_add(1, Ordering::SeqCst);
    }

    /// Lets the wall clock jump by `seconds`, and no other clock.
    pub fn step_wall(&self, seconds: i64) {
        self.step.fetch_add(seconds, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for FakeClock {
    fn now(&self) -> Now {
        let passed = self.started.elapsed();
        let step = SignedDuration::from_secs(self.step.load(Ordering::SeqCst));
        Now {
            wall: self.epoch + SignedDuration::try_from(passed).unwrap() + step,
            boot: Some(BootReading {
                boot_id: self.boot.load(Ordering::SeqCst),
                millis: u64::try_from(passed.as_millis()).unwrap(),
            }),
            latest_aws_time: *self.latest_aws_time.lock().unwrap(),
        }
    }

    fn saw_aws_time(&self, time: Timestamp) {
        let mut latest = self.latest_aws_time.lock().unwrap();
        *latest = (*latest).max(Some(time));
    }

    fn keep_aws_time(&self) {
        *self.kept_aws_time.lock().unwrap() = *self.latest_aws_time.lock().unwrap();
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Index and catalogs in memory.
#[derive(Default)]
pub struct FakeState {
    index: Mutex<Index>,
    preferences: Mutex<Option<Preferences>>,
    catalogs: Mutex<BTreeMap<SessionKey, Catalog>>,
    rotas: Mutex<BTreeMap<String, RotaSnapshot>>,
    /// The elevations of which prompts were told that they have ended.
    pub told_ended: Mutex<Vec<ElevationId>>,
    pub catalog_saves: AtomicUsize,
    /// Whether there is no room for a changed index.
    pub full: AtomicBool,
    pub steps: Arc<Steps>,
}

impl FakeState {
    /// All is well, unless there is trouble among the `steps`.
    pub fn with(steps: &Arc<Steps>) -> Self {
        FakeState { steps: Arc::clone(steps), ..FakeState::default() }
    }
}

impl StateStore for FakeState {
    fn index(&self) -> Index {
        self.index.lock().unwrap().clone()
    }

    fn update_index(&self, change: &mut dyn FnMut(&mut Index)) -> Result<()> {
        if self.full.load(Ordering::SeqCst) {
            return Err(Error::System { action: "write the index", source: std::io::ErrorKind::StorageFull.into() });
        }
        self.steps.call(Port::Index, "change", || {
            change(&mut self.index.lock().unwrap());
            Ok(())
        })
    }

    fn note_use(&self, source: &Source, at: Timestamp) {
        let (session, target) = (source.session().key(), source.target().to_string());
        self.index.lock().unwrap().note_use(&Use { session: session.as_str(), target: &target, at });
    }

    fn catalog(&self, key: &SessionKey) -> Catalog {
        self.catalogs.lock().unwrap().get(key).cloned().unwrap_or_default()
    }

    fn update_catalog(&self, key: &SessionKey, change: &mut dyn FnMut(&mut Catalog)) -> Result<()> {
        self.catalog_saves.fetch_add(1, Ordering::SeqCst);
        change(self.catalogs.lock().unwrap().entry(key.clone()).or_default());
        Ok(())
    }

    fn rota_snapshot(&self, rota: &str) -> Option<RotaSnapshot> {
        self.rotas.lock().unwrap().get(rota).cloned()
    }

    fn keep_rota_snapshot(&self, rota: &str, snapshot: &RotaSnapshot) -> Result<()> {
        self.rotas.lock().unwrap().insert(rota.to_owned(), snapshot.clone());
        Ok(())
    }

    fn note_elevation_ended(&self, id: ElevationId) {
        self.told_ended.lock().unwrap().push(id);
    }

    fn drop_rota_snapshot(&self, rota: &str) -> Result<()> {
        self.rotas.lock().unwrap().remove(rota);
        Ok(())
    }

    fn preferences(&self) -> Option<Preferences> {
        self.preferences.lock().unwrap().clone()
    }

    fn update_preferences(&self, change: &mut dyn FnMut(&mut Preferences)) -> Result<()> {
        change(self.preferences.lock().unwrap().get_or_insert_default());
        Ok(())
    }
}

/// The rota of every source: one text, or none for ever.
#[derive(Default)]
pub struct FakeOnCall {
    pub text: Mutex<Option<String>>,
    pub fetches: AtomicUsize,
    /// How long each fetch takes.
    pub takes: Mutex<Duration>,
}

#[async_trait]
impl OnCall for FakeOnCall {
    async fn fetch(&self, _: &Rota, _: Option<&SecretUrl>, timeout: Duration) -> Result<Vec<u8>> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let takes = *self.takes.lock().unwrap();
        tokio::time::sleep(takes.min(timeout)).await;
        let text = self.text.lock().unwrap().clone().filter(|_| takes < timeout);
        text.map(String::into_bytes).ok_or(Error::Rota(RotaFault::NoAnswer(timeout)))
    }
}

/// Named locks among the flows of one test.
#[derive(Default)]
pub struct FakeLocks {
    held: Arc<(Mutex<HashSet<String>>, Condvar)>,
    pub steps: Arc<Steps>,
}

impl FakeLocks {
    /// All is well, unless there is trouble among the `steps`.
    pub fn with(steps: &Arc<Steps>) -> Self {
        FakeLocks { steps: Arc::clone(steps), ..FakeLocks::default() }
    }
}

struct FakeGuard {
    name: String,
    held: Arc<(Mutex<HashSet<String>>, Condvar)>,
}

impl LockGuard for FakeGuard {}

impl Drop for FakeGuard {
    fn drop(&mut self) {
        self.held.0.lock().unwrap().remove(&self.name);
        self.held.1.notify_all();
    }
}

impl Locks for FakeLocks {
    fn acquire(&self, name: &str, timeout: Duration) -> Result<Box<dyn LockGuard>> {
        let acquire = || {
            let (held, freed) = &*self.held;
            let taken = |held: &mut HashSet<String>| held.contains(name);
            let (mut held, outcome) = freed.wait_timeout_while(held.lock().unwrap(), timeout, taken).unwrap();
            if outcome.timed_out() {
                return Err(Error::LockHeld { name: name.into(), holder: None, limit: timeout });
            }
            held.insert(name.to_owned());
            let guard: Box<dyn LockGuard> = Box::new(FakeGuard { name: name.to_owned(), held: Arc::clone(&self.held) });
            Ok(guard)
        };
        self.steps.call(Port::Lock, name, acquire)
    }
}

/// An audit log that can be made to fail from a certain record on.
#[derive(Default)]
pub struct FakeLog {
    /// The steps of elevations, each with its reason.
    pub lines: Mutex<Vec<String>>,
    /// The access keys of credentials that were issued without a new elevation.
    pub issued: Mutex<Vec<String>>,
    list: Mutex<ElevationList>,
    pub full: AtomicBool,
    pub full_after_intent: AtomicBool,
    pub unreadable: AtomicBool,
    /// Every record, in the order of the log.
    pub events: Mutex<Vec<Event>>,
    pub steps: Arc<Steps>,
}

impl FakeLog {
    /// All is well, unless there is trouble among the `steps`.
    pub fn with(steps: &Arc<Steps>) -> Self {
        FakeLog { steps: Arc::clone(steps), ..FakeLog::default() }
    }

    /// Whether every elevation has an end.
    pub fn nothing_is_open(&self) -> bool {
        self.list.lock().unwrap().open().next().is_none()
    }
}

fn step(event: &Event) -> Option<String> {
    Some(match event {
        Event::Intent(intent) => format!("intent: {}", intent.subject.reason),
        Event::Granted(granted) => format!("granted: {}", granted.subject.reason),
        Event::Failed(failed) => format!("failed: {}", failed.subject.reason),
        Event::Ended(ended) => format!("ended {}: {}", ended.how.word(), ended.subject.reason),
        Event::Refused(_) => "refused: ".to_owned(),
        Event::Warned(warned) => format!("warned: {}", warned.subject.reason),
        Event::Issued(_) => return None,
    })
}

impl FakeLog {
    fn take(&self, at: Stamp, event: Event) -> Result<()> {
        let late = !matches!(event, Event::Intent(_)) && self.full_after_intent.load(Ordering::SeqCst);
        if late || self.full.load(Ordering::SeqCst) {
            return Err(Error::NotRecorded(Box::new(Error::TaskEnded)));
        }
        match (&event, step(&event)) {
            (Event::Issued(issued), _) => {
                self.issued.lock().unwrap().push(issued.credentials.access_key_id.clone());
            }
            (_, step) => self.lines.lock().unwrap().extend(step),
        }
        self.events.lock().unwrap().push(event.clone());
        // Through the form of a line, as the real log tells it.
        let writer = Writer { tool_version: "0", host: None, os_user: None };
        let origin = Origin { event_id: ulid::Ulid::from_parts(0, 0), at, writer };
        let mut chain = Chain::new(ChainId::new(at.at.wall, 0));
        let line = chain.add(event, &origin).unwrap();
        self.list.lock().unwrap().take(&Line::<AnyEvent>::read(&line).unwrap());
        Ok(())
    }
}

impl AuditLog for FakeLog {
    fn append(&self, at: Stamp, event: Event) -> Result<()> {
        let step = step(&event).unwrap_or_else(|| "issued: ".to_owned());
        let what = step.split(':').next().unwrap_or_default().to_owned();
        self.steps.call(Port::Log, &what, || self.take(at, event))
    }

    fn elevations(&self) -> Result<ElevationList> {
        if self.unreadable.load(Ordering::SeqCst) {
            return Err(Error::TaskEnded);
        }
        self.steps.call(Port::Log, "elevations", || Ok(self.list.lock().unwrap().clone()))
    }

    fn all_elevations(&self) -> Result<ElevationList> {
        self.elevations()
    }

    fn notice(&self) -> Option<String> {
        None
    }

    fn elevations_for_decision(&self) -> Result<ElevationList> {
        self.elevations()
    }
}

/// Processes of which some run.
pub struct FakeProcesses {
    pub own: std::sync::atomic::AtomicU32,
    pub running: Mutex<Vec<u32>>,
}

impl Processes for FakeProcesses {
    fn own_id(&self) -> u32 {
        self.own.load(Ordering::SeqCst)
    }

    fn is_running(&self, id: u32) -> bool {
        id == self.own_id() || self.running.lock().unwrap().contains(&id)
    }

    fn holders_of(&self, _: &[&str]) -> KeyHolders {
        KeyHolders::None
    }
}

/// Bytes that differ from call to call; zero fills with zeroes for ever.
pub struct FakeEntropy(pub AtomicU8);

impl Entropy for FakeEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        let seed = self.0.load(Ordering::SeqCst);
        if seed > 0 {
            self.0.store(seed.wrapping_mul(37).max(1), Ordering::SeqCst);
        }
        bytes.fill(seed);
        Ok(())
    }
}

/// A browser that opens, refuses or hangs.
#[derive(Default)]
pub struct FakeBrowser {
    pub opened: AtomicUsize,
    pub last: Mutex<Option<Link>>,
    pub missing: AtomicBool,
    pub hangs: AtomicBool,
}

#[async_trait]
impl Browser for FakeBrowser {
    async fn open(&self, link: &Link) -> Opened {
        self.opened.fetch_add(1, Ordering::SeqCst);
        *self.last.lock().unwrap() = Some(link.clone());
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.missing.load(Ordering::SeqCst) { Opened::No("no browser here".into()) } else { Opened::Yes }
    }
}

/// What the browser brings back: silence unless a test says otherwise.
#[derive(Default)]
pub struct FakeCallbacks {
    pub answer: Mutex<Option<std::result::Result<String, &'static str>>>,
}

#[async_trait]
impl Callbacks for FakeCallbacks {
    async fn listen(&self) -> Result<Box<dyn CallbackListener>> {
        Ok(Box::new(FakeListener(self.answer.lock().unwrap().clone())))
    }
}

struct FakeListener(Option<std::result::Result<String, &'static str>>);

#[async_trait]
impl CallbackListener for FakeListener {
    fn port(&self) -> u16 {
        4321
    }

    async fn answer(&mut self, _: &Attempt) -> Result<std::result::Result<SecretString, Untrusted>> {
        match self.0.take() {
            Some(answer) => Ok(answer.map(SecretString::from).map_err(Untrusted::from)),
            None => std::future::pending().await,
        }
    }
}

/// No flow under test writes the config file.
pub struct NoConfig;

impl SessionConfig for NoConfig {
    fn add(&self, _: &SsoSession) -> Result<()> {
        Err(Error::NoHome { variable: "AWS_CONFIG_FILE" })
    }
    fn replace(&self, session: &SsoSession) -> Result<()> {
        self.add(session)
    }
}
