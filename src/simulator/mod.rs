//! An embedded Identity Center and STS over HTTP on loopback, for the demo, the tests and people who test
//! their own tools. It speaks the real wire protocols, so that the AWS SDKs and the AWS CLI run against it by
//! endpoint overrides alone, and it can be scripted to misbehave. It knows nothing of the rest of the crate.
//!
//! - `options` what it looks like and how it behaves; `directory` its accounts and roles
//! - `server` connections, `router` from a request to its answer, `wire` and `reply_body` requests and replies
//! - `oidc`, `portal`, `sts`, `pages` the services, over `state`, the rules that tie tokens together, and `bucket`, the
//!   rate limit
//! - `fault` scripted misbehaviour, `calls` what was asked, `mint` ids and secrets, `clock` time
//!
//! ```
//! use daypass::simulator::{Fault, Operation, Options, Simulator};
//! let simulator = Simulator::start(Options::default())?;
//! simulator.fault(Operation::CreateToken, Fault::oauth("slow_down"));
//! // ... point a client at simulator.url(), sign in ...
//! simulator.approve_all();
//! # Ok::<(), std::io::Error>(())
//! ```

mod bucket;
mod calls;
mod clock;
mod directory;
mod fault;
mod mint;
mod oidc;
mod options;
mod pages;
mod portal;
mod reply_body;
mod router;
mod server;
mod state;
mod sts;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use calls::{Call, Counts, Grant, Operation};
pub use directory::Account;
pub use fault::Fault;
pub use options::{Options, Roles, TimeSource};

use clock::SimClock;
use directory::Directory;
use fault::Target;
use state::{Decision, Override, State};

