//! What all connections share: options, clock, directory and the mutable state behind its lock.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::assume_role::AssumeRoleCall;
use super::clock::SimClock;
use super::directory::Directory;
use super::fault::Fault;
use super::operation::{Grant, Operation};
use super::options::Options;
use super::state::State;

/// What all connections and the [`Simulator`](super::Simulator) share.
pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) url: String,
    pub(super) clock: SimClock,
    pub(super) directory: Directory,
    /// Notified when a call arrives.
    pub(super) called: Condvar,
    state: Mutex<State>,
}

impl Shared {
    pub(super) fn new(options: Options, url: String) -> io::Result<Self> {
        let clock = SimClock::new(options.time.clone(), options.date_skew);
        let state = Mutex::new(State::new(&options, clock.now())?);
        let directory = Directory::new(&options);
        Ok(Shared { options, url, clock, directory, state, called: Condvar::new() })
    }

    /// The state. A poisoned lock is ignored: no change leaves the state half-made.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a call; returns its number and the fault that applies to it.
    pub(super) fn record_call(
        &self,
        operation: Operation,
        grant: Option<Grant>,
        account: Option<&str>,
        assumes: Option<AssumeRoleCall>,
    ) -> (usize, Fault) {
        let now = self.clock.now();
        let mut state = self.state();
        let number = state.calls.record(operation, now, grant, account, assumes);
        let fault = state.faults.take(operation, account);
        self.called.notify_all();
        (number, fault)
    }

    /// Whether the rate limit admits one more request.
    pub(super) fn admits(&self) -> bool {
        let now = self.clock.now();
        self.state().rate_limit.admits(now)
    }

    /// The environment variables that point AWS SDKs and the AWS CLI here.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"]
            .map(|name| (name.to_owned(), self.url.clone()))
            .to_vec()
    }
}
