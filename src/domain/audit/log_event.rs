//! What the audit log says about itself.

use serde::{Deserialize, Serialize};

use super::chain_id::ChainId;
use super::head::Head;

/// A record of the log about itself, with its kind and data as a line has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum LogEvent {
    /// A chain begins.
    #[serde(rename = "log.created")]
    Created {
        /// What verifies its checkpoints; none where they are not signed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vkey: Option<String>,
        /// Where the chain before it in the same folder ended, as far as is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Previous>,
        /// Why that one does not go on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        discontinued: Option<Discontinued>,
    },
    /// A further file of the chain begins.
    #[serde(rename = "log.opened")]
    Opened {
        /// How many lines the chain has before it.
        size: u64,
        /// The roots of the maximal perfect subtrees over these, left to right, in base64.
        frontier: Vec<String>,
    },
    /// A file is full.
    #[serde(rename = "log.closed")]
    Closed {},
    /// Bytes that were no whole line were set aside.
    #[serde(rename = "log.recovered")]
    Recovered(Recovered),
    /// Records could not be written.
    #[serde(rename = "log.lost")]
    Lost {
        /// How many.
        count: u64,
    },
    /// The keyring did not take the head.
    #[serde(rename = "log.head_not_kept")]
    HeadNotKept {
        /// Of how many lines.
        size: u64,
    },
    /// How far the chain goes and what it says, signed.
    #[serde(rename = "checkpoint")]
    Checkpoint {
        /// The signed note.
        note: String,
    },
}

/// What was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256, in hex.
    pub sha256: String,
}

/// Where a chain ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The chain.
    pub chain: ChainId,
    /// How many lines it had.
    pub size: u64,
    /// Their root, in base64.
    pub root: String,
}

impl From<Head> for Previous {
    fn from(head: Head) -> Self {
        Previous { chain: head.chain, size: head.size, root: head.root.to_base64() }
    }
}

/// Why a chain does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discontinued {
    /// Its key is not in the keyring.
    KeyLost,
    /// Its lines are not those that the keyring knows to have been written.
    NotExtending,
    /// Its lines do not follow from each other.
    Broken,
    /// No line is there, though the keyring knows of some.
    Missing,
    /// The store that is used keeps no key: what follows is not signed.
    NotSigned,
}
