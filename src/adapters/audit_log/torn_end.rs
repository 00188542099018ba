//! What a crash has left without a line's end: it is copied to a file of its own, so that no record is ever joined to it.
//!
//! Whoever is killed on the way has left the torn end, or a copy whose name says that the log has no record of it yet.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::adapters::files::{LogFile, cannot, read_bounded, rename, write_private};
use crate::domain::audit::Recovered;
use crate::domain::text::hex;
use crate::error::{Error, Result};

/// Ends the name of a copy that the log has no record of yet.
const UNRECORDED: &str = "unrecorded";
/// More than a torn end can have.
const LONGEST: u64 = 1 << 20;

/// A copy of a torn end that has no record yet.
pub(super) struct TornEnd {
    copy: PathBuf,
    /// What its record says.
    pub(super) recovered: Recovered,
}

impl TornEnd {
    /// Takes the mark off the copy's name: the log has its record.
    pub(super) fn is_recorded(&self) -> Result<()> {
        rename(&self.copy, &self.copy.with_extension(""))
    }
}

/// Moves what stands behind the last line feed of `bytes`, which is what `log` holds, out of it and of the file.
pub(super) fn set_aside(folder: &Path, log: &mut LogFile, bytes: &mut Vec<u8>) -> Result<()> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    if whole == bytes.len() {
        return Ok(());
    }
    let torn = bytes.split_off(whole);
    let digest = hex(&Sha256::digest(&torn));
    write_private(&folder.join(format!("audit.torn-{}.{UNRECORDED}", &digest[..16])), &torn)?;
    log.cut_to(whole as u64)
}

/// The copies that have no record yet.
pub(super) fn unrecorded(folder: &Path) -> Result<Vec<TornEnd>> {
    let cannot_list = |error| cannot("list", folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot_list)? {
        let copy = entry.map_err(cannot_list)?.path();
        if copy.extension().is_none_or(|extension| extension != UNRECORDED) {
            continue;
        }
        let Some(torn) = read_bounded(&copy, LONGEST).map_err(Error::OwnFile)? else { continue };
        let recovered = Recovered { bytes: torn.len() as u64, sha256: hex(&Sha256::digest(&torn)) };
        found.push(TornEnd { copy, recovered });
    }
    Ok(found)
}
