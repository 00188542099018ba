//! The record of a session in the keyring: read by anybody, changed under the session's lock.

use super::locks::{SESSION_TIMEOUT, wait_for_session};
use crate::domain::session::SessionRecord;
use crate::domain::sso_session::SsoSession;
use crate::error::Result;
use crate::ports::Ports;

/// Loads the record of `session`; none reads as an empty one.
///
/// # Errors
/// `Keyring`.
pub async fn load_record(ports: &Ports, session: &SsoSession) -> Result<SessionRecord> {
    let session = session.clone();
    ports.blocking(move |ports| load(ports, &session)).await
}

/// Keeps the record of `session` and notes it in the index. The session's lock must be held.
///
/// # Errors
/// `Keyring`, or `Failed` where the index cannot be written.
pub async fn save_record(ports: &Ports, session: &SsoSession, record: SessionRecord) -> Result<()> {
    let session = session.clone();
    ports.blocking(move |ports| save(ports, &session, &record)).await
}

/// Changes the record of `session` under its lock; `change` may leave it as it is. A caller that goes away stops the
/// wait for the lock, not the change.
///
/// # Errors
/// The lock is held too long, `Keyring`, `Failed` where the index cannot be written, or what `change` returns.
pub async fn change_record(
    ports: &Ports,
    session: &SsoSession,
    change: impl FnOnce(&Ports, SessionRecord) -> Result<Option<SessionRecord>> + Send + 'static,
) -> Result<()> {
    let lock = wait_for_session(ports, session, SESSION_TIMEOUT).await?;
    let session = session.clone();
    let change_and_save = move |ports: &Ports| {
        let _lock = lock;
        match change(ports, load(ports, &session)?)? {
            Some(changed) => save(ports, &session, &changed),
            None => Ok(()),
        }
    };
    ports.blocking_to_its_end(change_and_save).await
}

fn load(ports: &Ports, session: &SsoSession) -> Result<SessionRecord> {
    Ok(ports.store.load_session(&session.key())?.unwrap_or_default())
}

/// The order counts, whatever ends the program in between: the index never promises a sign-in that is not kept, and a
/// refresh token that was just issued is not lost because the index cannot be written.
fn save(ports: &Ports, session: &SsoSession, record: &SessionRecord) -> Result<()> {
    let (key, store) = (session.key(), ports.store.name());
    match &record.signed_in {
        Some(signed_in) => {
            ports.store.save_session(&key, record)?;
            ports.state.update_index(&mut |index| index.note_sign_in(session, signed_in, store))
        }
        None => {
            ports.state.update_index(&mut |index| index.note_rejected(session, store))?;
            ports.store.save_session(&key, record)
        }
    }
}
