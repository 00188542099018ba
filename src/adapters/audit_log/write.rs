//! One write: the record, what the log has to say about itself before it, and the checkpoint.

use std::path::Path;

use ulid::Ulid;

use super::batch::Batch;
use super::last_file::{Known, LastChain, LastFile, has_head};
use super::signer::{Signer, fill, new_key};
use super::{lost, torn_end};
use crate::adapters::files::Durability;
use crate::domain::audit::{
    Chain, ChainId, Discontinued, Event, Head, KeptLog, LogEvent, LogKey, Origin, Previous, Writer,
};
use crate::domain::store_choice::StoreName;
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::ports::SecretStore;

/// One write to the log. Its lock is held.
pub(super) struct Write<'a> {
    pub(super) folder: &'a Path,
    pub(super) secrets: &'a dyn SecretStore,
    pub(super) at: Stamp,
    pub(super) writer: Writer,
    /// What the keyring held before the lock was taken; none where no checkpoint is to be written.
    pub(super) kept: Option<KeptLog>,
}

/// How the log goes on.
enum Next {
    /// With the chain that it has.
    SameChain { chain: Chain, is_closed: bool, signer: Option<Signer> },
    /// With a new one, which says what became of the one before.
    NewChain { previous: Option<Previous>, discontinued: Option<Discontinued> },
}

