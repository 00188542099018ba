//! Dropping the credentials of one source, which ends its elevation.

use super::elevation::end_granted;
use super::elsewhere::kept_elsewhere;
use super::locks::{SOURCE_TIMEOUT, lock_source};
use crate::domain::elevation::EndReason;
use crate::domain::source::Source;
use crate::error::{Error, Result};
use crate::ports::Ports;

/// Forgets what is kept for `source`.
///
/// # Errors
/// `Keyring`, also where another store still has some, or `Failed` where the end could not be recorded.
pub async fn drop_credentials(ports: &Ports, source: &Source) -> Result<()> {
    let source = source.clone();
    let drop = move |ports: &Ports| {
        let key = source.key();
        let _lock = lock_source(ports, &key, SOURCE_TIMEOUT)?;
        // The elevation first: without it, credentials behind a gate serve nobody.
        ports.store.delete_elevation(&key)?;
        ports.store.delete_credentials(&key)?;
        let store = ports.store.name();
        ports.state.update_index(&mut |index| index.note_dropped(&source, store))?;
        end_granted(ports, &key, EndReason::Dropped)?;
        match kept_elsewhere(ports, &source) {
            Some(store) => Err(Error::KeptElsewhere { target: source.target().clone(), store }),
            None => Ok(()),
        }
    };
    ports.blocking_to_its_end(drop).await
}
