//! The errors of writing files.

use std::io;
use std::path::Path;

use super::path::folder_of;
use crate::error::Error;

/// The error that `what` could not be done to the file or folder at `path`.
pub(super) fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::failed(format!("cannot {what} {}", path.display()))
        .because(error)
        .hint(format!("see who may write there: ls -ld {}", folder_of(path).display()))
}

/// The error that `path` is a folder, a FIFO, a device or a socket.
pub(super) fn not_plain(path: &Path) -> Error {
    Error::failed(format!("{} is not a plain file", path.display())).hint(format!("ls -ld {}", path.display()))
}
