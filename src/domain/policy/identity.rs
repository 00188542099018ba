//! Which policy something was decided under.

use std::fmt;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::domain::text::hex;

/// The SHA-256 that identifies a policy in every record made under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PolicyDigest([u8; 32]);

impl PolicyDigest {
    /// The digest of a policy file's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        PolicyDigest(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for PolicyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Which policy something was decided under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyIdentity {
    /// The digest of its text.
    pub digest: PolicyDigest,
    /// The file it was read from; none for the built-in policy.
    pub path: Option<PathBuf>,
}
