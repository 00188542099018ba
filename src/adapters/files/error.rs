//! The errors of our own files and folders.

use std::fs::FileType;
use std::io;
use std::path::Path;

use super::platform;
use crate::error::{Error, FileError, FileFault, SpecialFile};

/// The error that `action` could not be done to the file or folder at `path`.
pub(crate) fn cannot(action: &'static str, path: &Path, source: io::Error) -> Error {
    unusable(path, FileFault::Io { action, source })
}

/// The error that the file or folder at `path` cannot be used.
pub(crate) fn unusable(path: &Path, fault: FileFault) -> Error {
    Error::OwnFile(FileError::new(path, fault))
}

/// What is wrong with a `found` that is no plain file.
pub(super) fn not_plain(found: FileType) -> FileFault {
    FileFault::NotAPlainFile(if found.is_dir() {
        SpecialFile::Folder
    } else if found.is_symlink() {
        SpecialFile::Link
    } else {
        platform::what_is(found)
    })
}
