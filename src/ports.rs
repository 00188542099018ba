//! What the use cases need of the world, as traits. `adapters` implement them; tests may fake them.

use std::ffi::OsStr;
use std::fmt;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::domain::assume_role::AssumeRole;
use crate::domain::audit::{Event, Head, KeptLog, LogKey};
use crate::domain::aws_error::AwsError;
use crate::domain::call_evidence::Answered;
use crate::domain::caller_identity::CallerIdentity;
use crate::domain::catalog::{Account, Catalog};
use crate::domain::credentials::{CachedCredentials, RoleCredentials};
use crate::domain::elevation::{ElevationId, GrantedElevation};
use crate::domain::elevation_list::ElevationList;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::index::Index;
use crate::domain::on_call::{Rota, RotaSnapshot, SecretUrl};
use crate::domain::pkce::Attempt;
use crate::domain::preferences::Preferences;
use crate::domain::session::{ClientRegistration, Flow, IssuedToken, SessionRecord};
use crate::domain::shell_session::ShellSession;
use crate::domain::source::{Source, SourceKey};
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::store_choice::StoreName;
use crate::domain::target::Target;
use crate::domain::text::Untrusted;
use crate::domain::time::{Now, Stamp};
use crate::error::{Error, Result};

/// What StartDeviceAuthorization gave, after its numbers and links were checked.
#[derive(Debug, Clone)]
pub struct DeviceAuthorization {
    /// What we poll with; a secret.
    pub device_code: SecretString,
    /// What the person compares or types.
    pub user_code: Untrusted,
    /// Where to type it.
    pub verification_uri: Url,
    /// The same with the code filled in, where AWS gave one.
    pub verification_uri_complete: Option<Url>,
    /// How long the code lives.
    pub expires_in: Duration,
    /// Seconds between polls, as AWS said.
    pub interval: Option<i64>,
}

