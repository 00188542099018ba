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

/// Windows neither replaces a file that somebody has open nor opens one that is being replaced. Other programs of ours,
/// virus scanners and indexers have it open for a moment only.
pub(crate) struct Patience {
    /// How many attempts are left.
    left: u32,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Patience { left: ATTEMPTS }
    }

    /// Whether what failed with `error` may succeed now: then a while has passed.
    pub(crate) fn outlasts(&mut self, error: &io::Error) -> bool {
        let is_in_use = error.raw_os_error().is_some_and(|code| IN_USE.contains(&code));
        if !is_in_use || self.left == 0 {
            return false;
        }
        self.left -= 1;
        match self.left % ATTEMPTS_AT_ONCE {
            0 => thread::sleep(PAUSE),
            _ => thread::yield_now(),
        }
        true
    }
}

/// Makes `options` refuse a link. A new file inherits its folder's access list.
pub(crate) fn private(options: &mut OpenOptions) {
    options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
}

pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    let mut patience = Patience::new();
    loop {
        match File::open(path) {
            Err(error) if patience.outlasts(&error) => {}
            opened => return opened,
        }
    }
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