impl Write<'_> {
    /// Appends the record of `event`, unless nothing of it has to be recorded.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn append(&self, event: Event) -> Result<()> {
        let folder = self.folder;
        let origin = || self.origin();
        let mut file = LastFile::open(folder)?;
        if let Event::Refused(refused) = &event
            && file.has_just_recorded(refused, self.at.at.wall)
        {
            return Ok(());
        }
        let next = match file.chain(folder, &|chain| self.known(chain))? {
            // A log begins with what a gate let through.
            LastChain::None if !event.is_gated() => return Ok(()),
            // It does not wait for the keyring: whoever asks for a checkpoint next begins a new chain.
            LastChain::Broken(_) if !event.is_gated() => return Err(file.nothing_follows(folder)),
            last => self.next(last)?,
        };
        let is_new = matches!(next, Next::NewChain { .. });
        let has_checkpoint = is_new || self.kept.is_some();
        let durability =
            if has_checkpoint || event.is_gated() { Durability::OnDisk } else { Durability::WhenConvenient };
        let (mut batch, signer) = match next {
            Next::SameChain { chain, is_closed, signer } => {
                let mut batch = Batch::after(chain, &origin);
                if !is_closed && has_checkpoint && file.is_full() {
                    batch.add_checkpoint(signer.as_ref())?;
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
            Next::NewChain { previous, discontinued } => {
                if !file.is_empty() {
                    file = file.next(folder)?;
                }
                let (id, signer) = self.new_chain(discontinued.is_some())?;
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
        if has_checkpoint {
            batch.add_checkpoint(signer.as_ref())?;
        }
        batch.write(&mut file, durability)?;
        torn_ends.iter().try_for_each(torn_end::TornEnd::is_recorded)?;
        if lost > 0 {
            lost::forget(folder, lost);
        }
        if has_checkpoint { self.keep_head(&mut batch, &mut file) } else { Ok(()) }
    }

    /// What is known of `chain` before its lines are read. What carries no checkpoint goes to its end, whatever the keyring
    /// says.
    fn known(&self, chain: &Chain) -> Known {
        match &self.kept {
            None => Known::AllButTheLast,
            Some(kept) => kept.head_of(chain.id()).map_or(Known::Nothing, Known::Head),
        }
    }

    /// How the log goes on after its last chain.
    fn next(&self, last: LastChain) -> Result<Next> {
        let (chain, is_closed, extends_head) = match last {
            LastChain::Whole { chain, is_closed, extends_head } => (chain, is_closed, extends_head),
            LastChain::None => return self.after_no_chain(),
            LastChain::Broken(head) => return self.discontinue(head, Discontinued::Broken),
        };
        let Some(kept) = &self.kept else { return Ok(Next::SameChain { chain, is_closed, signer: None }) };
        if !extends_head {
            return self.discontinue(kept.head_of(chain.id()), Discontinued::NotExtending);
        }
        if !self.signs() {
            // Another thread may have begun the chain after the store was read.
            return match self.secrets.load_log()?.head_of(chain.id()) {
                Some(_) => Ok(Next::SameChain { chain, is_closed, signer: None }),
                None => self.discontinue(Some(chain.head()), Discontinued::NotSigned),
            };
        }
        match self.key_of(kept, chain.id())? {
            Some(key) => Ok(Next::SameChain { chain, is_closed, signer: Some(Signer::of(&key)?) }),
            None => self.discontinue(Some(chain.head()), Discontinued::KeyLost),
        }
    }

    /// The key of `chain`. Another process may have begun the chain after the keyring was read, so it is read again.
    fn key_of(&self, kept: &KeptLog, chain: ChainId) -> Result<Option<LogKey>> {
        let of_chain = |kept: &KeptLog| kept.key.clone().filter(|key| key.chain == chain);
        match of_chain(kept) {
            Some(key) => Ok(Some(key)),
            None => Ok(of_chain(&self.secrets.load_log()?)),
        }
    }

    /// The log has no line: nothing was ever written, or it is gone.
    fn after_no_chain(&self) -> Result<Next> {
        let head = self.kept_head()?;
        Ok(Next::NewChain { discontinued: head.map(|_| Discontinued::Missing), previous: head.map(Previous::from) })
    }

    /// A new chain after one that ended at `head`. Where the keyring knows of lines that no file has, that is said instead:
    /// their chain need not be the last one.
    fn discontinue(&self, head: Option<Head>, why: Discontinued) -> Result<Next> {
        let (head, why) = match self.kept_head()? {
            Some(kept) if !has_head(self.folder, kept)? => (Some(kept), Discontinued::NotExtending),
            _ => (head, why),
        };
        Ok(Next::NewChain { previous: head.map(Previous::from), discontinued: Some(why) })
    }

    fn kept_head(&self) -> Result<Option<Head>> {
        match &self.kept {
            Some(kept) => Ok(kept.head),
            None => Ok(self.secrets.load_log()?.head),
        }
    }

    /// A new chain's name and who signs for it. The key is kept before the chain has a line; one that was kept by a process
    /// which got no further is used, unless a chain has ended here.
    fn new_chain(&self, has_previous: bool) -> Result<(ChainId, Option<Signer>)> {
        let id = ChainId::new(self.at.at.wall, random()?);
        if !self.signs() {
            return Ok((id, None));
        }
        let kept = self.secrets.load_log()?;
        let key = match kept.key.filter(|_| !has_previous && kept.head.is_none()) {
            Some(key) => key,
            None => {
                let key = new_key(id)?;
                self.secrets.save_log_key(&key)?;
                key
            }
        };
        Ok((key.chain, Some(Signer::of(&key)?)))
    }

    /// Keeps the head in the keyring. That it cannot be kept is recorded and stops nothing.
    fn keep_head(&self, batch: &mut Batch<'_>, file: &mut LastFile) -> Result<()> {
        let head = batch.head();
        let Err(error) = self.secrets.save_log_head(&head) else { return Ok(()) };
        tracing::warn!(%error, "the head of the audit log could not be kept");
        batch.add(LogEvent::HeadNotKept { size: head.size })?;
        batch.write(file, Durability::WhenConvenient)
    }

    /// Whether checkpoints are signed: not where the key would not outlive the process.
    fn signs(&self) -> bool {
        self.secrets.name() != StoreName::Memory
    }

    fn origin(&self) -> Result<Origin> {
        let millis = u64::try_from(self.at.at.wall.as_millisecond()).unwrap_or(0);
        Ok(Origin { event_id: Ulid::from_parts(millis, random()?), at: self.at, writer: self.writer.clone() })
    }
}

fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(u128::from_le_bytes(bytes))
}
