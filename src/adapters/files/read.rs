//! Reads files of limited size. A FIFO, a device or a huge file in a file's place is an error, never a hang.

use std::fs::{self, FileType, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::platform;
use crate::error::{Error, Kind};

const MIB: u64 = 1 << 20;

/// Why the file at `path` was not read.
#[derive(Debug, thiserror::Error)]
#[error("{}", .problem.of(.path))]
pub(crate) struct ReadError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    NotPlain(&'static str),
    TooLarge(u64),
    Io(io::Error),
}

impl Problem {
    fn of(&self, path: &Path) -> String {
        let path = path.display();
        match self {
            Problem::NotPlain(what) => format!("{path} is {what}, not a plain file"),
            Problem::TooLarge(limit) => format!("{path} is larger than {}", size(*limit)),
            Problem::Io(error) => format!("cannot read {path}: {error}"),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Problem::Io(error)
    }
}

impl ReadError {
    /// The error that people see.
    pub(crate) fn into_error(self, kind: Kind) -> Error {
        let hint = format!("ls -ld {}", self.path.display());
        Error::new(kind, self.to_string()).hint(hint)
    }
}

/// The bytes of the file at `path`, or `None` where there is none.
///
/// # Errors
/// When it is longer than `limit` bytes, not a plain file, or cannot be read.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, ReadError> {
    match read(path, limit) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Problem::Io(error)) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(problem) => Err(ReadError { path: path.to_owned(), problem }),
    }
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Problem> {
    // Before opening, because opening a device can have an effect on it; and after, because the file may have been
    // exchanged in between.
    check(&fs::metadata(path)?, limit)?;
    let file = platform::open_to_read(path)?;
    let found = file.metadata()?;
    check(&found, limit)?;
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(Problem::TooLarge(limit)) } else { Ok(bytes) }
}

fn check(found: &Metadata, limit: u64) -> Result<(), Problem> {
    if !found.is_file() {
        Err(Problem::NotPlain(what_is(found.file_type())))
    } else if found.len() > limit {
        Err(Problem::TooLarge(limit))
    } else {
        Ok(())
    }
}

fn what_is(special: FileType) -> &'static str {
    if special.is_dir() { "a folder" } else { platform::what_is(special) }
}

fn size(bytes: u64) -> String {
    if bytes >= MIB && bytes.is_multiple_of(MIB) { format!("{} MiB", bytes / MIB) } else { format!("{bytes} bytes") }
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    fn refusal(path: &Path) -> String {
        let error = read_bounded(path, MIB).unwrap_err().into_error(Kind::Usage);
        error.summary().replace(path.to_str().unwrap(), "F")
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
    fn what_is_no_plain_file_is_refused_by_its_name_and_kind() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        mknodat(CWD, path("fifo"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
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
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let (done, opened) = std::sync::mpsc::channel();
        std::thread::spawn(move || done.send(platform::open_to_read(&path)).unwrap());
        let opened = opened.recv_timeout(std::time::Duration::from_secs(60)).expect("opening blocks");
        assert!(!opened.unwrap().metadata().unwrap().is_file());
    }
}