/// What a token is asked for with.
#[derive(Debug)]
pub enum Grant<'a> {
    /// The device code of a device authorization.
    DeviceCode(&'a SecretString),
    /// The code that came back from the browser, with the attempt it belongs to.
    AuthorizationCode {
        /// The code.
        code: &'a SecretString,
        /// The attempt, which holds verifier and redirect URI.
        attempt: &'a Attempt,
    },
    /// A refresh token.
    Refresh(&'a SecretString),
}

/// One page of a listing.
#[derive(Debug)]
pub struct Page<T> {
    /// What is on it; may be empty though more follow.
    pub items: Vec<T>,
    /// Asks for the next page.
    pub next: Option<String>,
}

/// The longest that a call to AWS may take, from the connection to the last byte. AWS answers within a second; three tries
/// with the waits between them take less than half a minute.
pub const LONGEST_CALL: Duration = Duration::from_secs(8);

/// IAM Identity Center: SSO-OIDC and the access portal. One call is one request; retrying is the caller's.
#[async_trait]
pub trait IdentityCenter: Send + Sync {
    /// RegisterClient.
    async fn register_client(
        &self,
        session: &SsoSession,
        flow: Flow,
    ) -> Result<(String, SecretString, Timestamp), AwsError>;

    /// StartDeviceAuthorization.
    async fn start_device_authorization(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
    ) -> Result<DeviceAuthorization, AwsError>;

    /// Where the browser goes for the authorization code flow.
    async fn authorize_url(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
        attempt: &Attempt,
    ) -> Result<Url>;

    /// CreateToken.
    async fn create_token(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
        grant: Grant<'_>,
    ) -> Result<IssuedToken, AwsError>;

    /// One page of ListAccounts.
    async fn list_accounts(
        &self,
        session: &SsoSession,
        token: &SecretString,
        page: Option<&str>,
    ) -> Result<Page<Account>, AwsError>;

    /// One page of ListAccountRoles.
    async fn list_roles(
        &self,
        session: &SsoSession,
        token: &SecretString,
        account: &AccountId,
        page: Option<&str>,
    ) -> Result<Page<RoleName>, AwsError>;

    /// GetRoleCredentials.
    async fn role_credentials(
        &self,
        session: &SsoSession,
        token: &SecretString,
        target: &Target,
    ) -> Result<Answered<RoleCredentials>, AwsError>;

    /// Logout: the token is revoked on the server.
    async fn logout(&self, session: &SsoSession, token: &SecretString) -> Result<(), AwsError>;

    /// AWS's clock minus ours, as the last answer showed: zero where they agree, `None` before any answer.
    fn clock_offset(&self) -> Option<SignedDuration>;
}

/// The Security Token Service. One call is one request; retrying is the caller's.
#[async_trait]
pub trait Sts: Send + Sync {
    /// GetCallerIdentity: whose `credentials` are, as CloudTrail will show it.
    async fn caller_identity(
        &self,
        session: &SsoSession,
        credentials: &RoleCredentials,
    ) -> Result<Answered<CallerIdentity>, AwsError>;

    /// AssumeRole, with the `credentials` of the role before. A failure names the role that was asked for.
    async fn assume_role(
        &self,
        session: &SsoSession,
        credentials: &RoleCredentials,
        request: &AssumeRole,
    ) -> Result<Answered<RoleCredentials>, AwsError>;
}

/// Reads rotas, which are anywhere but in the policy.
#[async_trait]
pub trait OnCall: Send + Sync {
    /// What the source of `rota` says now, unread. `url` is that of a calendar whose address the keyring keeps.
    ///
    /// # Errors
    /// It cannot be had within `timeout`, or is larger than a rota is.
    async fn fetch(&self, rota: &Rota, url: Option<&SecretUrl>, timeout: Duration) -> Result<Vec<u8>>;
}

/// Where secrets are kept. Every call is blocking and has a deadline of its own.
pub trait SecretStore: Send + Sync {
    /// The record of a session; a corrupt one is set aside and reads as none.
    fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>>;
    /// Keeps the record of a session.
    fn save_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<()>;
    /// Forgets a session; absent is fine.
    fn delete_session(&self, key: &SessionKey) -> Result<()>;
    /// The credentials kept for a source; a corrupt item is set aside and reads as none.
    fn load_credentials(&self, source: &Source) -> Result<Option<CachedCredentials>>;
    /// Keeps the credentials of a source.
    fn save_credentials(&self, source: &Source, cached: &CachedCredentials) -> Result<()>;
    /// Forgets a source's credentials; absent is fine.
    fn delete_credentials(&self, source: &SourceKey) -> Result<()>;
    /// The elevation that AWS last granted for a source; a corrupt item is set aside and reads as none.
    fn load_elevation(&self, source: &SourceKey) -> Result<Option<GrantedElevation>>;
    /// Keeps the elevation of a source.
    fn save_elevation(&self, source: &SourceKey, granted: &GrantedElevation) -> Result<()>;
    /// Forgets a source's elevation; absent is fine. Credentials that were fetched under it serve no more.
    fn delete_elevation(&self, source: &SourceKey) -> Result<()>;
    /// What is kept of the audit log.
    fn load_log(&self) -> Result<KeptLog>;
    /// Keeps the key of the log's chain, in place of an earlier one's.
    fn save_log_key(&self, key: &LogKey) -> Result<()>;
    /// Keeps the log's head.
    fn save_log_head(&self, head: &Head) -> Result<()>;
    /// The address of a rota's calendar; a corrupt item is set aside and reads as none.
    fn load_rota_url(&self, rota: &str) -> Result<Option<SecretUrl>>;
    /// Keeps the address of a rota's calendar.
    fn save_rota_url(&self, rota: &str, url: &SecretUrl) -> Result<()>;
    /// Forgets the address of a rota's calendar; absent is fine.
    fn delete_rota_url(&self, rota: &str) -> Result<()>;
    /// Which store it is; where there is a choice, the first operation makes it.
    fn name(&self) -> StoreName;
    /// What people should be told about where their secrets are, such as that they will not outlive a reboot;
    /// said once, after the operation that brought it up.
    fn notice(&self) -> Option<String>;
}

/// What is kept without secrets, and shown before anything else is opened.
pub trait StateStore: Send + Sync {
    /// The index with every use noted so far; an unreadable one reads as empty.
    fn index(&self) -> Index;
    /// Changes the index under its lock.
    fn update_index(&self, change: &mut dyn FnMut(&mut Index)) -> Result<()>;
    /// Notes at once, and without waiting for anybody, that credentials of `source` that were kept already are used; what
    /// cannot be noted is no reason to fail.
    fn note_use(&self, source: &Source, at: Timestamp);
    /// Tells the prompts of shells that this elevation has ended; what cannot be told is no reason to fail.
    fn note_elevation_ended(&self, id: ElevationId);
    /// The catalog of a session; an unreadable one reads as empty.
    fn catalog(&self, key: &SessionKey) -> Catalog;
    /// Changes the catalog of a session under its lock.
    fn update_catalog(&self, key: &SessionKey, change: &mut dyn FnMut(&mut Catalog)) -> Result<()>;
    /// What was last read of a rota; what cannot be read is none.
    fn rota_snapshot(&self, rota: &str) -> Option<RotaSnapshot>;
    /// Keeps what was read of a rota.
    fn keep_rota_snapshot(&self, rota: &str, snapshot: &RotaSnapshot) -> Result<()>;
    /// Forgets what was read of a rota; absent is fine.
    fn drop_rota_snapshot(&self, rota: &str) -> Result<()>;
    /// What the screen remembers; unreadable preferences read as the default ones. None where none were ever written.
    fn preferences(&self) -> Option<Preferences>;
    /// Changes what the screen remembers under its lock; unreadable preferences are set aside first.
    fn update_preferences(&self, change: &mut dyn FnMut(&mut Preferences)) -> Result<()>;
}

/// A lock held across processes; dropped, it is free.
pub trait LockGuard: Send {}

/// Locks that all processes of this user respect and that die with their holder.
pub trait Locks: Send + Sync {
    /// Waits at most `timeout` for the lock of this name; blocking.
    fn acquire(&self, name: &str, timeout: Duration) -> Result<Box<dyn LockGuard>>;
}

/// The append-only audit log.
pub trait AuditLog: Send + Sync {
    /// Appends a record of `event` at `at`; blocking. What a gate let through is on disk when this returns. A record that was
    /// torn off by a crash is set aside first, and that is recorded too. Nothing is recorded of what no gate let through before
    /// a log has begun, and of a refusal that repeats one of the last minute.
    fn append(&self, at: Stamp, event: Event) -> Result<()>;
    /// The elevations that the log tells of: all without an end, and those of the last days that have one; blocking.
    fn elevations(&self) -> Result<ElevationList>;
    /// The same with all that have an end; blocking.
    fn all_elevations(&self) -> Result<ElevationList>;
    /// The same for deciding whether a new elevation may begin: read from the log's own records, and an error where one of
    /// them cannot be read; blocking.
    fn elevations_for_decision(&self) -> Result<ElevationList>;
    /// What people should be told about records that were lost though what they record went on; said once.
    fn notice(&self) -> Option<String>;
}

/// The processes of this machine.
pub trait Processes: Send + Sync {
    /// The id of this one.
    fn own_id(&self) -> u32;
    /// Whether a process of this id runs, as far as can be told.
    fn is_running(&self, id: u32) -> bool;
    /// The processes whose environment holds one of these access keys.
    fn holders_of(&self, access_key_ids: &[&str]) -> KeyHolders;
}

/// The processes that hold an access key in their environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyHolders {
    /// None that this user's processes can see.
    None,
    /// These, each with its name.
    Some(Vec<(u32, Untrusted)>),
    /// This system does not tell.
    NotTold,
}

