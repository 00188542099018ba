//! Reads the config file.

use std::fmt;
use std::path::{Path, PathBuf};

use super::model::{Config, parse};
use crate::adapters::files::read_bounded;
use crate::error::{Error, Result};

/// The largest file read, in bytes; 10,000 profiles take about two million.
const LARGEST: u64 = 64 << 20;

/// The bytes of a config file and where they came from. People keep secrets there, so `Debug` shows no bytes.
#[derive(Clone)]
pub struct ConfigFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile").field("path", &self.path).field("length", &self.bytes.len()).finish()
    }
}

impl ConfigFile {
    /// Reads the file at `path`; one that is not there is empty.
    ///
    /// # Errors
    /// It is not a plain file, is larger than 64 MiB, or cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = read_bounded(path, LARGEST).map_err(Error::UserFile)?;
        Ok(ConfigFile { path: path.to_owned(), bytes: bytes.unwrap_or_default() })
    }

    /// What the file says; borrowed from it.
    pub fn config(&self) -> Config<'_> {
        parse(&self.path, &self.bytes)
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn debugging_shows_nothing_of_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "[profile p]\naws_secret_access_key = s3cr3t\ncredential_process = x --token s3cr3t\n")
            .unwrap();
        let file = ConfigFile::read(&path).unwrap();
        let shown = format!("{file:?} {:?}", file.config());
        assert!(!shown.contains("s3cr3t") && !shown.contains("115, 51, 99"), "{shown}");
        assert!(shown.contains("line 3"), "{shown}");
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_what_is_not_there_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        for missing in [folder.path().join("none"), file.join("below-a-file")] {
            assert!(ConfigFile::read(&missing).unwrap().bytes().is_empty());
        }
        assert!(ConfigFile::read(folder.path()).is_err());
    }
}
