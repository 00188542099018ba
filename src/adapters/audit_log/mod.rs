//! The audit log: files of canonical lines in the state folder, chained, with signed checkpoints.
//!
//! A record and the checkpoint that covers it are one write and one fsync. The signing key is in the keyring, where the head
//! of the chain is kept too, so that a file which does not extend it is noticed. Where the key is gone, or the file does not
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

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ulid::Ulid;

use self::batch::Batch;
use self::last_file::{Known, LastChain, LastFile};
use self::signer::{Signer, fill, new_key};
use self::snapshot::Snapshot;
use super::files::{Durability, ensure_private_dir};
use crate::domain::audit::{
    Chain, ChainId, Discontinued, Event, Head, KeptLog, LogEvent, LogKey, Origin, Previous, Writer,
};
use crate::domain::elevation_list::ElevationList;
use crate::domain::store_choice::StoreName;
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

    fn write(&self, at: Stamp, event: Event) -> Result<Option<Head>> {
        ensure_private_dir(&self.folder)?;
        // Before the log is locked: on some systems a service on the network has to answer for the names.
        let writer = Writer {
            tool_version: env!("CARGO_PKG_VERSION"),
            host: whoami::hostname().ok(),
            os_user: (self.user_name)(),
        };
        let kept = if event.is_sealed() { self.kept()? } else { None };
        let write = Write { log: self, at, writer, kept };
        let limit = if event.is_gated() { LOCK_TIMEOUT } else { SHORT_LOCK_TIMEOUT };
        let _lock = folder::lock(&self.folder, limit)?;
        let head = write.append(event)?;
        match Snapshot::current(&self.folder) {
            Ok(snapshot) => snapshot.keep(&self.folder, at.at.wall),
            Err(error) => tracing::debug!(%error, "the elevations could not be read after a record"),
        }
        Ok(head)
    }

    /// What the keyring holds of the log; none where nothing is signed, because the key would not outlive the process.
    fn kept(&self) -> Result<Option<KeptLog>> {
        match self.secrets.name() {
            StoreName::Memory => Ok(None),
            _ => self.secrets.load_log().map(Some),
        }
    }
}

impl ports::AuditLog for AuditLog {
    fn append(&self, at: Stamp, event: Event) -> Result<Option<Head>> {
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
}

fn unusable(error: Error) -> Error {
    Error::NotRecorded(Box::new(error))
}

/// One write to the log. Its lock is held.
struct Write<'a> {
    log: &'a AuditLog,
    at: Stamp,
    writer: Writer,
    /// What the keyring held before the lock was taken; none where it was not asked.
    kept: Option<KeptLog>,
}

/// How the log goes on.
enum Next {
    /// With the chain that it has.
    SameChain { chain: Chain, is_closed: bool, signer: Option<Signer> },
    /// With a new one, after one that ended here.
    NewChain { previous: Option<Previous>, discontinued: Option<Discontinued> },
}