/// Clocks and waiting.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Both clocks, now, and the latest time that AWS has told any process of this state folder.
    fn now(&self) -> Now;
    /// Remembers a time that AWS told us, or that is proven to have come since, for [`Clock::now`].
    fn saw_aws_time(&self, time: Timestamp);
    /// Writes the latest of these down for later processes, where it is worth it; blocking.
    fn keep_aws_time(&self);
    /// Waits.
    async fn sleep(&self, duration: Duration);
    /// Time for measuring waits within this process; never goes back.
    fn elapsed(&self) -> Duration;
}

/// Random numbers.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` from the system's generator.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;
}

/// A link for the browser, by who may read it on the way there.
#[derive(Clone, PartialEq, Eq)]
pub enum Link {
    /// Whoever reads it can do no more than the person sees: it may stand in an argument list.
    Public(Url),
    /// Whoever reads it could act in the person's place: it reaches the browser and nobody else on this machine.
    Private(Url),
}

impl Link {
    /// Its address, for the eyes of the person at this terminal.
    pub fn url(&self) -> &Url {
        match self {
            Link::Public(url) | Link::Private(url) => url,
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Link::Public(url) => write!(f, "Public({url})"),
            Link::Private(_) => f.write_str("Private([REDACTED])"),
        }
    }
}

