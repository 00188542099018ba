//! Who holds a lock: the process id in the lock's file, for those who wait. The lock counts without it, and on Windows,
//! where a locked file cannot be read, waiters do without it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::adapters::files::open_private;
use crate::error::Error;

/// Writes this process's id into the file of a lock that it holds. All ids take the same space, so that the file need not
/// be truncated first: ext4 writes a file that was truncated to the disk when it is closed, which takes milliseconds.
pub(super) fn write_holder(mut file: &File) {
    let _ = file.rewind().and_then(|()| file.write_all(format!("{:<10}\n", std::process::id()).as_bytes()));
}

/// Removes the id again.
pub(super) fn erase_holder(file: &File) {
    let _ = file.set_len(0);
}

/// The error that the lock for `what`, whose file is at `path`, was not free within `limit`.
pub(super) fn still_held(what: &str, path: &Path, limit: Duration) -> Error {
    Error::LockHeld { name: what.into(), holder: read_holder(path), limit }
}

fn read_holder(path: &Path) -> Option<u32> {
    let mut options = OpenOptions::new();
    options.read(true);
    let mut text = String::new();
    open_private(options, path).ok()?.take(16).read_to_string(&mut text).ok()?;
    text.trim_end().parse().ok()
}
