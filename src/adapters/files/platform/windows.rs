//! A profile's folders are closed to other users by what they inherit; there is no mode to set.

use std::fs::{DirBuilder, File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::error::SpecialFile;

/// Opens a link itself instead of what it leads to; it is then refused for not being a plain file.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// Makes `options` refuse a link. A new file inherits its folder's access list.
pub(crate) fn private(options: &mut OpenOptions) {
    options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
}

pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(crate) fn what_is(_special: FileType) -> SpecialFile {
    SpecialFile::Device
}

pub(crate) fn create_private_dir(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

pub(crate) fn close_to_others(_folder: &Path, _found: &Metadata) -> io::Result<()> {
    Ok(())
}

pub(crate) fn is_ours(_found: &Metadata) -> bool {
    true
}

pub(crate) fn is_roots(_found: &Metadata) -> bool {
    false
}

pub(crate) fn is_writable_to_others(_found: &Metadata) -> bool {
    false
}

pub(crate) fn set_mode(_file: &File, _like: Option<&Metadata>) -> io::Result<()> {
    Ok(())
}

pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