/// Whether and how a link was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// A browser was started, or has come for its link.
    Yes,
    /// None was; says why.
    No(String),
}

/// The person's web browser.
#[async_trait]
pub trait Browser: Send + Sync {
    /// Opens `link`. Waits a moment for the launcher and, where the link is private, until a browser has come for it:
    /// dropped before that, the link leads nowhere.
    async fn open(&self, link: &Link) -> Opened;
}

/// A listener on 127.0.0.1 for the browser's way back.
#[async_trait]
pub trait CallbackListener: Send + Sync {
    /// The port it listens on.
    fn port(&self) -> u16;
    /// Serves requests until one is AWS's answer to `attempt`; strays are turned away.
    async fn answer(&mut self, attempt: &Attempt) -> Result<std::result::Result<SecretString, Untrusted>>;
}

/// Makes callback listeners.
#[async_trait]
pub trait Callbacks: Send + Sync {
    /// Listens on a free port of 127.0.0.1.
    async fn listen(&self) -> Result<Box<dyn CallbackListener>>;
}

/// Everything the use cases reach the world through.
#[derive(Clone)]
pub struct Ports {
    /// IAM Identity Center.
    pub identity_center: Arc<dyn IdentityCenter>,
    /// STS.
    pub sts: Arc<dyn Sts>,
    /// Rotas.
    pub on_call: Arc<dyn OnCall>,
    /// Secrets.
    pub store: Arc<dyn SecretStore>,
    /// What is not secret.
    pub state: Arc<dyn StateStore>,
    /// Locks across processes.
    pub locks: Arc<dyn Locks>,
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// The processes of this machine.
    pub processes: Arc<dyn Processes>,
    /// Work that goes on to its end though its caller has gone; awaited before the program ends.
    pub tasks: TaskTracker,
    /// Clocks.
    pub clock: Arc<dyn Clock>,
    /// Random numbers.
    pub entropy: Arc<dyn Entropy>,
    /// The browser.
    pub browser: Arc<dyn Browser>,
    /// The browser's way back.
    pub callbacks: Arc<dyn Callbacks>,
    /// Where new sessions are written.
    pub session_config: Arc<dyn SessionConfig>,
}

impl Ports {
    /// The moment, by our clocks and AWS's.
    pub fn stamp(&self) -> Stamp {
        Stamp { at: self.clock.now(), aws_offset: self.identity_center.clock_offset() }
    }

