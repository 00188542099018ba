//! Whether anyone uses the locks of a folder, so that lock files are removed when nobody does.
//!
//! Everyone who waits for a lock or holds one shares the lock of the file `in-use`. Whoever leaves tries to get that
//! lock alone: that succeeds for the last one, who then removes all lock files, those of killed processes included.
//! No file is removed that anyone has open who may still use it, so a lock is never held through a file that is gone,
//! and Windows, where an open file's name stays taken, needs no rule of its own. Whoever gives up waiting leaves at once;
//! its file is closed when the lock comes free.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::holder::{still_held, write_holder};
use crate::adapters::files::{self, open_private};
use crate::adapters::flock::{Mode, lock_within};
use crate::error::Result;

/// One use of a folder's locks, from before waiting for a lock until after it is freed.
#[derive(Debug)]
pub(super) struct InUse {
    folder: PathBuf,
    file: File,
}

impl InUse {
    /// Begins a use, waiting up to `limit` for someone who is removing files.
    pub(super) fn begin(folder: &Path, limit: Duration) -> Result<Self> {
        let path = folder.join("in-use");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        let file = open_private(options, &path)?;
        match lock_within(file, Mode::Shared, limit) {
            Ok(Some(file)) => Ok(InUse { folder: folder.to_owned(), file }),
            Ok(None) => Err(still_held("the lock folder", &path, limit)),
            Err(error) => Err(files::cannot("lock", &path, error)),
        }
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        // Windows grants no exclusive lock beside a shared one of our own. Wine reports an error though it unlocks.
        let _ = self.file.unlock();
        if self.file.try_lock().is_ok() {
            write_holder(&self.file);
            remove_lock_files(&self.folder);
            // Explicitly, because a child process that is just being started shares the file until it runs its program.
            let _ = self.file.unlock();
        }
    }
}

/// A file that cannot be removed stays until the next time.
fn remove_lock_files(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "lock") {
            let _ = fs::remove_file(path);
        }
    }
}
