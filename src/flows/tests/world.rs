//! Everything that the flows under test can reach, with the usual sign-ins and requests.

use std::sync::atomic::{AtomicU8, AtomicU32};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::aws::FakeAws;
use super::fakes::{
    FakeBrowser, FakeCallbacks, FakeClock, FakeEntropy, FakeLocks, FakeLog, FakeOnCall, FakeProcesses, FakeState,
    NoConfig,
};
use super::steps::Steps;
use super::store::FakeStore;
use crate::domain::catalog::Account;
use crate::domain::credentials::{CachedCredentials, Issue, RoleCredentials};
use crate::domain::elevation::{Confirmation, Draft};
use crate::domain::ids::{AccountId, Region, SessionName, StartUrl};
use crate::domain::issued::{AccessKeyId, SecretKey, SessionToken};
use crate::domain::session::{ClientRegistration, Flow, IssuedToken, SessionRecord, SignedIn};
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::domain::text::Untrusted;
use crate::flows::login::LoginRequest;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::ports::{Ports, SecretStore as _};

/// Everything a flow can reach, and the handles to script and examine it.
pub struct World {
    pub ports: Ports,
    pub aws: Arc<FakeAws>,
    pub on_call: Arc<FakeOnCall>,
    pub clock: Arc<FakeClock>,
    pub store: Arc<FakeStore>,
    pub state: Arc<FakeState>,
    pub log: Arc<FakeLog>,
    pub processes: Arc<FakeProcesses>,
    pub browser: Arc<FakeBrowser>,
    pub callbacks: Arc<FakeCallbacks>,
    pub entropy: Arc<FakeEntropy>,
    pub session: SsoSession,
    pub steps: Arc<Steps>,
}

impl World {
    /// A world in which nobody is signed in and all goes well. Needs a runtime whose clock is paused.
    pub fn new() -> Self {
        let epoch: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let steps = Arc::new(Steps::default());
        let aws = Arc::new(FakeAws::new(epoch, steps.clone()));
        let clock = Arc::new(FakeClock::new(epoch));
        let store = Arc::new(FakeStore::with(&steps));
        let state = Arc::new(FakeState::with(&steps));
        let log = Arc::new(FakeLog::with(&steps));
        let processes = Arc::new(FakeProcesses { own: AtomicU32::new(4711), running: Mutex::default() });
        let on_call = Arc::new(FakeOnCall::default());
        let browser = Arc::new(FakeBrowser::default());
        let callbacks = Arc::new(FakeCallbacks::default());
        let entropy = Arc::new(FakeEntropy(AtomicU8::new(1)));
        let ports = Ports {
            identity_center: aws.clone(),
            sts: aws.clone(),
            on_call: on_call.clone(),
            store: store.clone(),
            state: state.clone(),
            locks: Arc::new(FakeLocks::with(&steps)),
            audit: log.clone(),
            processes: processes.clone(),
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
        World { ports, aws, on_call, clock, store, state, log, processes, browser, callbacks, entropy, session, steps }
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

    /// Asks for credentials of the `role`, given as `ACCOUNT/ROLE`, and for an elevation of an hour where there is a
    /// `reason`.
    pub fn request(&self, role: &str, reason: Option<&str>) -> CredentialsRequest {
        CredentialsRequest {
            source: self.source(&target(role)),
            elevation: reason.map(|reason| Draft {
                duration: Some(SignedDuration::from_hours(1)),
                ..Draft::new(reason, Confirmation::Typed)
            }),
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
