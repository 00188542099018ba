//! The rest of the world behind the ports: clock, store, state, locks, log, browser. All in memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::time::Instant;

use super::aws::FakeAws;
use crate::domain::audit::{Event, Head, Record, Step};
use crate::domain::catalog::{Account, Catalog};
use crate::domain::credentials::{CachedCredentials, Issue, RoleCredentials};
use crate::domain::elevation::GrantedElevation;
use crate::domain::ids::{AccountId, Region, SessionName, StartUrl};
use crate::domain::index::Index;
use crate::domain::issued::{AccessKeyId, SecretKey, SessionToken};
use crate::domain::open_elevations::OpenElevations;
use crate::domain::pkce::Attempt;
use crate::domain::session::{ClientRegistration, Flow, IssuedToken, SessionRecord, SignedIn};
use crate::domain::source::{Source, SourceKey};
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::store_choice::StoreName;
use crate::domain::target::Target;
use crate::domain::text::Untrusted;
use crate::domain::time::{BootReading, Now};
use crate::error::{Error, KeyringFault, Result};
use crate::flows::login::LoginRequest;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::ports::{
    AuditLog, Browser, CallbackListener, Callbacks, Clock, Entropy, Link, LockGuard, Locks, Opened, Ports, SecretStore,
    SessionConfig, StateStore,
};

/// Everything a flow can reach, and the handles to script and examine it.
pub struct World {
    pub ports: Ports,
    pub aws: Arc<FakeAws>,
    pub clock: Arc<FakeClock>,
    pub store: Arc<FakeStore>,
    pub state: Arc<FakeState>,
    pub log: Arc<FakeLog>,
    pub browser: Arc<FakeBrowser>,
    pub callbacks: Arc<FakeCallbacks>,
    pub entropy: Arc<FakeEntropy>,
    pub session: SsoSession,
}

