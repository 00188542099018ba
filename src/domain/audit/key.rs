//! The secret half of a chain's key, and the head that the keyring remembers beside it.

use std::fmt;

use zeroize::Zeroizing;

use super::chain_id::ChainId;
use super::head::Head;

/// The seed of the Ed25519 key that signs one chain's checkpoints.
#[derive(Clone)]
pub struct LogKey {
    /// The chain.
    pub chain: ChainId,
    /// The seed.
    pub seed: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogKey").field("chain", &self.chain).field("seed", &"[REDACTED]").finish()
    }
}

/// What the keyring holds about a log.
#[derive(Debug, Clone, Default)]
pub struct KeptLog {
    /// The key of its last chain.
    pub key: Option<LogKey>,
    /// The head that was kept last; it may be of an earlier chain.
    pub head: Option<Head>,
}

impl KeptLog {
    /// The head that a chain of this name must extend.
    pub fn head_of(&self, chain: ChainId) -> Option<Head> {
        self.head.filter(|head| head.chain == chain)
    }
}
