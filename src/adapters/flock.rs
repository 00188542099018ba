//! The lock of one open file, waited for with a limit. The system frees it when its holder dies.

use std::borrow::Borrow;
use std::fs::{File, TryLockError};
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Who may hold the lock at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Any number of holders, but none that is exclusive.
    Shared,
    /// One holder.
    Exclusive,
}

impl Mode {
    fn try_lock(self, file: &File) -> Result<(), TryLockError> {
        match self {
            Mode::Shared => file.try_lock_shared(),
            Mode::Exclusive => file.try_lock(),
        }
    }

    fn lock(self, file: &File) -> io::Result<()> {
        match self {
            Mode::Shared => file.lock_shared(),
            Mode::Exclusive => file.lock(),
        }
    }
}

/// Locks the file that `owner` owns, waiting up to `limit`; `None` when it is still held elsewhere by then.
///
/// The wait is a blocking call on a thread of its own: it neither polls nor can it be woken late. A thread that
/// outlives the wait drops the owner as soon as it has the lock.
pub(crate) fn lock_within<T: Borrow<File> + Send + 'static>(
    owner: T,
    mode: Mode,
    limit: Duration,
) -> io::Result<Option<T>> {
    match mode.try_lock(owner.borrow()) {
        Ok(()) => return Ok(Some(owner)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let (taken, wait) = mpsc::sync_channel(1);
    thread::Builder::new().name("lock".to_owned()).spawn(move || {
        let _ = taken.send(mode.lock(owner.borrow()).map(|()| owner));
    })?;
    match wait.recv_timeout(limit) {
        Ok(result) => result.map(Some),
        Err(_) => Ok(None),
    }
}
