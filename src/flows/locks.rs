//! The locks that all processes of a user share: one for the record of each session, one for what is kept for each
//! source, one for each rota, and one for the caps. Where several are held, a source's was taken first, then a session's,
//! then one of the others.

use std::time::Duration;

use crate::domain::source::SourceKey;
use crate::domain::sso_session::SsoSession;
use crate::error::Result;
use crate::ports::{LockGuard, Ports};

/// How long to wait for another process that refreshes, signs in or signs out.
pub const SESSION_TIMEOUT: Duration = Duration::from_secs(15);
/// How long to wait for another process that fetches the same credentials.
pub const SOURCE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long to wait for another process that writes an intent.
const CAPS_TIMEOUT: Duration = Duration::from_secs(5);

/// Takes the lock that guards the record of `session`; blocking.
///
/// # Errors
/// Another process holds it for longer than `timeout`.
pub fn lock_session(ports: &Ports, session: &SsoSession, timeout: Duration) -> Result<Box<dyn LockGuard>> {
    ports.locks.acquire(&format!("session/{}", session.key()), timeout)
}

/// The same without blocking the task.
///
/// # Errors
/// As [`lock_session`].
pub async fn wait_for_session(ports: &Ports, session: &SsoSession, timeout: Duration) -> Result<Box<dyn LockGuard>> {
    let session = session.clone();
    ports.blocking(move |ports| lock_session(ports, &session, timeout)).await
}

/// Takes the lock that guards what is kept for a source; blocking. One lock a source: a slow role delays no other.
///
/// # Errors
/// As [`lock_session`].
pub fn lock_source(ports: &Ports, source: &SourceKey, timeout: Duration) -> Result<Box<dyn LockGuard>> {
    ports.locks.acquire(&format!("role/{source}"), timeout)
}

/// Takes the lock under which a new elevation is counted against its caps and enters the log; blocking.
///
/// # Errors
/// As [`lock_session`].
pub fn lock_caps(ports: &Ports) -> Result<Box<dyn LockGuard>> {
    ports.locks.acquire("caps", CAPS_TIMEOUT)
}

/// Takes the lock that guards the reading of a rota, and the address of its calendar; blocking.
///
/// # Errors
/// As [`lock_session`].
pub fn lock_rota(ports: &Ports, rota: &str, timeout: Duration) -> Result<Box<dyn LockGuard>> {
    ports.locks.acquire(&format!("rota/{rota}"), timeout)
}
