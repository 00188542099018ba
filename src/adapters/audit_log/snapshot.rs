//! The elevations that the log tells of, kept as they were after some line, so that only what was appended since is read.
//!
//! The snapshot is no record: without it, or after a crash of the system, all is read from the log again.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::folder;
use crate::adapters::files::{cannot, read_bounded, write_cache};
use crate::domain::audit::Line;
use crate::domain::elevation_list::ElevationList;
use crate::domain::time::later;
use crate::error::{Error, Result};

/// The largest log file and snapshot that are read.
pub(super) const LARGEST: u64 = 64 << 20;
/// For how long before the last end those that ended are kept in the snapshot.
const KEPT: SignedDuration = SignedDuration::from_hours(8 * 24);

/// The elevations after the first `bytes` bytes of the file with this number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Snapshot {
    file: u32,
    bytes: u64,
    /// Those elevations.
    pub(super) list: ElevationList,
    /// The file and line, from 1, of the first record that the list lacks.
    #[serde(skip)]
    lacks: Option<(PathBuf, u32)>,
}

impl Snapshot {
    /// What the log in `folder` tells up to its end, beginning with what was kept.
    ///
    /// # Errors
    /// A file of the log cannot be read.
    pub(super) fn current(folder: &Path) -> Result<Self> {
        let kept = read_bounded(&path(folder), LARGEST).ok().flatten();
        let kept: Option<Snapshot> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let current = kept.map(|kept| kept.read_on(folder)).transpose()?.flatten();
        current.map_or_else(|| Snapshot::from_the_beginning(folder), Ok)
    }

    /// The same from the log alone, with every elevation that it has.
    ///
    /// # Errors
    /// As [`Snapshot::current`].
    pub(super) fn from_the_beginning(folder: &Path) -> Result<Self> {
        let file = folder::first(folder)?.unwrap_or(folder::FIRST);
        let empty = Snapshot { file, bytes: 0, list: ElevationList::default(), lacks: None };
        Ok(empty.clone().read_on(folder)?.unwrap_or(empty))
    }

    /// The elevations, for what is decided by them: none of them is left out because this version cannot read its records.
    ///
    /// # Errors
    /// One is.
    pub(super) fn complete(self) -> Result<ElevationList> {
        match self.lacks {
            Some((file, line)) => Err(Error::UnreadableRecord { file, line }),
            None => Ok(self.list),
        }
    }

    /// Reads what was appended; none where the file is not there, or shorter than what was read, and so another one.
    fn read_on(mut self, folder: &Path) -> Result<Option<Self>> {
        loop {
            let path = folder::file(folder, self.file);
            let length = match path.metadata() {
                Ok(found) => found.len(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(cannot("read", &path, error)),
            };
            if length < self.bytes {
                return Ok(None);
            }
            if length > self.bytes {
                let bytes = read_bounded(&path, LARGEST).map_err(Error::OwnFile)?.unwrap_or_default();
                let read = usize::try_from(self.bytes).unwrap_or(usize::MAX);
                let Some(rest) = bytes.get(read..) else { return Ok(None) };
                self.take(rest, &path);
            }
            let Some(next) = self.file.checked_add(1).filter(|next| folder::last(folder, *next).is_some()) else {
                return Ok(Some(self));
            };
            (self.file, self.bytes) = (next, 0);
        }
    }

    /// Takes the whole lines of `bytes`, the rest of the file at `path`. What is no line tells of no elevation: it breaks the
    /// chain, which the log says for itself.
    fn take(&mut self, bytes: &[u8], path: &Path) {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
        for (number, line) in (1..).zip(lines) {
            self.bytes += line.len() as u64 + 1;
            match Line::read(line) {
                Ok(line) if ElevationList::lacks(&line) => {
                    tracing::warn!(kind = line.event.kind, "a record of an elevation cannot be read");
                    self.lacks.get_or_insert_with(|| (path.to_owned(), number));
                }
                Ok(line) => self.list.take(&line),
                Err(why) => tracing::warn!(%why, "a line of the audit log cannot be read"),
            }
        }
    }

    /// Keeps it, for whoever reads next. What cannot be kept is read from the log again. How old something is follows from
    /// AWS's times in the records: this machine's clock may jump.
    pub(super) fn keep(mut self, folder: &Path) {
        let ends = self.list.past().iter().filter_map(|past| past.lasted.map(|(_, until)| until));
        let last = ends.max().unwrap_or(Timestamp::MIN);
        self.list.forget_before(later(last, -KEPT));
        let path = path(folder);
        let bytes = serde_json::to_vec(&self).map_err(|error| cannot("write", &path, error.into()));
        if let Err(error) = bytes.and_then(|bytes| write_cache(&path, &bytes)) {
            tracing::debug!(%error, "the elevations could not be kept beside the log");
        }
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("elevations.json")
}
