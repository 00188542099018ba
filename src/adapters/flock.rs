//! The lock of one open file, waited for with a limit. The system frees it when its holder dies.

use std::fs::File;
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Locks `file`, waiting up to `limit`; `None` when it is still held elsewhere by then.
///
/// The wait is a blocking call on a thread of its own: it neither polls nor can it be woken late. A thread that
/// outlives the wait frees at once what it gets.
pub fn lock_within(file: File, limit: Duration) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => {}
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    let (taken, wait) = mpsc::sync_channel(1);
    thread::Builder::new().name("lock".to_owned()).spawn(move || {
        let _ = taken.send(file.lock().map(|()| file));
    })?;
    match wait.recv_timeout(limit) {
        Ok(result) => result.map(Some),
        Err(_) => Ok(None),
    }
}
