//! A profile's folders are closed to other users by what they inherit; there is no mode to set.

use std::fs::{DirBuilder, File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::error::SpecialFile;

/// Opens a link itself instead of what it leads to; it is then refused for not being a plain file.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// What Windows answers where somebody has the file open: ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION.
const IN_USE: [i32; 2] = [5, 32];
/// About a second in all, so that what is refused for good is soon told.
const ATTEMPTS: u32 = 1000;
const PAUSE: Duration = Duration::from_millis(10);
/// Between two pauses: whoever opens the file again and again may do so each time that a pause ends.
const ATTEMPTS_AT_ONCE: u32 = 10;

/// What `attempt` comes to, tried again while somebody has its file open: Windows neither replaces such a file nor opens one
/// that is being replaced. Other programs of ours, virus scanners and indexers have it open for a moment only.
pub(crate) fn patiently<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let is_in_use = |error: &io::Error| error.raw_os_error().is_some_and(|code| IN_USE.contains(&code));
    for left in (0..ATTEMPTS).rev() {
        match attempt() {
            Err(error) if is_in_use(&error) => {}
            done => return done,
        }
        match left % ATTEMPTS_AT_ONCE {
            0 => thread::sleep(PAUSE),
            _ => thread::yield_now(),
        }
    }
    attempt()
}

/// Makes `options` refuse a link. A new file inherits its folder's access list.
pub(crate) fn private(options: &mut OpenOptions) {
    options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
}

pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    patiently(|| File::open(path))
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
