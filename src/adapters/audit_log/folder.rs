//! The log's files in the state folder: `audit-000001.jsonl` and on, and the lock of whoever writes.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::adapters::files::{cannot, open_private, unusable};
use crate::adapters::flock::{Mode, lock_within};
use crate::error::{FileFault, Result};

/// The number of the first file.
pub(super) const FIRST: u32 = 1;

/// The file with this number.
pub(super) fn file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("audit-{number:06}.jsonl"))
}

/// The number of the last file, from `known` on, which is there or the first; files follow each other without a gap.
pub(super) fn last(folder: &Path, known: u32) -> Option<u32> {
    let is_there = |number: &u32| file(folder, *number).symlink_metadata().is_ok();
    (known..u32::MAX).take_while(is_there).last()
}

/// The number of the first file that is still there. Whole oldest files may have been deleted.
pub(super) fn first(folder: &Path) -> Result<Option<u32>> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("list", folder, error)),
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter_map(|name| number_of(&name)).min())
}

fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("audit-")?.strip_suffix(".jsonl")?;
    let number = digits.parse().ok()?;
    // There is always a next one.
    (number < u32::MAX && file(Path::new(""), number).to_str() == Some(name)).then_some(number)
}

/// Waits for the lock of the log in `folder`, for as long as `limit`; the file that is returned holds it.
pub(super) fn lock(folder: &Path, limit: Duration) -> Result<File> {
    let path = folder.join("audit.lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    let file = open_private(options, &path)?;
    match lock_within(file, Mode::Exclusive, limit).map_err(|error| cannot("lock", &path, error))? {
        Some(file) => Ok(file),
        None => Err(unusable(&path, FileFault::Locked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_file_is_found_from_any_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!((first(folder.path()).unwrap(), last(folder.path(), FIRST)), (None, None));
        for name in
            ["audit-000003.jsonl", "audit-000004.jsonl", "audit-5.jsonl", "audit-000009.jsonl.bak", "audit.lock"]
        {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(
            (number_of("audit-4294967294.jsonl"), number_of("audit-4294967295.jsonl")),
            (Some(u32::MAX - 1), None)
        );
        assert_eq!(first(folder.path()).unwrap(), Some(3));
        assert_eq!((last(folder.path(), 3), last(folder.path(), 4), last(folder.path(), 5)), (Some(4), Some(4), None));
    }
}
