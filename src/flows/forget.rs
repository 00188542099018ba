//! Forgetting a sign-in, when it ends or another one takes its place.

use std::collections::BTreeSet;

use super::elevation::{end_granted_of_session, left_to_the_next_start};
use crate::domain::elevation::EndReason;
use crate::domain::index::Index;
use crate::domain::source::SourceKey;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::error::Result;
use crate::ports::{Ports, SecretStore};

/// Deletes the credentials and elevations of `session` that its record (`named`) and the index name, and then the record.
/// Each deletion is tried though another failed, except with a keyring that no longer answers. Blocking; the session's
/// lock is held.
///
/// # Errors
/// `Keyring` where something could not be deleted; the record is then kept, because it names what is left.
pub fn delete_secrets(ports: &Ports, session: &SsoSession, named: &BTreeSet<Target>) -> Result<()> {
    let key = session.key();
    let index = ports.state.index();
    let noted = index.session(&key).into_iter().flat_map(|note| note.targets.values().map(|used| &used.target));
    let targets: BTreeSet<&Target> = named.iter().chain(noted).collect();
    let mut outcome = Ok(());
    for source in targets.into_iter().map(|target| SourceKey::of(&key, target)) {
        for delete in [<dyn SecretStore>::delete_elevation, <dyn SecretStore>::delete_credentials] {
            match delete(&*ports.store, &source) {
                Err(error) if error.is_silent_keyring() => return Err(error),
                deleted => outcome = outcome.and(deleted),
            }
        }
    }
    outcome?;
    ports.store.delete_session(&key)
}

/// Notes in the index, and in the audit log, that the secrets of `session` were deleted. Blocking.
///
/// # Errors
/// Where the index cannot be written. The log is tried all the same; what it does not take is left to the next start.
pub fn note_deleted(
    ports: &Ports,
    session: &SsoSession,
    how: EndReason,
    note: &mut dyn FnMut(&mut Index),
) -> Result<()> {
    let noted = ports.state.update_index(note);
    end_granted_of_session(ports, &session.key(), how).unwrap_or_else(|error| left_to_the_next_start(&error));
    noted
}
