//! Opens private files of ours that stay open: logs and lock files.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::error::{cannot, not_plain, unusable};
use super::owner::must_be_ours_alone;
use super::path::folder_of;
use super::platform;
use crate::error::Result;

/// Opens the private file at `path` with `options`, which say whether it is created. A link is refused, not followed.
///
/// # Errors
/// When it cannot be opened, is not a plain file, is another user's, or others may write to it.
pub(crate) fn open_private(mut options: OpenOptions, path: &Path) -> Result<File> {
    platform::private(&mut options);
    checked(options.open(path).map_err(|error| cannot("open", path, error))?, path)
}

/// Opens the private file at `path` for reading and appending, creating it if need be. A new file survives a crash:
/// its folder reaches the disk before this returns.
///
/// # Errors
/// As [`open_private`], and when the folder cannot be synchronised.
pub(crate) fn open_private_append(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    platform::private(&mut options);
    let opened = match options.clone().create_new(true).open(path) {
        Ok(file) => platform::sync_folder(folder_of(path)).map(|()| file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options.open(path),
        Err(error) => Err(error),
    };
    checked(opened.map_err(|error| cannot("append to", path, error))?, path)
}

fn checked(file: File, path: &Path) -> Result<File> {
    let found = file.metadata().map_err(|error| cannot("open", path, error))?;
    if !found.is_file() {
        return Err(unusable(path, not_plain(found.file_type())));
    }
    must_be_ours_alone(&found).map_err(|fault| unusable(path, fault))?;
    Ok(file)
}
