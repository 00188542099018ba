//! A chain of lines, each naming the hash of the one before, and the tree over all of them.

use serde::Serialize;

use super::chain_id::ChainId;
use super::checkpoint::Checkpoint;
use super::head::Head;
use super::line::{AnyEvent, Envelope, InvalidLine, Line, Origin};
use super::log_event::LogEvent;
use super::tree::{Frontier, TreeHash};

/// A chain up to its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    id: ChainId,
    tree: Frontier,
    last: TreeHash,
}

/// Why a line does not belong where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// It is no line.
    #[error(transparent)]
    Invalid(#[from] InvalidLine),
    /// It belongs to another chain, or to another place.
    #[error("it belongs to another place")]
    Misplaced,
    /// It does not name the hash of the line before.
    #[error("it does not follow from the line before")]
    NotLinked,
}

impl Chain {
    /// The empty chain of this name.
    pub fn new(id: ChainId) -> Self {
        Chain { id, tree: Frontier::default(), last: TreeHash::BEFORE_FIRST }
    }

    /// The chain before the first line of a file, which tells all there is to know of the lines in earlier files.
    pub fn before(first: &[u8]) -> Result<Self, BrokenChain> {
        let Line { envelope, event } = Line::<AnyEvent>::read(first)?;
        let tree = match event.read() {
            Some(LogEvent::Created { .. }) => Frontier::default(),
            Some(LogEvent::Opened { size, frontier }) => {
                let roots = frontier.iter().map(|root| TreeHash::from_base64(root)).collect::<Option<Vec<_>>>();
                roots.and_then(|roots| Frontier::from_parts(size, roots)).ok_or(BrokenChain::Misplaced)?
            }
            _ => return Err(BrokenChain::Misplaced),
        };
        Ok(Chain { id: envelope.chain, tree, last: envelope.prev })
    }

    /// Its name.
    pub fn id(&self) -> ChainId {
        self.id
    }

    /// How many lines it has.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Where it stands.
    pub fn head(&self) -> Head {
        Head { chain: self.id, size: self.size(), root: self.tree.root() }
    }

    /// What a checkpoint would state now.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { origin: self.id.origin(), size: self.size(), root: self.tree.root() }
    }

    /// What begins the chain's next file.
    pub fn opening(&self) -> LogEvent {
        let frontier = self.tree.roots().iter().map(|root| root.to_base64()).collect();
        LogEvent::Opened { size: self.size(), frontier }
    }

    /// Adds a line with `event` and returns its bytes.
    pub fn add<E: Serialize>(&mut self, event: E, origin: &Origin) -> Result<Vec<u8>, InvalidLine> {
        let envelope = Envelope::new(self.id, self.size(), self.last, origin);
        let bytes = Line { envelope, event }.to_bytes()?;
        self.push(&bytes);
        Ok(bytes)
    }

    /// Takes the line `bytes`, which must be the next one.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Line<AnyEvent>, BrokenChain> {
        let line = Line::<AnyEvent>::read(bytes)?;
        if (line.envelope.chain, line.envelope.seq) != (self.id, self.size()) {
            return Err(BrokenChain::Misplaced);
        }
        if line.envelope.prev != self.last {
            return Err(BrokenChain::NotLinked);
        }
        self.push(bytes);
        Ok(line)
    }

    /// Takes the line `bytes` unread.
    pub fn push(&mut self, bytes: &[u8]) {
        self.last = TreeHash::of_line(bytes);
        self.tree.push(self.last);
    }
}
