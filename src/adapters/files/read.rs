//! Reads files of limited size. A FIFO, a device or a huge file in a file's place is an error, never a hang.

use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::error::not_plain;
use super::owner::must_be_trusted;
use super::platform;
use crate::error::{FileError, FileFault};

/// The bytes of the file at `path`, or `None` where there is none. A link that leads nowhere is none.
///
/// # Errors
/// When it is longer than `limit` bytes, not a plain file, or cannot be read.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
    match read_accepted(path, limit, |_| Ok(())) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(FileFault::Unreadable(source)) if is_absent(&source) => Ok(None),
        Err(fault) => Err(FileError::new(path, fault)),
    }
}

/// The same of a file that decides something: one that someone else than this user and root can change is refused, and
/// so is a link that leads nowhere, because whoever put it there meant a file.
///
/// # Errors
/// As [`read_bounded`], and when it belongs to another user than this one and root, or others may write to it, or a
/// link leads nowhere.
pub(crate) fn read_trusted(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
    match read_accepted(path, limit, must_be_trusted) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(FileFault::Unreadable(source)) if is_absent(&source) && !is_cut_off(path) => Ok(None),
        Err(fault) => Err(FileError::new(path, fault)),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether `path`, which leads to no file, does so because it or a folder of it is a link that leads nowhere.
fn is_cut_off(path: &Path) -> bool {
    let last_there = path.ancestors().find(|name| fs::symlink_metadata(name).is_ok());
    last_there.is_some_and(|name| fs::metadata(name).is_err())
}

type Accept = fn(&Metadata) -> Result<(), FileFault>;

fn read_accepted(path: &Path, limit: u64, accept: Accept) -> Result<Vec<u8>, FileFault> {
    let unreadable = FileFault::Unreadable;
    // Before opening, because opening a device can have an effect on it; and after, because the file may have been
    // exchanged in between.
    check(&fs::metadata(path).map_err(unreadable)?, limit)?;
    let file = platform::open_to_read(path).map_err(unreadable)?;
    let found = file.metadata().map_err(unreadable)?;
    check(&found, limit)?;
    accept(&found)?;
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit { Err(FileFault::TooLarge { limit }) } else { Ok(bytes) }
}

fn check(found: &Metadata, limit: u64) -> Result<(), FileFault> {
    if !found.is_file() {
        Err(not_plain(found.file_type()))
    } else if found.len() > limit {
        Err(FileFault::TooLarge { limit })
    } else {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// By its program, which every Unix has; macOS lacks the call.
    fn make_fifo(path: &Path) {
        let made = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(path).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo {}", path.display());
    }

    fn refusal(path: &Path) -> String {
        let error = read_bounded(path, 1 << 20).unwrap_err();
        error.to_string().replace(path.to_str().unwrap(), "F")
    }

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "four").unwrap();
        assert_eq!(read_bounded(&path, 4).unwrap().unwrap(), b"four");
        assert!(read_bounded(&path, 3).unwrap_err().to_string().ends_with("f is larger than 3 bytes"));
        for absent in [folder.path().join("none"), path.join("below-a-file")] {
            assert!(read_bounded(&absent, 100).unwrap().is_none());
        }
    }

    #[test]
    fn what_decides_is_absent_only_where_nothing_stands_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "text").unwrap();
        std::os::unix::fs::symlink("gone", path("link")).unwrap();
        std::os::unix::fs::symlink("circle", path("circle")).unwrap();
        for absent in ["none", "no-folder/none", "file/below"] {
            assert!(read_trusted(&path(absent), 100).unwrap().is_none(), "{absent}");
        }
        for cut_off in ["link", "link/below/name", "circle"] {
            let refused = read_trusted(&path(cut_off), 100).unwrap_err();
            assert!(matches!(refused.fault, FileFault::Unreadable(_)), "{cut_off}: {refused}");
        }
        assert!(read_bounded(&path("link"), 100).unwrap().is_none(), "as the AWS CLI has it");
    }

    #[test]
    fn what_is_no_plain_file_is_refused_by_its_name_and_kind() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        make_fifo(&path("fifo"));
        let _listener = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", path("zero")).unwrap();
        for (name, kind) in [("fifo", "a FIFO"), ("socket", "a socket"), ("zero", "a device"), ("", "a folder")] {
            assert_eq!(refusal(&path(name)), format!("F is {kind}, not a plain file"));
        }
    }

    #[test]
    fn a_huge_file_is_refused_without_being_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sparse");
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(refusal(&path), "F is larger than 1 MiB");
    }

    #[test]
    fn a_file_that_says_no_size_is_bounded_all_the_same() {
        // The kernel makes the text of this one while it is read, and says that it is empty.
        assert!(fs::metadata("/proc/self/maps").is_ok_and(|found| found.len() == 0));
        assert!(read_bounded(Path::new("/proc/self/maps"), 100).is_err());
    }

    #[test]
    fn opening_a_fifo_that_took_the_files_place_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        make_fifo(&path);
        let (done, opened) = std::sync::mpsc::channel();
        std::thread::spawn(move || done.send(platform::open_to_read(&path)).unwrap());
        let opened = opened.recv_timeout(std::time::Duration::from_secs(60)).expect("opening blocks");
        assert!(!opened.unwrap().metadata().unwrap().is_file());
    }
}
