//! Locks between processes: one file a name, held through the kernel, so that a lock dies with its holder.

mod holder;
mod in_use;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::holder::{erase_holder, still_held, write_holder};
use self::in_use::InUse;
use crate::adapters::files;
use crate::adapters::flock::{Mode, lock_within};
use crate::error::Result;
use crate::ports;

/// The locks whose files lie in one folder.
#[derive(Debug, Clone)]
pub struct Locks {
    folder: PathBuf,
}

impl Locks {
    /// Locks in `folder`, which is made when the first one is taken.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Locks { folder: folder.into() }
    }

    /// Takes the lock called `name`, waiting for it up to `limit`. Blocks the calling thread; waiters sleep in the
    /// kernel, which wakes them the moment the lock is free.
    ///
    /// # Errors
    /// [`Kind::Failed`](crate::error::Kind::Failed) when the folder or file cannot be used, or when the lock is
    /// still held after `limit`; the message then names the holder's process.
    pub fn acquire(&self, name: &str, limit: Duration) -> Result<Guard> {
        let started = Instant::now();
        files::ensure_private_dir(&self.folder)?;
        let in_use = InUse::begin(&self.folder, limit)?;
        let path = self.folder.join(format!("{}.lock", files::hashed_name(name)));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        let file = files::open_private(options, &path)?;
        match lock_within(file, Mode::Exclusive, limit.saturating_sub(started.elapsed())) {
            Ok(Some(file)) => Ok(Guard::new(file, in_use)),
            Ok(None) => Err(still_held(name, &path, limit)),
            Err(error) => Err(files::cannot("lock", &path, error)),
        }
    }
}

/// A lock that is held; dropping it, or the death of this process, frees it.
///
/// The fields are dropped in this order: the file is closed before the folder counts as unused.
#[derive(Debug)]
#[must_use = "the lock is freed when the guard is dropped"]
pub struct Guard {
    file: File,
    _in_use: InUse,
}

impl Guard {
    fn new(file: File, in_use: InUse) -> Self {
        write_holder(&file);
        Guard { file, _in_use: in_use }
    }
}

impl ports::LockGuard for Guard {}

impl ports::Locks for Locks {
    fn acquire(&self, name: &str, timeout: Duration) -> Result<Box<dyn ports::LockGuard>> {
        Ok(Box::new(Locks::acquire(self, name, timeout)?))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        erase_holder(&self.file);
        let _ = self.file.unlock();
    }
}
