//! Records that could not be written though what they record went on: they are counted, and the next record says so.
//!
//! One byte each, in a file beside the log: on a full disk the rest of its block is still there. The file has a lock of its
//! own, because whoever adds to it may be one who waited for the log's in vain.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::adapters::files::open_private;
use crate::adapters::flock::{Mode, lock_within};

/// How long the file's lock is waited for. It is held for one change of its length.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

fn path(folder: &Path) -> PathBuf {
    folder.join("audit-lost")
}

/// The file, locked.
fn locked(folder: &Path) -> Option<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    lock_within(open_private(options, &path(folder)).ok()?, Mode::Exclusive, LOCK_TIMEOUT).ok()?
}

/// Counts one more. Where that cannot be written either, nobody will know.
pub(super) fn add(folder: &Path) {
    let added = locked(folder).map(|mut file| file.seek(SeekFrom::End(0)).and_then(|_| file.write_all(b".")));
    if !matches!(added, Some(Ok(()))) {
        tracing::warn!("a record was lost, and that could not be written down");
    }
}

/// How many there are.
pub(super) fn count(folder: &Path) -> u64 {
    path(folder).symlink_metadata().map_or(0, |found| found.len())
}

/// Forgets as many as the log tells of now; what was lost since stays.
pub(super) fn forget(folder: &Path, told: u64) {
    let forgotten = locked(folder).and_then(|file| {
        let left = file.metadata().ok()?.len().saturating_sub(told);
        file.set_len(left).ok()
    });
    if forgotten.is_none() {
        tracing::warn!("lost records are recorded, and will be counted again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_while_others_are_recorded_is_counted_later() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(count(folder), 0);
        (0..3).for_each(|_| add(folder));
        let told = count(folder);
        add(folder);
        forget(folder, told);
        assert_eq!((told, count(folder)), (3, 1));
    }
}
