//! Signs a chain's checkpoints.

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

use crate::domain::audit::{Chain, ChainId, LogEvent, LogKey, VerifierKey};
use crate::error::{Error, Result};

/// The key pair of a chain.
pub(super) struct Signer {
    chain: ChainId,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// The one whose key was kept.
    pub(super) fn of(key: &LogKey) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(key.seed.as_slice()).map_err(|_| Error::LogKeyUnusable)?;
        Ok(Signer { chain: key.chain, pair })
    }

    /// What verifies its signatures.
    pub(super) fn verifier(&self) -> VerifierKey {
        let mut public = [0; 32];
        public.copy_from_slice(self.pair.public_key().as_ref());
        VerifierKey::new(self.chain.origin(), public)
    }

    /// The record that states how far `chain` goes.
    pub(super) fn checkpoint(&self, chain: &Chain) -> LogEvent {
        let checkpoint = chain.checkpoint();
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(checkpoint.text().as_bytes()).as_ref());
        LogEvent::Checkpoint { note: checkpoint.note(&self.verifier(), &signature) }
    }
}

/// A new key for a new chain.
pub(super) fn new_key(chain: ChainId) -> Result<LogKey> {
    let mut seed = Zeroizing::new([0; 32]);
    fill(seed.as_mut_slice())?;
    Ok(LogKey { chain, seed })
}

/// Fills `bytes` from the system's generator.
pub(super) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|source| Error::System { action: "get random numbers from the system", source: source.into() })
}