impl World {
    /// A world in which nobody is signed in and all goes well. Needs a runtime whose clock is paused.
    pub fn new() -> Self {
        let epoch: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let aws = Arc::new(FakeAws::new(epoch));
        let clock = Arc::new(FakeClock {
            epoch,
            started: Instant::now(),
            step: AtomicI64::new(0),
            boot: AtomicU64::new(7),
            latest_aws_time: Mutex::new(None),
            kept_aws_time: Mutex::new(None),
        });
        let store = Arc::new(FakeStore::default());
        let state = Arc::new(FakeState::default());
        let log = Arc::new(FakeLog::default());
        let browser = Arc::new(FakeBrowser::default());
        let callbacks = Arc::new(FakeCallbacks::default());
        let entropy = Arc::new(FakeEntropy(AtomicU8::new(1)));
        let ports = Ports {
            identity_center: aws.clone(),
            sts: aws.clone(),
            store: store.clone(),
            state: state.clone(),
            locks: Arc::new(FakeLocks::default()),
            audit: log.clone(),
            tasks: tokio_util::task::TaskTracker::new(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            browser: browser.clone(),
            callbacks: callbacks.clone(),
            session_config: Arc::new(NoConfig),
        };
        let session = SsoSession::new(
            SessionName::parse("acme").unwrap(),
            StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
            Region::parse("us-east-1").unwrap(),
        );
        World { ports, aws, clock, store, state, log, browser, callbacks, entropy, session }
    }

    /// A world signed in just now, with an hour's token that can be refreshed.
    pub fn signed_in() -> Self {
        let world = World::new();
        world.sign_in(SignedDuration::from_hours(1), true);
        world
    }

    /// Signs in for the usual eight hours; the access token lives `token`.
    pub fn sign_in(&self, token: SignedDuration, refreshable: bool) {
        self.sign_in_for(SignedDuration::from_hours(8), token, refreshable);
    }

    /// Signs in for `ceiling`; the access token lives `token`.
    pub fn sign_in_for(&self, ceiling: SignedDuration, token: SignedDuration, refreshable: bool) {
        let token = IssuedToken {
            access_token: "access-0".into(),
            refresh_token: refreshable.then(|| "refresh-0".into()),
            expires_in: token,
        };
        let stamp = self.ports.stamp();
        let registration = ClientRegistration {
            client_id: "client-0".into(),
            client_secret: "client-secret".into(),
            expires_at: stamp.at.wall + SignedDuration::from_hours(24 * 90),
            obtained: stamp,
        };
        let signed_in = SignedIn::begin(1, Flow::Device, token, stamp, ceiling).unwrap();
        let record =
            SessionRecord { device: Some(registration), signed_in: Some(signed_in), ..SessionRecord::default() };
        self.keep(record);
    }

    /// Puts a session's record in the store.
    pub fn keep(&self, record: SessionRecord) {
        self.store.save_session(&self.session.key(), &record).unwrap();
    }

    /// The session's record in the store.
    pub fn record(&self) -> SessionRecord {
        self.store.load_session(&self.session.key()).unwrap().unwrap_or_default()
    }

    /// The portal's role `target` in the world's session.
    pub fn source(&self, target: &Target) -> Source {
        Source::portal_role(self.session.clone(), target.clone())
    }

    /// Asks for a sign-in to the world's session as most tests do it.
    pub fn login_request(&self) -> LoginRequest {
        LoginRequest {
            session: self.session.clone(),
            flow: Flow::Device,
            max_session: SignedDuration::from_hours(8),
            open_browser: false,
        }
    }

    /// Asks for credentials of `target`, `ACCOUNT/ROLE`, for a `reason` if any.
    pub fn request(&self, target: &str, reason: Option<&str>) -> CredentialsRequest {
        CredentialsRequest {
            source: self.source(&super::world::target(target)),
            reason: reason.map(str::to_owned),
            renew: false,
            retry: RetryPolicy::INTERACTIVE,
        }
    }

    /// The credentials in the store.
    pub fn kept(&self, target: &Target) -> Option<CachedCredentials> {
        self.store.load_credentials(&self.source(target)).unwrap()
    }

    /// Puts credentials in the store that were fetched just now and live `lifetime`.
    pub fn keep_role(&self, target: &Target, lifetime: SignedDuration) {
        let obtained = self.ports.stamp();
        let credentials = RoleCredentials {
            access_key_id: AccessKeyId::parse("ASIAKEPTKEPTKEPTKEPT").unwrap(),
            secret_access_key: SecretKey::parse("secret").unwrap(),
            session_token: SessionToken::parse("session").unwrap(),
            expires_at: obtained.at.wall + lifetime,
        };
        let session_ends_at = obtained.at.wall + SignedDuration::from_hours(24);
        let issue = Issue { obtained, login_id: 1, session_ends_at, elevation: None };
        let cached = CachedCredentials::new(target.clone(), credentials, issue).unwrap();
        self.store.save_credentials(&self.source(target), &cached).unwrap();
    }
}

/// Lets `seconds` pass.
pub async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

pub fn target(text: &str) -> Target {
    text.parse().unwrap()
}

/// `count` accounts with ids from 100000000000 on.
pub fn accounts(count: usize) -> Vec<Account> {
    (0..count)
        .map(|number| Account {
            id: AccountId::parse(&format!("1{number:011}")).unwrap(),
            name: Untrusted::new(format!("account-{number}")),
            email: Untrusted::default(),
        })
        .collect()
}

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

/// Secrets in memory; deleting can be made to fail.
#[derive(Default)]
pub struct FakeStore {
    /// Which store it is; the Secret Service where this is not said.
    name: Option<StoreName>,
    sessions: Mutex<HashMap<SessionKey, SessionRecord>>,
    credentials: Mutex<HashMap<SourceKey, CachedCredentials>>,
    pub elevations: Mutex<HashMap<SourceKey, GrantedElevation>>,
    pub reads: AtomicUsize,
    /// Items of this kind are refused, though a refused elevation is kept all the same.
    pub refuses: Mutex<Option<&'static str>>,
    pub keeps_everything: AtomicBool,
    /// Whether it answers nothing within its deadline.
    pub silent: AtomicBool,
    pub deletions: AtomicUsize,
    /// Runs once, in the middle of the next change of a session's record.
    pub during_change: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

fn refused(fault: KeyringFault) -> Error {
    Error::Keyring { fault, detail: "the keyring refuses".into() }
}

impl FakeStore {
    /// A store of this name that is empty.
    pub fn named(name: StoreName) -> Self {
        FakeStore { name: Some(name), ..FakeStore::default() }
    }

    fn note_change(&self) {
        let meanwhile = self.during_change.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
    }

    fn accepts(&self, kind: &str) -> Result<()> {
        match *self.refuses.lock().unwrap() == Some(kind) {
            true => Err(refused(KeyringFault::Failed)),
            false => Ok(()),
        }
    }

    fn note_read(&self) -> Result<()> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.answering()
    }

    fn answering(&self) -> Result<()> {
        match self.silent.load(Ordering::SeqCst) {
            true => Err(refused(KeyringFault::Silent)),
            false => Ok(()),
        }
    }

    fn deletable(&self) -> Result<()> {
        self.deletions.fetch_add(1, Ordering::SeqCst);
        self.answering()?;
        match self.keeps_everything.load(Ordering::SeqCst) {
            true => Err(refused(KeyringFault::Locked)),
            false => Ok(()),
        }
    }
}

impl SecretStore for FakeStore {
    fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>> {
        self.note_read()?;
        Ok(self.sessions.lock().unwrap().get(key).cloned())
    }

    fn save_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<()> {
        self.note_change();
        self.sessions.lock().unwrap().insert(key.clone(), record.clone());
        Ok(())
    }

    fn delete_session(&self, key: &SessionKey) -> Result<()> {
        self.deletable()?;
        self.note_change();
        self.sessions.lock().unwrap().remove(key);
        Ok(())
    }