/// A running simulator: a thread with a runtime of its own. Dropping it stops it and closes its connections.
///
/// All methods may be called from any thread, blocking and asynchronous code alike; none waits for the
/// network, except those that say so.
pub struct Simulator {
    shared: Arc<Shared>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// What the connections and the [`Simulator`] share.
struct Shared {
    options: Options,
    url: String,
    clock: SimClock,
    directory: Directory,
    state: Mutex<State>,
    called: Condvar,
}

impl Simulator {
    /// Starts a simulator; it already listens when this returns.
    ///
    /// # Errors
    /// If the port is taken or the system refuses a socket, a thread or random bytes.
    pub fn start(options: Options) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let (ready, started) = mpsc::channel();
        let thread = thread::Builder::new().name("simulator".to_owned()).spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(error))),
            };
            runtime.block_on(async move {
                let opened = server::listen(options.port).and_then(|listener| {
                    let url = format!("http://{}", listener.local_addr()?);
                    Ok((listener, Arc::new(Shared::new(options, url)?)))
                });
                match opened {
                    Err(error) => drop(ready.send(Err(error))),
                    Ok((listener, shared)) => {
                        // The receiver waits until it got this.
                        let _ = ready.send(Ok(Arc::clone(&shared)));
                        server::serve(listener, shared, stopped).await;
                    }
                }
            });
        })?;
        let shared = started.recv().map_err(io::Error::other)??;
        Ok(Simulator { shared, stop, thread: Some(thread) })
    }

    /// The endpoint of all services, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// A start URL for `sso_start_url`; any other is accepted too. It only names the organisation and is never
    /// opened, but the AWS CLI refuses one that is not https.
    pub fn start_url(&self) -> &'static str {
        "https://acme.awsapps.com/start"
    }

    /// The region for `sso_region`; any other is accepted too.
    pub fn region(&self) -> &str {
        &self.shared.options.region
    }

    /// The environment that leads AWS SDKs and the AWS CLI here.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.shared.environment()
    }

    /// The accounts with their roles, in the order of the listing.
    pub fn accounts(&self) -> &[Account] {
        self.shared.directory.accounts()
    }

    /// Blocks until [`Stopper::stop`] is called, for a simulator that is the whole program.
    pub fn wait(mut self) {
        self.join();
    }

    /// A handle that stops the simulator from elsewhere.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// The user codes of device authorizations that wait for a decision.
    pub fn pending_user_codes(&self) -> Vec<String> {
        let now = self.shared.clock.now();
        let state = self.shared.state();
        let pending =
            state.devices.iter().filter(|(_, grant)| grant.decision == Decision::Pending && now < grant.expires);
        pending.map(|(code, _)| code.clone()).collect()
    }

    /// Approves a device authorization; says whether it was waiting for that.
    pub fn approve(&self, user_code: &str) -> bool {
        self.approve_as(user_code, &self.shared.options.user)
    }

    /// Approves a device authorization as another user than [`Options::user`].
    pub fn approve_as(&self, user_code: &str, user: &str) -> bool {
        self.decide(user_code, Decision::Approved { user: user.to_owned() })
    }

    /// Declines a device authorization; says whether one was waiting.
    pub fn deny(&self, user_code: &str) -> bool {
        self.decide(user_code, Decision::Denied)
    }

    /// Approves every device authorization that waits now; says how many.
    pub fn approve_all(&self) -> usize {
        self.pending_user_codes().iter().filter(|code| self.approve(code)).count()
    }

    /// Changes [`Options::auto_approve`] from now on; zero approves at once and skips the browser's consent page.
    pub fn set_auto_approve(&self, after: Option<Duration>) {
        self.shared.state().auto_approve = after;
    }

    fn decide(&self, user_code: &str, decision: Decision) -> bool {
        let code = oidc::device::normalised(user_code);
        self.shared.state().decide(&code, decision, self.shared.clock.now())
    }

    /// How many calls of `operation` arrived.
    pub fn calls(&self, operation: Operation) -> usize {
        self.shared.state().calls.counts().of(operation)
    }

    /// How many calls of each kind arrived.
    pub fn counts(&self) -> Counts {
        self.shared.state().calls.counts().clone()
    }

    /// The calls in order of arrival (the last 65,536 of them).
    pub fn calls_log(&self) -> Vec<Call> {
        self.shared.state().calls.kept().cloned().collect()
    }

    /// Forgets the calls so far, so that a test can count one phase.
    pub fn reset_calls(&self) {
        self.shared.state().calls.reset();
    }

    /// Blocks until `operation` was called `count` times, or for `limit` of real time; says whether it was.
    /// A blocking wait: asynchronous tests on a single-threaded runtime use it in `spawn_blocking`.
    pub fn wait_for_calls(&self, operation: Operation, count: usize, limit: Duration) -> bool {
        let fewer = |state: &mut State| state.calls.counts().of(operation) < count;
        let waited = self.shared.called.wait_timeout_while(self.shared.state(), limit, fewer);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Lets the next call of `operation` without a fault of its own meet `fault`. Faults queue: one call each.
    pub fn fault(&self, operation: Operation, fault: Fault) {
        self.shared.state().faults.queue(Target::Operation(operation), fault);
    }

    /// Lets every call of `operation` meet `fault` once the queued ones are used up.
    pub fn fault_always(&self, operation: Operation, fault: Fault) {
        self.shared.state().faults.stand(Target::Operation(operation), fault);
    }

    /// Like [`Self::fault`], for `ListAccountRoles` of one account; it goes before faults of the operation.
    pub fn fault_account(&self, account_id: &str, fault: Fault) {
        self.shared.state().faults.queue(Target::RolesOf(account_id.to_owned()), fault);
    }

    /// Like [`Self::fault_always`], for `ListAccountRoles` of one account.
    pub fn fault_account_always(&self, account_id: &str, fault: Fault) {
        self.shared.state().faults.stand(Target::RolesOf(account_id.to_owned()), fault);
    }

    /// Takes all faults back, queued and standing.
    pub fn clear_faults(&self) {
        self.shared.state().faults.clear();
    }

    /// Puts `value` into every later JSON answer of `operation`, at a JSON pointer such as `/expiresIn`,
    /// `/verificationUri` or `/roleCredentials/expiration`; `None` leaves the member out. What the simulator
    /// believes does not change: a token without `expiresIn` still expires.
    pub fn override_answer(&self, operation: Operation, pointer: &str, value: Option<serde_json::Value>) {
        self.shared.state().overrides.push(Override { operation, pointer: pointer.to_owned(), value });
    }

    /// Takes all overrides back.
    pub fn clear_overrides(&self) {
        self.shared.state().overrides.clear();
    }

    /// Ends every session: access and refresh tokens are no good any more.
    pub fn revoke_all_tokens(&self) {
        self.shared.state().end_all_sessions();
    }

    /// Lets every access token expire now; refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        let now = self.shared.clock.now();
        self.shared.state().expire_access_tokens(now);
    }

    /// Forgets every client registration: their clients get `invalid_client`.
    pub fn forget_clients(&self) {
        self.shared.state().clients.clear();
    }

    /// Lets `by` pass at once: everything expires and refills as if that time had gone by.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// The simulator's time: milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.shared.clock.now()
    }

    /// Changes [`Options::date_skew`] from now on.
    pub fn set_date_skew(&self, seconds: i64) {
        self.shared.clock.skew_date(seconds);
    }

    /// Every secret handed out so far: client secrets, device and authorization codes, access, refresh and
    /// session tokens, secret keys. Each is unique and contains `SIM`, so that a leak is found and recognised.
    pub fn issued_secrets(&self) -> Vec<String> {
        self.shared.state().mint.secrets().to_vec()
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic there was printed where it happened; there is nothing to add.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Simulator").field(&self.shared.url).finish()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
        self.join();
    }
}

/// Stops a simulator that someone else holds or waits for.
#[derive(Debug, Clone)]
pub struct Stopper(CancellationToken);

impl Stopper {
    /// Stops the simulator.
    pub fn stop(&self) {
        self.0.cancel();
    }
}

impl Shared {
    fn new(options: Options, url: String) -> io::Result<Self> {
        let clock = SimClock::new(options.time.clone(), options.date_skew);
        let state = Mutex::new(State::new(&options, clock.now())?);
        let directory = Directory::new(&options);
        Ok(Shared { options, url, clock, directory, state, called: Condvar::new() })
    }

    /// The state; a panic elsewhere while it was held leaves it usable, since every change is one step.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call and returns its number and the fault it meets.
    fn arrived(&self, operation: Operation, grant: Option<Grant>, account: Option<&str>) -> (usize, Fault) {
        let now = self.clock.now();
        let mut state = self.state();
        let number = state.calls.arrived(operation, now, grant, account);
        let fault = state.faults.take(operation, account);
        self.called.notify_all();
        (number, fault)
    }

    /// Whether the rate limit lets one more request pass.
    fn admits(&self) -> bool {
        let now = self.clock.now();
        self.state().bucket.admits(now)
    }

    fn environment(&self) -> Vec<(String, String)> {
        ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"]
            .map(|name| (name.to_owned(), self.url.clone()))
            .to_vec()
    }
}
