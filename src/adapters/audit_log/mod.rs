//! The audit log: files of canonical lines in the state folder, chained, with signed checkpoints.
//!
//! A record and the checkpoint that covers it are one write and one fsync. The signing key is in the keyring, where the head
//! of the chain is kept too, so that files which do not extend it are noticed. Where the key is gone, or the files do not
//! extend the head, a new chain begins and says so.

mod batch;
mod folder;
mod last_file;
mod lost;
mod signer;
mod snapshot;
#[cfg(test)]
mod tests;
mod torn_end;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use self::snapshot::Snapshot;
use self::write::Write;
use super::files::ensure_private_dir;
use crate::domain::audit::{Event, KeptLog, Writer};
use crate::domain::elevation_list::ElevationList;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::ports::{self, SecretStore};

/// How long a write waits for another process's, and how long one waits that nothing depends on: whoever called
/// `credentials` waits too.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const SHORT_LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// The log in one state folder.
pub struct AuditLog {
    folder: PathBuf,
    secrets: Arc<dyn SecretStore>,
    user_name: fn() -> Option<String>,
    /// Whether a record was lost that nobody was told of yet.
    has_lost: AtomicBool,
}

impl AuditLog {
    /// The log in `folder`, whose key is kept in `secrets`. Its records name the user that the operating system runs this
    /// process as.
    pub fn new(folder: &Path, secrets: Arc<dyn SecretStore>) -> Self {
        AuditLog {
            folder: folder.to_owned(),
            secrets,
            user_name: || whoami::username().ok(),
            has_lost: AtomicBool::new(false),
        }
    }

    fn write(&self, at: Stamp, event: Event) -> Result<()> {
        ensure_private_dir(&self.folder)?;
        // Before the log is locked: on some systems a service on the network has to answer for the names.
        let writer = Writer {
            tool_version: env!("CARGO_PKG_VERSION"),
            host: whoami::hostname().ok(),
            os_user: (self.user_name)(),
        };
        let kept = self.kept_for(&event)?;
        let write = Write { folder: &self.folder, secrets: &*self.secrets, at, writer, kept };
        let limit = if event.is_gated() { LOCK_TIMEOUT } else { SHORT_LOCK_TIMEOUT };
        let _lock = folder::lock(&self.folder, limit)?;
        write.append(event)?;
        match Snapshot::current(&self.folder) {
            Ok(snapshot) => snapshot.keep(&self.folder),
            Err(error) => tracing::debug!(%error, "the elevations could not be read after a record"),
        }
        Ok(())
    }

    /// What the keyring holds of the log, where a checkpoint is to be written: with an event that asks for one, and with any
    /// that finds the last file full. The latter can wait until the keyring answers.
    fn kept_for(&self, event: &Event) -> Result<Option<KeptLog>> {
        if event.has_checkpoint() {
            return self.secrets.load_log().map(Some);
        }
        if !last_file::is_full(&self.folder) {
            return Ok(None);
        }
        let kept = self.secrets.load_log();
        Ok(kept.inspect_err(|error| tracing::debug!(%error, "a full file of the audit log stays open")).ok())
    }
}

impl ports::AuditLog for AuditLog {
    fn append(&self, at: Stamp, event: Event) -> Result<()> {
        let is_gated = event.is_gated();
        self.write(at, event).map_err(|error| {
            if !is_gated {
                lost::add(&self.folder);
                self.has_lost.store(true, Ordering::Relaxed);
            }
            unusable(error)
        })
    }

    fn elevations(&self) -> Result<ElevationList> {
        Snapshot::current(&self.folder).map(|snapshot| snapshot.list).map_err(unusable)
    }

    fn all_elevations(&self) -> Result<ElevationList> {
        Snapshot::from_the_beginning(&self.folder).map(|snapshot| snapshot.list).map_err(unusable)
    }

    fn notice(&self) -> Option<String> {
        let words =
            "this goes on without a record: the audit log cannot be written, and its next record counts what was lost";
        self.has_lost.swap(false, Ordering::Relaxed).then(|| words.to_owned())
    }

    fn elevations_for_decision(&self) -> Result<ElevationList> {
        Snapshot::from_the_beginning(&self.folder).and_then(Snapshot::complete).map_err(unusable)
    }
}

fn unusable(error: Error) -> Error {
    Error::NotRecorded(Box::new(error))
}
