//! Names an elevation in records, in the index and beside the credentials fetched under it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// A ULID: sorts by the time of its making, and fits where 26 letters and digits do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ElevationId(Ulid);

impl ElevationId {
    /// The id of an elevation asked for at `at`; `random` tells it from others of the same millisecond.
    pub fn new(at: Timestamp, random: u128) -> Self {
        ElevationId(Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), random))
    }
}

impl TryFrom<String> for ElevationId {
    type Error = ulid::DecodeError;
    fn try_from(text: String) -> Result<Self, ulid::DecodeError> {
        Ulid::from_string(&text).map(ElevationId)
    }
}

impl From<ElevationId> for String {
    fn from(id: ElevationId) -> String {
        id.to_string()
    }
}

impl fmt::Display for ElevationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
