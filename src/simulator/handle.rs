//! The handle to a running simulator: it starts, scripts, observes and stops it.

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::call_log::{Call, Counts};
use super::directory::Account;
use super::fault::{Fault, Scope};
use super::oidc::device;
use super::operation::Operation;
use super::options::Options;
use super::response_override::ResponseOverride;
use super::server;
use super::shared::Shared;
use super::state::{Decision, State};

/// A running simulator: a thread with a runtime of its own. Dropping it stops it and closes its connections.
///
/// All methods may be called from any thread, blocking and asynchronous code alike; none waits for the
/// network, except those that say so.
pub struct Simulator {
    shared: Arc<Shared>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts a simulator; it accepts connections when this returns.
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
                        // The receiver is waiting for this message, so that sending cannot fail.
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

    /// A start URL for `sso_start_url`; any other is accepted too. It is never opened, but the AWS CLI requires https.
    pub fn start_url(&self) -> &'static str {
        "https://acme.awsapps.com/start"
    }

    /// The region for `sso_region`; any other is accepted too.
    pub fn region(&self) -> &str {
        &self.shared.options.region
    }

    /// The environment variables that point AWS SDKs and the AWS CLI here.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.shared.environment()
    }

    /// The accounts with their roles, in the order of the listing.
    pub fn accounts(&self) -> &[Account] {
        self.shared.directory.accounts()
    }

    /// Serves until the process ends, for a simulator that is the whole program.
    pub fn wait(mut self) {
        self.join();
    }

    /// The user codes of pending device authorizations.
    pub fn pending_user_codes(&self) -> Vec<String> {
        let now = self.shared.clock.now();
        let state = self.shared.state();
        let pending =
            state.devices.iter().filter(|(_, grant)| grant.decision == Decision::Pending && now < grant.expires);
        pending.map(|(code, _)| code.clone()).collect()
    }

    /// Approves a device authorization; returns whether it was pending.
    pub fn approve(&self, user_code: &str) -> bool {
        self.approve_as(user_code, &self.shared.options.user)
    }

    /// Approves a device authorization as another user than [`Options::user`].
    pub fn approve_as(&self, user_code: &str, user: &str) -> bool {
        self.decide(user_code, Decision::Approved { user: user.to_owned() })
    }

    /// Declines a device authorization; returns whether it was pending.
    pub fn deny(&self, user_code: &str) -> bool {
        self.decide(user_code, Decision::Denied)
    }

    /// Approves every pending device authorization; returns how many.
    pub fn approve_all(&self) -> usize {
        self.pending_user_codes().iter().filter(|code| self.approve(code)).count()
    }

    /// Changes [`Options::auto_approve`] from now on; zero approves at once and skips the browser's consent page.
    pub fn set_auto_approve(&self, after: Option<Duration>) {
        self.shared.state().auto_approve = after;
    }

    fn decide(&self, user_code: &str, decision: Decision) -> bool {
        let code = device::normalised(user_code);
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

    /// Blocks until `operation` was called `count` times, or for `limit` of real time; returns whether it was.
    /// A blocking wait: asynchronous tests on a single-threaded runtime use it in `spawn_blocking`.
    pub fn wait_for_calls(&self, operation: Operation, count: usize, limit: Duration) -> bool {
        let fewer = |state: &mut State| state.calls.counts().of(operation) < count;
        let waited = self.shared.called.wait_timeout_while(self.shared.state(), limit, fewer);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Applies `fault` to the next call of `operation`. Faults queue: one call each.
    pub fn fault(&self, operation: Operation, fault: Fault) {
        self.shared.state().faults.queue(Scope::Operation(operation), fault);
    }

    /// Applies `fault` to every call of `operation` once the queued faults are used up.
    pub fn fault_always(&self, operation: Operation, fault: Fault) {
        self.shared.state().faults.set_permanent(Scope::Operation(operation), fault);
    }

    /// Like [`Self::fault_always`], for `ListAccountRoles` of one account; it goes before faults of the operation.
    pub fn fault_account_always(&self, account_id: &str, fault: Fault) {
        self.shared.state().faults.set_permanent(Scope::RolesOf(account_id.to_owned()), fault);
    }

    /// Removes all faults, queued and permanent.
    pub fn clear_faults(&self) {
        self.shared.state().faults.clear();
    }

    /// Replaces a member in every later JSON response of `operation`, at a JSON pointer such as `/expiresIn`,
    /// `/verificationUri` or `/roleCredentials/expiration`; `None` leaves the member out. The simulator's own state
    /// does not change: a token without `expiresIn` still expires.
    pub fn override_answer(&self, operation: Operation, pointer: &str, value: Option<serde_json::Value>) {
        self.shared.state().overrides.push(ResponseOverride { operation, pointer: pointer.to_owned(), value });
    }

    /// Removes all overrides.
    pub fn clear_overrides(&self) {
        self.shared.state().overrides.clear();
    }

    /// Ends every session: its access and refresh tokens become invalid.
    pub fn revoke_all_tokens(&self) {
        self.shared.state().end_all_sessions();
    }

    /// Expires every access token now; refresh tokens stay valid.
    pub fn expire_access_tokens(&self) {
        let now = self.shared.clock.now();
        self.shared.state().expire_access_tokens(now);
    }

    /// Forgets every client registration: their clients get `invalid_client`.
    pub fn forget_clients(&self) {
        self.shared.state().clients.clear();
    }

    /// Advances the simulator's clock by `by`.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// The simulator's time: milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.shared.clock.now()
    }

    /// Changes [`Options::date_skew`] from now on.
    pub fn set_date_skew(&self, seconds: i64) {
        self.shared.clock.set_date_skew(seconds);
    }

    /// Every secret issued so far: client secrets, device and authorization codes, access, refresh and session
    /// tokens, secret keys. Each is unique and contains `SIM`, so that tests can search for leaks.
    pub fn issued_secrets(&self) -> Vec<String> {
        self.shared.state().generator.secrets().to_vec()
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // The panic hook has already reported a panic of that thread.
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