    /// A random number.
    pub fn random(&self) -> Result<u64> {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// The same with twice the bits.
    pub fn random_u128(&self) -> Result<u128> {
        let mut bytes = [0; 16];
        self.entropy.fill(&mut bytes)?;
        Ok(u128::from_le_bytes(bytes))
    }

    /// Runs `work` as a task of its own, which a caller can await but not drop: a caller that goes away cancels the
    /// token instead, and `work` ends where that is safe.
    pub async fn to_its_end<T, W>(&self, work: impl FnOnce(Ports, CancellationToken) -> W) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send + 'static,
    {
        let cancelled = CancellationToken::new();
        let caller = cancelled.clone().drop_guard();
        let outcome = self.tasks.spawn(work(self.clone(), cancelled)).await;
        drop(caller);
        outcome.unwrap_or(Err(Error::TaskEnded))
    }

    /// The same for a blocking call that changes what is kept; nothing cancels it.
    pub async fn blocking_to_its_end<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Ports) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.to_its_end(|ports, _| async move { ports.blocking(call).await }).await
    }

    /// Gives the tasks that outlive their callers a moment to end, before the program does.
    pub async fn finish_tasks(&self) {
        finish(&self.tasks).await;
        self.keep_aws_time().await;
    }

    /// Writes down the latest time that AWS's answers have told, where that is worth it. Each use case that asks AWS does
    /// so at its end. What cannot be written down is no reason to fail.
    pub async fn keep_aws_time(&self) {
        let keep = |ports: &Ports| {
            ports.clock.keep_aws_time();
            Ok(())
        };
        if let Err(error) = self.blocking(keep).await {
            tracing::debug!(%error, "AWS's time could not be written down");
        }
    }

    /// Runs a blocking call (keyring, lock, file) beside the async work.
    pub async fn blocking<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Ports) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ports = self.clone();
        match tokio::task::spawn_blocking(move || call(&ports)).await {
            Ok(result) => result,
            Err(_) => Err(Error::TaskEnded),
        }
    }
}

/// How long tasks that outlive their callers may still take: each step of one has a timeout of its own.
const GRACE: Duration = Duration::from_millis(250);

/// Gives `tasks` a moment to end.
pub async fn finish(tasks: &TaskTracker) {
    tasks.close();
    if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
        tracing::warn!("work was left unfinished; the next start completes its records");
    }
}

/// The file that names the SSO sessions.
pub trait SessionConfig: Send + Sync {
    /// Adds a session's block; every other byte of the file stays. A section of that name which someone else wrote
    /// is refused.
    fn add(&self, session: &SsoSession) -> Result<()>;
    /// The same, but a section of that name is replaced, whoever wrote it.
    fn replace(&self, session: &SsoSession) -> Result<()>;
}

/// The person's own interactive shell.
pub trait UserShell: Send + Sync {
    /// The command that opens it for `session`, with the secrets in its environment alone. It is `program`, or without one
    /// what the person uses; its prompt shows role and time left where that shell allows. Nothing is started.
    ///
    /// # Errors
    /// What the shell reads at its start cannot be written to the state folder.
    fn command(&self, session: &ShellSession<'_>, program: Option<&OsStr>) -> Result<Command>;
}

/// What is run with credentials, which decides how it is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildKind {
    /// A shell at a terminal: it hangs up, and takes no other signal.
    Shell,
    /// Any other program: it terminates, and gets the signals that this one gets.
    Program,
}

/// How text was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// It is on the desktop's clipboard.
    ToClipboard,
    /// It was sent to the terminal, which never says whether it took it.
    SentToTerminal,
}

/// The person's clipboard.
#[async_trait]
pub trait Clipboard: Send + Sync {
    /// Whether a secret can be put on it at all.
    fn takes_secrets(&self) -> bool;
    /// Puts `text`, which is no secret, on it.
    async fn put(&self, text: &str) -> Result<Copied>;
    /// Puts a secret on it, which reaches no argument list, no log and no file. Where the clipboard allows, the secret is
    /// marked as one, and is cleared after a minute if it is still there, even if this program has ended by then.
    async fn put_secret(&self, text: &zeroize::Zeroizing<String>) -> Result<Copied>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_shows_no_private_link() {
        let url = Url::parse("https://oidc.example/authorize?state=CANARY").unwrap();
        assert!(!format!("{:?}", Link::Private(url.clone())).contains("CANARY"));
        assert!(format!("{:?}", Link::Public(url)).contains("oidc.example"));
    }
}
