//! A file that lines are appended to: whole lines or nothing. Whoever writes holds a lock of its own.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::error::{cannot, unusable};
use super::open::open_private_append;
use crate::error::{FileFault, Result};

/// A private file, open for appending.
pub(crate) struct LogFile {
    file: File,
    path: PathBuf,
}

/// Whether an append waits until the disk has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It does.
    OnDisk,
    /// It does not: a crash of the system may take the last lines away.
    WhenConvenient,
}

impl LogFile {
    /// Opens the file at `path`, creating it if need be.
    ///
    /// # Errors
    /// As [`open_private_append`].
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Ok(LogFile { file: open_private_append(path)?, path: path.to_owned() })
    }

    /// Appends `lines`, each with a line feed, in one write. After a failure the file is as it was.
    ///
    /// # Errors
    /// It cannot be written, or the disk does not have it.
    pub(crate) fn append(&mut self, lines: &[Vec<u8>], durability: Durability) -> Result<()> {
        let bytes: Vec<u8> = lines.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect();
        self.write(&bytes, durability).map_err(|error| cannot("append to", &self.path, error))
    }

    fn write(&mut self, bytes: &[u8], durability: Durability) -> io::Result<()> {
        let end = self.file.seek(SeekFrom::End(0))?;
        let written = self.file.write_all(bytes).and_then(|()| match durability {
            Durability::OnDisk => self.file.sync_data(),
            Durability::WhenConvenient => Ok(()),
        });
        if written.is_err() {
            self.file.set_len(end)?;
        }
        written
    }

    /// All of it, up to `limit` bytes.
    ///
    /// # Errors
    /// It is longer, or cannot be read.
    pub(crate) fn read(&mut self, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let start = self.file.seek(SeekFrom::Start(0));
        start
            .and_then(|_| (&mut self.file).take(limit + 1).read_to_end(&mut bytes))
            .map_err(|error| cannot("read", &self.path, error))?;
        if bytes.len() as u64 > limit { Err(unusable(&self.path, FileFault::TooLarge { limit })) } else { Ok(bytes) }
    }

    /// Cuts it to its first `length` bytes.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn cut_to(&mut self, length: u64) -> Result<()> {
        self.file.set_len(length).map_err(|error| cannot("cut the end of", &self.path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_in_one_piece_and_the_end_can_be_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let mut log = LogFile::open(&path).unwrap();
        log.append(&[b"one".to_vec(), b"two".to_vec()], Durability::OnDisk).unwrap();
        LogFile::open(&path).unwrap().append(&[b"three".to_vec()], Durability::WhenConvenient).unwrap();
        assert_eq!(log.read(100).unwrap(), b"one\ntwo\nthree\n");
        assert!(log.read(13).is_err());
        log.cut_to(8).unwrap();
        assert_eq!(log.read(100).unwrap(), b"one\ntwo\n");
    }
}
