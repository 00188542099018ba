//! The name of a chain.

use std::fmt;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// Names a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChainId(#[serde(with = "crate::domain::ulid_text")] Ulid);

impl ChainId {
    /// A name that is made of the time and `random`.
    pub fn new(at: jiff::Timestamp, random: u128) -> Self {
        ChainId(Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), random))
    }

    /// The log's name in checkpoints, which is also its key's.
    pub fn origin(self) -> String {
        format!("daypass/{self}")
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
