//! Owners and modes.

use std::fs::{self, DirBuilder, File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use rustix::fs::OFlags;

use crate::error::SpecialFile;

/// What `attempt` comes to. A file can be replaced here whoever has it open.
pub(crate) fn patiently<T>(attempt: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    attempt()
}

/// Makes `options` create a file for its owner alone and refuse a link. A FIFO in the file's place does not block.
pub(crate) fn private(options: &mut OpenOptions) {
    options.mode(0o600).custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK));
}

/// Opens a file of any owner. Neither a FIFO nor a terminal in its place has an effect on us.
pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK | OFlags::NOCTTY)).open(path)
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

pub(crate) fn what_is(special: FileType) -> SpecialFile {
    if special.is_fifo() {
        SpecialFile::Fifo
    } else if special.is_socket() {
        SpecialFile::Socket
    } else {
        SpecialFile::Device
    }
}

pub(crate) fn create_private_dir(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

pub(crate) fn close_to_others(folder: &Path, found: &Metadata) -> io::Result<()> {
    if found.mode() & 0o777 == 0o700 {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

pub(crate) fn is_ours(found: &Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw()
}

pub(crate) fn is_roots(found: &Metadata) -> bool {
    found.uid() == 0
}

pub(crate) fn is_writable_to_others(found: &Metadata) -> bool {
    found.mode() & 0o022 != 0
}

/// Gives the new file mode and group of `like`; where the group cannot be kept, it loses its rights.
pub(crate) fn set_mode(file: &File, like: Option<&Metadata>) -> io::Result<()> {
    let mut mode = 0o600;
    if let Some(like) = like {
        mode = like.mode() & 0o777;
        if file.metadata()?.gid() != like.gid() && fchown(file, None, Some(like.gid())).is_err() {
            mode &= !0o070;
        }
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network file systems have no such thing; the rename is as durable there as it gets.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}
