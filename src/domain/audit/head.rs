//! How far a chain goes, and what it says.

use serde::{Deserialize, Serialize};

use super::chain_id::ChainId;
use super::tree::TreeHash;

/// Where a log stands after a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The chain.
    pub chain: ChainId,
    /// How many lines it has.
    pub size: u64,
    /// The hash of all of them.
    pub root: TreeHash,
}