impl Write<'_> {
    fn append(&self, event: Event) -> Result<Option<Head>> {
        let folder = &self.log.folder;
        let origin = || self.origin();
        let (seals, durability) = (event.is_sealed(), durability_of(&event));
        let mut file = LastFile::open(folder)?;
        let (mut batch, signer) = match self.next(&file, seals)? {
            Next::SameChain { chain, is_closed, signer } => {
                let mut batch = Batch::after(chain, &origin);
                if !is_closed && seals && file.is_full() {
                    batch.seal(signer.as_ref())?;
                    batch.add(LogEvent::Closed {})?;
                    batch.write(&mut file, Durability::OnDisk)?;
                    file = file.next(folder)?;
                } else if is_closed && !file.is_empty() {
                    file = file.next(folder)?;
                }
                if file.is_empty() {
                    batch.open_file()?;
                }
                (batch, signer)
            }
            Next::NewChain { .. } if !event.is_gated() => return Ok(None),
            Next::NewChain { previous, discontinued } => {
                if !file.is_empty() {
                    file = file.next(folder)?;
                }
                let (id, signer) = self.new_chain(previous.is_some() || discontinued.is_some())?;
                let vkey = signer.as_ref().map(|signer| signer.verifier().to_string());
                let mut batch = Batch::after(Chain::new(id), &origin);
                batch.add(LogEvent::Created { vkey, previous, discontinued })?;
                (batch, signer)
            }
        };
        let torn_ends = torn_end::unrecorded(folder)?;
        for torn in &torn_ends {
            batch.add(LogEvent::Recovered(torn.recovered.clone()))?;
        }
        let lost = lost::count(folder);
        if lost > 0 {
            batch.add(LogEvent::Lost { count: lost })?;
        }
        batch.add(event)?;
        if seals {
            batch.seal(signer.as_ref())?;
        }
        batch.write(&mut file, durability)?;
        torn_ends.iter().try_for_each(torn_end::TornEnd::is_recorded)?;
        if lost > 0 {
            lost::forget(folder);
        }
        let head = batch.head();
        if seals && signer.is_some() {
            self.keep_head(&head, &mut batch, &mut file)?;
        }
        Ok(Some(head))
    }

    /// Whether the chain at the end of `file` goes on. What is not sealed goes to its end, whatever the keyring says.
    fn next(&self, file: &LastFile, seals: bool) -> Result<Next> {
        let kept_head = |chain: &Chain| self.kept.as_ref().and_then(|kept| kept.head_of(chain.id()));
        let known = |chain: &Chain| match kept_head(chain) {
            _ if !seals => Known::AllButTheLast,
            Some(head) => Known::Head(head),
            None => Known::Nothing,
        };
        let (chain, is_closed, extends_head) = match file.chain(&self.log.folder, &known)? {
            LastChain::Whole { chain, is_closed, extends_head } => (chain, is_closed, extends_head),
            LastChain::None => return Ok(Next::NewChain { previous: None, discontinued: None }),
            LastChain::Broken(head) => return Ok(ended(head, Discontinued::Broken)),
        };
        if !seals || self.log.secrets.name() == StoreName::Memory {
            return Ok(Next::SameChain { chain, is_closed, signer: None });
        }
        if !extends_head {
            return Ok(ended(kept_head(&chain), Discontinued::NotExtending));
        }
        match self.key_of(chain.id())? {
            Some(key) => Ok(Next::SameChain { chain, is_closed, signer: Some(Signer::of(&key)?) }),
            None => Ok(ended(Some(chain.head()), Discontinued::KeyLost)),
        }
    }

    /// The key of `chain`. Another process may have begun the chain after the keyring was read, so it is read again.
    fn key_of(&self, chain: ChainId) -> Result<Option<LogKey>> {
        let of_chain = |kept: &KeptLog| kept.key.clone().filter(|key| key.chain == chain);
        match self.kept.as_ref().and_then(of_chain) {
            Some(key) => Ok(Some(key)),
            None => Ok(self.log.kept()?.as_ref().and_then(of_chain)),
        }
    }

    /// A new chain's name and who signs for it. The key is kept before the chain has a line; one that was kept by a process
    /// which got no further is used, unless a chain has ended here.
    fn new_chain(&self, has_previous: bool) -> Result<(ChainId, Option<Signer>)> {
        let id = ChainId::new(self.at.at.wall, random()?);
        let Some(kept) = self.log.kept()? else { return Ok((id, None)) };
        let key = match kept.key.filter(|_| !has_previous && kept.head.is_none()) {
            Some(key) => key,
            None => {
                let key = new_key(id)?;
                self.log.secrets.save_log_key(&key)?;
                key
            }
        };
        Ok((key.chain, Some(Signer::of(&key)?)))
    }

    /// Keeps the head in the keyring. That it cannot be kept is recorded and stops nothing.
    fn keep_head(&self, head: &Head, batch: &mut Batch<'_>, file: &mut LastFile) -> Result<()> {
        let Err(error) = self.log.secrets.save_log_head(head) else { return Ok(()) };
        tracing::warn!(%error, "the head of the audit log could not be kept");
        batch.add(LogEvent::HeadNotKept { size: head.size })?;
        batch.write(file, Durability::WhenConvenient)
    }

    fn origin(&self) -> Result<Origin> {
        let millis = u64::try_from(self.at.at.wall.as_millisecond()).unwrap_or(0);
        Ok(Origin { event_id: Ulid::from_parts(millis, random()?), at: self.at, writer: self.writer.clone() })
    }
}

fn ended(head: Option<Head>, why: Discontinued) -> Next {
    Next::NewChain { previous: head.map(Previous::from), discontinued: Some(why) }
}

fn durability_of(event: &Event) -> Durability {
    if event.is_gated() { Durability::OnDisk } else { Durability::WhenConvenient }
}

fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(u128::from_le_bytes(bytes))
}
