//! The calls that a flow makes of the fakes, in their order, and trouble at one of them.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::error::{Error, KeyringFault, Result};
use crate::ports::LONGEST_CALL;

/// What a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    Keyring,
    Log,
    Index,
    Lock,
    Aws,
}

/// A call: what it goes to, and what it asks for.
pub type Call = (Port, String);

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It fails, and nothing is done.
    Fails,
    /// It is done, and fails all the same.
    FailsThoughDone,
    /// It fails, and so does whatever is asked of the same port after it.
    FailsForGood,
    /// The keyring does not answer within its deadline, now or later.
    Silence,
    /// AWS answers so; that it cannot be reached turns out after a while.
    Aws(AwsErrorKind),
    /// AWS answers so to this and to whatever it is asked after it.
    AwsForGood(AwsErrorKind),
    /// The program is killed before it.
    Killed,
    /// Whoever waits for the answer goes away meanwhile.
    GivenUp,
}

/// What a fake does about a call.
enum Then {
    Goes,
    Fails(Trouble),
    /// It goes on once the caller has gone away.
    Waits,
}

/// The calls so far, and trouble that is to come.
#[derive(Default)]
pub struct Steps {
    state: Mutex<State>,
    changed: Condvar,
    /// Says that the call at which the caller goes away is under way.
    pub under_way: Notify,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    trouble: Option<(usize, Trouble)>,
    caller_has_gone: bool,
    /// Whether the call that waited for that is done.
    is_done: bool,
    is_killed: bool,
}

impl Steps {
    /// Counts the calls anew, with `trouble` at the one of that number.
    pub fn begin(&self, trouble: Option<(usize, Trouble)>) {
        *self.state.lock().unwrap() = State { trouble, ..State::default() };
    }

    /// The calls since the beginning.
    pub fn calls(&self) -> Vec<Call> {
        self.state.lock().unwrap().calls.clone()
    }

    /// Lets the call that waits for the caller to go away go on, and waits until it is done.
    pub fn caller_has_gone(&self, port: Port) {
        let mut state = self.state.lock().unwrap();
        state.caller_has_gone = true;
        self.changed.notify_all();
        // One to AWS is waited for with the task that makes it.
        if port != Port::Aws {
            drop(self.changed.wait_while(state, |state| !state.is_done).unwrap());
        }
    }

    fn comes(&self, port: Port, what: &str) -> Then {
        let mut state = self.state.lock().unwrap();
        if state.is_killed {
            return Then::Fails(Trouble::Killed);
        }
        let number = state.calls.len();
        state.calls.push((port, what.to_owned()));
        let Some((at, trouble)) = state.trouble else { return Then::Goes };
        let has_begun = at < number && state.calls.get(at).is_some_and(|(troubled, _)| *troubled == port);
        match trouble {
            Trouble::FailsForGood | Trouble::Silence | Trouble::AwsForGood(_) if has_begun => Then::Fails(trouble),
            _ if at != number => Then::Goes,
            Trouble::GivenUp => Then::Waits,
            Trouble::Killed => {
                state.is_killed = true;
                Then::Fails(trouble)
            }
            _ => Then::Fails(trouble),
        }
    }

    /// Makes a `call`, unless there is trouble at it.
    pub fn call<T>(&self, port: Port, what: &str, call: impl FnOnce() -> Result<T>) -> Result<T> {
        match self.comes(port, what) {
            Then::Goes => call(),
            Then::Fails(Trouble::FailsThoughDone) => {
                call()?;
                Err(failure(port, Trouble::FailsThoughDone))
            }
            Then::Fails(trouble) => Err(failure(port, trouble)),
            Then::Waits => {
                self.under_way.notify_one();
                let state = self.state.lock().unwrap();
                drop(self.changed.wait_while(state, |state| !state.caller_has_gone).unwrap());
                let answer = call();
                self.state.lock().unwrap().is_done = true;
                self.changed.notify_all();
                answer
            }
        }
    }

    /// The same for a call to AWS.
    pub async fn aws(&self, operation: &'static str) -> Result<(), AwsError> {
        let failure = |kind| AwsError { operation, kind, detail: "as the test says".into() };
        match self.comes(Port::Aws, operation) {
            Then::Goes => Ok(()),
            Then::Fails(Trouble::Aws(kind) | Trouble::AwsForGood(kind)) => {
                if kind == AwsErrorKind::Unreachable {
                    tokio::time::sleep(LONGEST_CALL).await;
                }
                Err(failure(kind))
            }
            Then::Fails(_) => Err(failure(AwsErrorKind::Forbidden)),
            Then::Waits => {
                self.under_way.notify_one();
                // The clock of the tests moves on once everything waits, and by then the caller has gone.
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok(())
            }
        }
    }
}

fn failure(port: Port, trouble: Trouble) -> Error {
    let keyring = |fault| Error::Keyring { fault, detail: "as the test says".into() };
    let system = |kind: std::io::ErrorKind| Error::System { action: "write", source: kind.into() };
    match (port, trouble) {
        (_, Trouble::Killed) => Error::TaskEnded,
        (Port::Keyring, Trouble::Silence) => keyring(KeyringFault::Silent),
        (Port::Keyring, _) => keyring(KeyringFault::Failed),
        (Port::Log, Trouble::FailsThoughDone) => Error::NotRecorded(Box::new(system(std::io::ErrorKind::Other))),
        (Port::Log, _) => Error::NotRecorded(Box::new(system(std::io::ErrorKind::StorageFull))),
        (Port::Index | Port::Aws, _) => system(std::io::ErrorKind::StorageFull),
        (Port::Lock, _) => Error::LockHeld { name: "session/acme".into(), holder: None, limit: Duration::ZERO },
    }
}
