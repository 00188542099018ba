//! One line of the log: what every record carries, and the record, in canonical form (RFC 8785).

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ulid::Ulid;

use super::chain_id::ChainId;
use super::tree::TreeHash;
use crate::domain::time::{BootReading, Now, Stamp};

/// The longest line, in bytes, without its line feed.
pub const LONGEST: usize = 16_384;

/// The version of the format.
const VERSION: u32 = 1;

/// What is written with a record beside its place in the chain.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Names the record.
    pub event_id: Ulid,
    /// When it was recorded.
    pub at: Stamp,
    /// What wrote it.
    pub writer: Writer,
}

/// What wrote a record, and as whom.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The program's version.
    pub tool_version: &'static str,
    /// The machine's name, where it has one.
    pub host: Option<String>,
    /// The user's name, where it has one.
    pub os_user: Option<String>,
}

/// What every line carries beside its event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    v: u32,
    /// The chain.
    pub chain: ChainId,
    /// Its place there, from 0.
    pub seq: u64,
    /// The hash of the line before, in hex.
    pub prev: TreeHash,
    #[serde(with = "crate::domain::ulid_text")]
    event_id: Ulid,
    /// When it was recorded, by our own clock.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    ts: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aws_skew_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boot_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mono_ms: Option<u64>,
    tool_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    os_user: Option<String>,
}

impl Envelope {
    /// The envelope of the line at this place of `chain`.
    pub fn new(chain: ChainId, seq: u64, prev: TreeHash, origin: &Origin) -> Self {
        let Now { wall, boot, .. } = origin.at.at;
        Envelope {
            v: VERSION,
            chain,
            seq,
            prev,
            event_id: origin.event_id,
            ts: wall,
            aws_skew_ms: origin.at.aws_offset.and_then(|offset| i64::try_from(offset.as_millis()).ok()),
            boot_id: boot.map(|boot| format!("{:016x}", boot.boot_id)),
            mono_ms: boot.map(|boot| boot.millis),
            tool_version: origin.writer.tool_version.to_owned(),
            host: origin.writer.host.clone(),
            os_user: origin.writer.os_user.clone(),
        }
    }

    /// When it was recorded, by our clocks and AWS's.
    pub fn at(&self) -> Stamp {
        let boot_id = self.boot_id.as_ref().and_then(|id| u64::from_str_radix(id, 16).ok());
        let boot = boot_id.zip(self.mono_ms).map(|(boot_id, millis)| BootReading { boot_id, millis });
        let aws_offset = self.aws_skew_ms.map(jiff::SignedDuration::from_millis);
        Stamp { at: Now { wall: self.ts, boot, latest_aws_time: None }, aws_offset }
    }
}

/// A line with its event: one of [`super::Event`] or [`super::LogEvent`] when it is written, any when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line<E> {
    /// Its place and origin.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// What happened.
    #[serde(flatten)]
    pub event: E,
}

/// The kind and data of an event, whatever they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnyEvent {
    /// Its kind.
    pub kind: String,
    data: Value,
}

impl AnyEvent {
    /// The event, where it is one of `E`.
    pub fn read<E: DeserializeOwned>(&self) -> Option<E> {
        let value = serde_json::json!({ "kind": self.kind, "data": self.data });
        serde_json::from_value(value).ok()
    }
}

/// Why something is no line, or cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    /// It is longer than lines are.
    #[error("is longer than {LONGEST} bytes")]
    TooLong,
    /// It is not JSON with the fields of a line.
    #[error("is none: {0}")]
    NoRecord(String),
    /// It is a record in another form than the canonical one.
    #[error("is not in canonical form")]
    NotCanonical,
}

impl<E: Serialize> Line<E> {
    /// The canonical bytes, without a line feed.
    pub fn to_bytes(&self) -> Result<Vec<u8>, InvalidLine> {
        let bytes = canonical(self)?;
        if bytes.len() <= LONGEST { Ok(bytes) } else { Err(InvalidLine::TooLong) }
    }
}

impl Line<AnyEvent> {
    /// Reads a line, given without its line feed, that is in canonical form.
    pub fn read(bytes: &[u8]) -> Result<Self, InvalidLine> {
        if bytes.len() > LONGEST {
            return Err(InvalidLine::TooLong);
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|why| InvalidLine::NoRecord(why.to_string()))?;
        if canonical(&value)? != bytes {
            return Err(InvalidLine::NotCanonical);
        }
        let line: Self = serde_json::from_value(value).map_err(|why| InvalidLine::NoRecord(why.to_string()))?;
        if line.envelope.v == VERSION { Ok(line) } else { Err(InvalidLine::NoRecord("another version".to_owned())) }
    }
}

fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, InvalidLine> {
    serde_json_canonicalizer::to_vec(value).map_err(|why| InvalidLine::NoRecord(why.to_string()))
}
