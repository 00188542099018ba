//! An empty file for each elevation that a shell was opened under. The shell's prompt looks whether it is there: once it is gone
//! the elevation has ended, whatever time would be left. Where nobody could delete it, the prompt goes by the time alone.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::files::{ensure_private_dir, write_private};
use crate::domain::elevation::ElevationId;
use crate::error::Result;

/// The marks in a folder.
pub(crate) struct ElevationMarks(PathBuf);

impl ElevationMarks {
    /// Those beside what shells read in `shell_folder`.
    pub(crate) fn new(shell_folder: &Path) -> Self {
        ElevationMarks(shell_folder.join("open"))
    }

    /// Makes the file for this elevation; returns its path.
    ///
    /// # Errors
    /// The folder or the file cannot be written.
    pub(crate) fn put(&self, id: ElevationId) -> Result<PathBuf> {
        let path = self.path(id);
        ensure_private_dir(&self.0)?;
        write_private(&path, b"")?;
        Ok(path)
    }

    /// Deletes it; absent is fine.
    pub(crate) fn remove(&self, id: ElevationId) {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "prompts are not told that an elevation has ended");
            }
            _ => {}
        }
    }

    fn path(&self, id: ElevationId) -> PathBuf {
        self.0.join(id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_mark_is_there_from_the_shells_opening_until_the_elevations_end() {
        let folder = tempfile::tempdir().unwrap();
        let marks = ElevationMarks::new(&folder.path().join("shell"));
        let [one, other] = [1, 2].map(|random| ElevationId::new(Timestamp::UNIX_EPOCH, random));
        marks.remove(one);
        let [path, others] = [one, other].map(|id| marks.put(id).unwrap());
        assert_eq!(marks.put(one).unwrap(), path, "a second shell");
        marks.remove(one);
        marks.remove(one);
        assert!(!path.exists() && others.exists());
    }
}
