//! The plain, append-only log of elevations: one JSON object a line in the state folder.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::files::{append_line_private, ensure_private_dir};
use crate::error::{Error, Result};
use crate::ports;
use crate::ports::{ElevationEvent, ElevationStep};

/// The log in one state folder.
pub struct ElevationLog {
    folder: PathBuf,
    program: &'static str,
}

impl ElevationLog {
    /// The log in `folder`.
    pub fn new(folder: &Path) -> Self {
        ElevationLog { folder: folder.to_owned(), program: concat!("daypass ", env!("CARGO_PKG_VERSION")) }
    }
}

/// One line. Integers and texts only, so that a later log can take the lines over as they are.
#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    at: String,
    program: &'a str,
    what: &'static str,
    elevation: String,
    session: &'a str,
    portal: String,
    account: &'a str,
    role: &'a str,
    tier: &'static str,
    reason: &'a str,
    ends_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aws_ends_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

impl ports::ElevationLog for ElevationLog {
    fn append(&self, event: &ElevationEvent<'_>) -> Result<()> {
        let (what, access_key_id, aws_ends_at, why) = match &event.what {
            ElevationStep::Intent => ("intent", None, None, None),
            ElevationStep::Granted { access_key_id, aws_ends_at } => {
                ("granted", Some(*access_key_id), Some(aws_ends_at.to_string()), None)
            }
            ElevationStep::Failed { why } => ("failed", None, None, Some(why.as_str())),
        };
        let line = Line {
            v: 1,
            at: event.at.at.wall.to_string(),
            program: self.program,
            what,
            elevation: format!("{:016x}", event.elevation.id),
            session: event.session.name.as_str(),
            portal: event.session.start_url.host(),
            account: event.target.account.as_str(),
            role: event.target.role.as_str(),
            tier: event.tier.word(),
            reason: event.elevation.reason.as_str(),
            ends_at: event.elevation.until.to_string(),
            access_key_id,
            aws_ends_at,
            why,
        };
        let line = serde_json::to_string(&line).map_err(|error| not_written(&error))?;
        let written = ensure_private_dir(&self.folder)
            .and_then(|()| append_line_private(&self.folder.join("elevations.jsonl"), &line));
        written.map_err(|error| not_written(&error).hint("an elevation that cannot be recorded is refused"))
    }
}

fn not_written(error: &dyn std::fmt::Display) -> Error {
    Error::failed("cannot write the elevation log").because(error.to_string())
}
