//! The file that uses of kept credentials are appended to, on the way that has to be fast: no lock, no fsync, one line.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::files::{cannot, open_private, read_trusted};
use crate::domain::source::SourceKey;
use crate::domain::uses::line;
use crate::error::{Error, Result};

/// Nothing is appended to a file of this size. It holds more than a thousand uses, and each renewal of credentials empties
/// it.
const LARGEST: u64 = 64 * 1024;
/// Processes that append at once may each add a line to a file of almost that size.
const LARGEST_READ: u64 = 4 * LARGEST;

/// The log of one state folder. It holds when which target was used, and nothing secret.
pub(super) struct UsesLog {
    path: PathBuf,
    /// Where the file is while it is taken.
    taken: PathBuf,
}

impl UsesLog {
    pub(super) fn new(state: &Path) -> Self {
        UsesLog { path: state.join("uses.log"), taken: state.join("uses.taken") }
    }

    /// Appends a use in one write, so that lines of several processes do not mix. A full log stays as it is.
    pub(super) fn append(&self, source: &SourceKey, at: Timestamp) -> Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        let mut file = open_private(options, &self.path)?;
        let line = line(source, at);
        let appended = file.metadata().and_then(|found| match found.len() + line.len() as u64 > LARGEST {
            true => Ok(()),
            false => file.write_all(line.as_bytes()),
        });
        appended.map_err(|error| cannot("append to", &self.path, error))
    }

    /// What it holds; nothing where it cannot be read.
    pub(super) fn read(&self) -> Vec<u8> {
        read_or_nothing(&self.path)
    }

    /// Takes what it holds away, to be counted; the lock of the index is held. If the process is killed before the index is
    /// written, these uses are lost; they never count twice.
    pub(super) fn take(&self) -> Vec<u8> {
        match fs::rename(&self.path, &self.taken) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                tracing::debug!(%error, "the log of uses could not be taken");
                return Vec::new();
            }
        }
        let bytes = read_or_nothing(&self.taken);
        if let Err(error) = fs::remove_file(&self.taken) {
            tracing::debug!(%error, "the log of uses could not be removed");
        }
        bytes
    }
}

fn read_or_nothing(path: &Path) -> Vec<u8> {
    match read_trusted(path, LARGEST_READ) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(error) => {
            tracing::debug!(error = Error::OwnFile(error).to_string(), "the log of uses cannot be read");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{Region, SessionName, StartUrl};
    use crate::domain::sso_session::SsoSession;
    use crate::domain::uses::uses;

    fn source() -> SourceKey {
        let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
        let session =
            SsoSession::new(SessionName::parse("acme").unwrap(), start_url, Region::parse("us-east-1").unwrap());
        SourceKey::of(&session.key(), &"100000023757/Developer".parse().unwrap())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    #[cfg_attr(
        not(unix),
        ignore = "only on Unix is an append one step; elsewhere a use may be lost, which nobody misses"
    )]
    fn writers_at_once_lose_nothing_and_what_is_taken_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let log = UsesLog::new(folder.path());
                scope
                    .spawn(move || (0..50).for_each(|number| log.append(&source(), at(writer * 50 + number)).unwrap()));
            }
        });
        let log = UsesLog::new(folder.path());
        assert_eq!(uses(&log.read()).count(), 200);
        let taken = log.take();
        let mut seconds: Vec<_> = uses(&taken).map(|used| used.at.as_second()).collect();
        seconds.sort_unstable();
        assert_eq!(seconds, (0..200).collect::<Vec<_>>());
        assert_eq!((log.read(), log.take()), (vec![], vec![]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_log_that_nobody_takes_ends_at_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let log = UsesLog::new(folder.path());
        fs::write(&log.path, vec![b'\n'; LARGEST as usize - 60]).unwrap();
        (0..10).for_each(|second| log.append(&source(), at(second)).unwrap());
        let bytes = log.read();
        assert!(bytes.len() as u64 <= LARGEST && uses(&bytes).count() == 1, "{}", bytes.len());
    }

    #[test]
    fn what_an_earlier_process_left_while_taking_does_not_count_again() {
        let folder = tempfile::tempdir().unwrap();
        let log = UsesLog::new(folder.path());
        fs::write(&log.taken, line(&source(), at(1))).unwrap();
        log.append(&source(), at(2)).unwrap();
        assert_eq!(uses(&log.take()).map(|used| used.at).collect::<Vec<_>>(), [at(2)]);
        assert!(!log.taken.exists());
    }

    #[cfg(unix)]
    #[test]
    fn the_log_is_private_and_no_link_is_followed() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let log = UsesLog::new(folder.path());
        log.append(&source(), at(1)).unwrap();
        assert_eq!(fs::metadata(&log.path).unwrap().permissions().mode() & 0o777, 0o600);
        let victim = folder.path().join("victim");
        fs::write(&victim, "").unwrap();
        fs::remove_file(&log.path).unwrap();
        std::os::unix::fs::symlink(&victim, &log.path).unwrap();
        assert!(log.append(&source(), at(2)).is_err());
        assert_eq!(fs::read(&victim).unwrap(), b"");
    }
}
