//! Records that could not be written though what they record went on: they are counted, and the next record says so.
//!
//! One byte each, in a file beside the log: on a full disk the rest of its block is still there.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::adapters::files::open_private;

fn path(folder: &Path) -> PathBuf {
    folder.join("audit-lost")
}

/// Counts one more. Where that cannot be written either, nobody will know.
pub(super) fn add(folder: &Path) {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    let added = open_private(options, &path(folder)).map(|mut file| file.write_all(b"."));
    if !matches!(added, Ok(Ok(()))) {
        tracing::warn!("a record was lost, and that could not be written down");
    }
}

/// How many there are.
pub(super) fn count(folder: &Path) -> u64 {
    path(folder).symlink_metadata().map_or(0, |found| found.len())
}

/// Begins anew: the log says how many there were.
pub(super) fn forget(folder: &Path) {
    let _ = std::fs::remove_file(path(folder));
}
