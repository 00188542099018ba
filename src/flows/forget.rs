//! Forgetting what a sign-in has left in the keyring, when it ends or another one takes its place.

use std::collections::BTreeSet;

use super::elevation::{end_granted_of_session, left_to_the_next_start};
use crate::domain::elevation::EndReason;
use crate::domain::source::SourceKey;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::error::{Error, Result};
use crate::ports::Ports;

/// Deletes the credentials and elevations of `session` that its record (`named`) and the index name, and records the
/// end of the elevations. Each deletion is tried though another failed. Blocking; the session's lock is held.
///
/// # Errors
/// `Keyring` where something could not be deleted.
pub fn forget_credentials(ports: &Ports, session: &SsoSession, named: &BTreeSet<Target>, how: EndReason) -> Result<()> {
    let key = session.key();
    let index = ports.state.index();
    let noted = index.session(&key).into_iter().flat_map(|note| note.targets.values().map(|used| &used.target));
    let targets: BTreeSet<&Target> = named.iter().chain(noted).collect();
    let mut failed: Option<Error> = None;
    for source in targets.into_iter().map(|target| SourceKey::of(&key, target)) {
        for deleted in [ports.store.delete_elevation(&source), ports.store.delete_credentials(&source)] {
            failed = failed.or(deleted.err());
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    ports.state.update_index(&mut |index| index.note_nothing_kept(session))?;
    // The secrets are gone; a log that cannot be written is no reason to keep them, and the next start tries again.
    end_granted_of_session(ports, &key, how).unwrap_or_else(|error| left_to_the_next_start(&error));
    Ok(())
}
