//! What can be wrong with a file or folder.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::text::{Untrusted, visible};

/// A file or folder that cannot be used.
#[derive(Debug)]
pub struct FileError {
    /// Where it is.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: FileFault,
}

/// What is wrong with a file or folder.
#[derive(Debug)]
pub enum FileFault {
    /// It is not there, though something names it.
    Missing {
        /// What the file is.
        what: &'static str,
        /// Who names it: a variable, or a line of another file.
        named_by: Untrusted,
    },
    /// The system does not let it be read.
    Unreadable(io::Error),
    /// The system refused something else.
    Io {
        /// What was tried, such as `write`.
        action: &'static str,
        /// Why it was refused.
        source: io::Error,
    },
    /// It is larger than any such file can be.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// It is something else than a file.
    NotAPlainFile(SpecialFile),
    /// It is no folder.
    NotAFolder,
    /// It belongs to another user.
    OtherOwner,
    /// Other users may write to it.
    WritableToOthers,
    /// Another process keeps it locked.
    Locked,
    /// Its text cannot be used as it stands.
    Invalid {
        /// The line, counted from 1.
        line: Option<u32>,
        /// The column, counted from 1, where it is known.
        column: Option<u32>,
        /// What is wrong there.
        what: Untrusted,
    },
    /// A profile's SSO session cannot be told, because it says otherwise than the `[sso-session]` it names.
    Contradicts {
        /// The line, counted from 1.
        line: u32,
        /// The key that the profile has and need not have.
        key: &'static str,
        /// What is wrong there.
        what: Untrusted,
    },
    /// A profile is not one of IAM Identity Center's.
    NotAnSsoProfile {
        /// The line, counted from 1.
        line: u32,
        /// What it is instead.
        what: Untrusted,
    },
    /// A section of that name is there already, and it is not one that may be changed without being asked.
    SectionTaken {
        /// The section's header, and where it is.
        section: Untrusted,
    },
    /// It is not in an encoding that AWS's tools read.
    NotUtf8,
}

/// What stands where a plain file is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialFile {
    /// A folder.
    Folder,
    /// A symbolic link, where it is not followed.
    Link,
    /// A named pipe.
    Fifo,
    /// A Unix-domain socket.
    Socket,
    /// A character or block device.
    Device,
}

impl fmt::Display for SpecialFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SpecialFile::Folder => "a folder",
            SpecialFile::Link => "a link",
            SpecialFile::Fifo => "a FIFO",
            SpecialFile::Socket => "a socket",
            SpecialFile::Device => "a device",
        })
    }
}

impl FileError {
    /// What is wrong with the file at `path`.
    pub fn new(path: &Path, fault: FileFault) -> Self {
        FileError { path: path.to_owned(), fault }
    }

    /// The file at `path` is not there, though `named_by` names it.
    pub fn missing(what: &'static str, path: &Path, named_by: &dyn fmt::Display) -> Self {
        FileError::new(path, FileFault::Missing { what, named_by: Untrusted::new(named_by.to_string()) })
    }

    /// The text of the file at `path` is wrong at `line`.
    pub fn invalid(path: &Path, line: u32, what: impl fmt::Display) -> Self {
        let what = Untrusted::new(what.to_string());
        FileError::new(path, FileFault::Invalid { line: Some(line), column: None, what })
    }

    /// The same, at `column` of that line.
    pub fn invalid_at(path: &Path, line: u32, column: u32, what: impl fmt::Display) -> Self {
        let what = Untrusted::new(what.to_string());
        FileError::new(path, FileFault::Invalid { line: Some(line), column: Some(column), what })
    }

    /// The message and its cause on one line, for where there is room for one text alone.
    pub(crate) fn with_cause(&self) -> String {
        match self.source() {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&self.path);
        match &self.fault {
            FileFault::Missing { what, named_by } => {
                write!(f, "the {what} {path}, which {named_by} names, is not there")
            }
            FileFault::Unreadable(_) => write!(f, "cannot read {path}"),
            FileFault::Io { action, .. } => write!(f, "cannot {action} {path}"),
            FileFault::TooLarge { limit } => write!(f, "{path} is larger than {}", Size(*limit)),
            FileFault::NotAPlainFile(special) => write!(f, "{path} is {special}, not a plain file"),
            FileFault::NotAFolder => write!(f, "{path} is not a folder"),
            FileFault::OtherOwner => write!(f, "{path} belongs to another user"),
            FileFault::WritableToOthers => write!(f, "other users may write to {path}"),
            FileFault::Locked => write!(f, "another process keeps {path} locked"),
            FileFault::Invalid { line: Some(line), column: Some(column), what } => {
                write!(f, "{path} line {line}, column {column}: {what}")
            }
            FileFault::Invalid { line: Some(line), what, .. }
            | FileFault::Contradicts { line, what, .. }
            | FileFault::NotAnSsoProfile { line, what } => write!(f, "{path} line {line}: {what}"),
            FileFault::Invalid { line: None, what, .. } => write!(f, "{path}: {what}"),
            FileFault::SectionTaken { section } => write!(f, "{path} was not changed: {section}"),
            FileFault::NotUtf8 => {
                write!(f, "{path} was not changed: it is not UTF-8, which is all that AWS's tools read")
            }
        }
    }
}

impl StdError for FileError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.fault {
            FileFault::Unreadable(source) | FileFault::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// A path, safe to show.
pub(super) fn shown(path: &Path) -> String {
    visible(&path.display().to_string())
}

/// A number of bytes in the largest unit that leaves it whole.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes > 0 && bytes % (1 << 20) == 0 => write!(f, "{} MiB", bytes >> 20),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}