    fn load_credentials(&self, source: &Source) -> Result<Option<CachedCredentials>> {
        self.note_read()?;
        Ok(self.credentials.lock().unwrap().get(&source.key()).cloned())
    }

    fn save_credentials(&self, source: &Source, cached: &CachedCredentials) -> Result<()> {
        self.accepts("credentials")?;
        self.credentials.lock().unwrap().insert(source.key(), cached.clone());
        Ok(())
    }

    fn delete_credentials(&self, source: &SourceKey) -> Result<()> {
        self.deletable()?;
        self.credentials.lock().unwrap().remove(source);
        Ok(())
    }

    fn load_elevation(&self, source: &SourceKey) -> Result<Option<GrantedElevation>> {
        self.note_read()?;
        Ok(self.elevations.lock().unwrap().get(source).cloned())
    }

    fn save_elevation(&self, source: &SourceKey, active: &GrantedElevation) -> Result<()> {
        self.elevations.lock().unwrap().insert(source.clone(), active.clone());
        self.accepts("elevation")
    }

    fn delete_elevation(&self, source: &SourceKey) -> Result<()> {
        self.deletable()?;
        self.elevations.lock().unwrap().remove(source);
        Ok(())
    }

    fn name(&self) -> StoreName {
        self.name.unwrap_or(StoreName::SecretService)
    }

    fn notice(&self) -> Option<String> {
        None
    }
}

/// Index and catalogs in memory.
#[derive(Default)]
pub struct FakeState {
    index: Mutex<Index>,
    open_elevations: Mutex<OpenElevations>,
    catalogs: Mutex<BTreeMap<SessionKey, Catalog>>,
    pub catalog_saves: AtomicUsize,
    /// Whether there is no room for a changed index.
    pub full: AtomicBool,
}

impl StateStore for FakeState {
    fn index(&self) -> Index {
        self.index.lock().unwrap().clone()
    }

    fn update_index(&self, change: &mut dyn FnMut(&mut Index)) -> Result<()> {
        if self.full.load(Ordering::SeqCst) {
            return Err(Error::System { action: "write the index", source: std::io::ErrorKind::StorageFull.into() });
        }
        change(&mut self.index.lock().unwrap());
        Ok(())
    }

    fn open_elevations(&self) -> OpenElevations {
        self.open_elevations.lock().unwrap().clone()
    }

    fn update_open_elevations(&self, change: &mut dyn FnMut(&mut OpenElevations)) -> Result<()> {
        change(&mut self.open_elevations.lock().unwrap());
        Ok(())
    }

    fn catalog(&self, key: &SessionKey) -> Catalog {
        self.catalogs.lock().unwrap().get(key).cloned().unwrap_or_default()
    }

    fn update_catalog(&self, key: &SessionKey, change: &mut dyn FnMut(&mut Catalog)) -> Result<()> {
        self.catalog_saves.fetch_add(1, Ordering::SeqCst);
        change(self.catalogs.lock().unwrap().entry(key.clone()).or_default());
        Ok(())
    }
}

/// Named locks among the flows of one test.
#[derive(Default)]
struct FakeLocks(Arc<(Mutex<HashSet<String>>, Condvar)>);

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
        let (held, freed) = &*self.0;
        let taken = |held: &mut HashSet<String>| held.contains(name);
        let (mut held, outcome) = freed.wait_timeout_while(held.lock().unwrap(), timeout, taken).unwrap();
        if outcome.timed_out() {
            return Err(Error::LockHeld { name: name.into(), holder: None, limit: timeout });
        }
        held.insert(name.to_owned());
        Ok(Box::new(FakeGuard { name: name.to_owned(), held: Arc::clone(&self.0) }))
    }
}

/// An audit log that can be made to fail from a certain record on.
#[derive(Default)]
pub struct FakeLog {
    pub lines: Mutex<Vec<String>>,
    pub full: AtomicBool,
    pub full_after_intent: AtomicBool,
}

impl AuditLog for FakeLog {
    fn append(&self, record: &Record) -> Result<Head> {
        let Event::Elevation { subject, step } = &record.event;
        let word = match step {
            Step::Intent { .. } => "intent".to_owned(),
            Step::Granted { .. } => "granted".to_owned(),
            Step::Failed { .. } => "failed".to_owned(),
            Step::Ended { how, .. } => format!("ended {}", how.word()),
        };
        let late = word != "intent" && self.full_after_intent.load(Ordering::SeqCst);
        if late || self.full.load(Ordering::SeqCst) {
            return Err(Error::NotRecorded(Box::new(Error::TaskEnded)));
        }
        let mut lines = self.lines.lock().unwrap();
        lines.push(format!("{word}: {}", subject.reason));
        Ok(Head { size: lines.len() as u64 })
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
struct NoConfig;

impl SessionConfig for NoConfig {
    fn add(&self, _: &SsoSession) -> Result<()> {
        Err(Error::NoHome { variable: "AWS_CONFIG_FILE" })
    }
    fn replace(&self, session: &SsoSession) -> Result<()> {
        self.add(session)
    }
}
