//! What the simulated Identity Center looks like and how it behaves: [`Options`].

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::trust::TrustedRole;

/// How a simulator is set up; change what matters and take the rest from [`Options::default`].
///
/// ```
/// use daypass::simulator::Options;
/// let options = Options { accounts: 200, rate_limit: Some(20), ..Options::default() };
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// How many accounts the directory holds; 25 by default.
    pub accounts: usize,
    /// Which roles each account offers.
    pub roles: Roles,
    /// Whether the first accounts, and one role, have names with terminal escapes and config file syntax.
    pub hostile_names: bool,
    /// Who approves sign-ins from the page; `alice@acme.example` by default.
    pub user: String,
    /// The region that [`super::Simulator::region`] names; `us-east-1` by default.
    pub region: String,
    /// The loopback port; 0, the default, takes a free one.
    pub port: u16,
    /// The delay after which a sign-in is approved automatically; `None`, the default, waits for a person.
    pub auto_approve: Option<Duration>,
    /// How long a portal access token lives; 1 h by default, like AWS with refresh tokens.
    pub token_lifetime: Duration,
    /// Whether clients that registered scopes get refresh tokens; on by default.
    pub refresh_tokens: bool,
    /// How long after the sign-in refresh tokens still work; 7 days by default (AWS allows 90).
    pub sign_in_lifetime: Duration,
    /// How long a client registration lives; 90 days by default, like AWS.
    pub registration_lifetime: Duration,
    /// How long role credentials live; 1 h by default.
    pub role_session: Duration,
    /// Roles whose credentials live longer or shorter than `role_session`, by role name.
    pub role_sessions: Vec<(String, Duration)>,
    /// The `interval` of a device authorization in seconds: any number, or `None` to leave it out. 1 by
    /// default, like AWS.
    pub interval: Option<i64>,
    /// Whether polling faster than `interval` is answered with `slow_down`; off by default.
    pub enforce_interval: bool,
    /// How long a device code lives; 10 min by default, like AWS.
    pub expires_in: Duration,
    /// Portal requests a second (with as many at once) before it answers 429; unlimited by default.
    pub rate_limit: Option<u32>,
    /// The `Retry-After` of such a 429, in seconds; left out by default.
    pub retry_after: Option<u32>,
    /// Entries on a page of a listing that does not ask for a size; 20 by default.
    pub page_size: usize,
    /// The time source; the system's clock by default.
    pub time: TimeSource,
    /// Seconds by which the `Date` header differs from that time; 0 by default.
    pub date_skew: i64,
    /// The roles that `AssumeRole` gives. Empty, the default, stands for any role of any account, for anyone.
    pub trusted_roles: Vec<TrustedRole>,
    /// Whether STS refuses what was signed more than 5 min from that time, as AWS does; off by default.
    pub check_signing_time: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            accounts: 25,
            roles: Roles::Realistic,
            hostile_names: false,
            user: "alice@acme.example".to_owned(),
            region: "us-east-1".to_owned(),
            port: 0,
            auto_approve: None,
            token_lifetime: Duration::from_secs(3_600),
            refresh_tokens: true,
            sign_in_lifetime: Duration::from_secs(7 * 86_400),
            registration_lifetime: Duration::from_secs(90 * 86_400),
            role_session: Duration::from_secs(3_600),
            role_sessions: Vec::new(),
            interval: Some(1),
            enforce_interval: false,
            expires_in: Duration::from_secs(600),
            rate_limit: None,
            retry_after: None,
            page_size: 20,
            time: TimeSource::default(),
            date_skew: 0,
            trusted_roles: Vec::new(),
            check_signing_time: false,
        }
    }
}

/// Which roles the accounts of the directory offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roles {
    /// A role for each of three tiers in every account, under the names that teams or AWS give them, and a
    /// few extra roles such as `BillingViewer`.
    Realistic,
    /// That many roles in every account: `ReadOnly`, `Developer`, `Admin`, then `Team0004` and so on.
    Exactly(usize),
}

/// A time source: the system's clock by default, or any function.
#[derive(Clone)]
pub struct TimeSource(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl TimeSource {
    /// A time source that calls `read`.
    pub fn new(read: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        TimeSource(Arc::new(read))
    }

    /// The current time.
    pub(super) fn read(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for TimeSource {
    #[expect(clippy::disallowed_methods, reason = "the simulator stands alone: this is where its time comes in")]
    fn default() -> Self {
        TimeSource::new(SystemTime::now)
    }
}

impl fmt::Debug for TimeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimeSource")
    }
}
