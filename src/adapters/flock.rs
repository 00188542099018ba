//! The lock of one open file, waited for with a limit. The system frees it when its holder dies.

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

/// Locks `file`, waiting up to `limit`; `None` when it is still held elsewhere by then.
///
/// The wait is a blocking call on a thread of its own: it neither polls nor can it be woken late. A thread that
/// outlives the wait owns nothing but the open file, and closes it as soon as it has the lock.
pub(crate) fn lock_within(file: File, mode: Mode, limit: Duration) -> io::Result<Option<File>> {
    match mode.try_lock(&file) {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) if limit.is_zero() => return Ok(None),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let (taken, wait) = mpsc::sync_channel(1);
    thread::Builder::new().name("lock".to_owned()).spawn(move || {
        let _ = taken.send(mode.lock(&file).map(|()| file));
    })?;
    match wait.recv_timeout(limit) {
        Ok(result) => result.map(Some),
        Err(_) => Ok(None),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn nobody_waits_for_a_busy_lock_without_a_limit_to_wait_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = fs::canonicalize(folder.path()).unwrap().join("f");
        let open = || File::options().create(true).append(true).open(&path).unwrap();
        let holder = open();
        holder.lock().unwrap();
        for mode in [Mode::Shared, Mode::Exclusive] {
            assert!(lock_within(open(), mode, Duration::ZERO).unwrap().is_none());
        }
        let opened = fs::read_dir("/proc/self/fd").unwrap().flatten();
        let ours = opened.filter(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == path));
        assert_eq!(ours.count(), 1, "the holder's alone");
    }
}
