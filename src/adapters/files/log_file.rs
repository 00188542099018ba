//! A log that several processes append to: one of them at a time, whole lines or nothing.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::error::{cannot, unusable};
use super::open::open_private_append;
use crate::adapters::flock::{Mode, lock_within};
use crate::error::{FileFault, Result};

/// How long an append waits for another process's.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// How far back the last lines are looked for: longer than any two.
const TAIL: u64 = 32 * 1024;

/// A private log, locked against other writers until it is dropped.
pub(crate) struct LogFile(File);

impl LogFile {
    /// Opens and locks the log at `path`, creating it if need be.
    ///
    /// # Errors
    /// As [`open_private_append`], and when another process keeps it locked.
    pub(crate) fn lock(path: &Path) -> Result<Self> {
        let file = open_private_append(path)?;
        match lock_within(file, Mode::Exclusive, LOCK_TIMEOUT).map_err(|error| cannot("lock", path, error))? {
            Some(file) => Ok(LogFile(file)),
            None => Err(unusable(path, FileFault::Locked)),
        }
    }

    /// Appends `line` and a line feed, and waits until the disk has it. After a failure the file is as it was.
    pub(crate) fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let end = self.0.seek(SeekFrom::End(0))?;
        let written = self.0.write_all(&[line, b"\n"].concat()).and_then(|()| self.0.sync_data());
        if written.is_err() {
            self.0.set_len(end)?;
        }
        written
    }

    /// What a crash has left behind the last line feed.
    pub(crate) fn torn_end(&mut self) -> io::Result<Vec<u8>> {
        let (start, tail) = self.tail()?;
        match tail.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => Ok(tail[last + 1..].to_vec()),
            None if start == 0 => Ok(tail),
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "its last line is longer than any record")),
        }
    }

    /// Cuts `length` bytes off its end.
    pub(crate) fn cut_end(&mut self, length: usize) -> io::Result<()> {
        let end = self.0.seek(SeekFrom::End(0))?;
        self.0.set_len(end.saturating_sub(length as u64))
    }

    /// Its last whole line.
    pub(crate) fn last_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (_, tail) = self.tail()?;
        Ok(tail.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).map(<[u8]>::to_vec))
    }

    /// How many lines it has.
    pub(crate) fn count_lines(&mut self) -> io::Result<u64> {
        self.0.seek(SeekFrom::Start(0))?;
        let mut count = 0;
        let mut chunk = [0; 8192];
        loop {
            let read = self.0.read(&mut chunk)?;
            if read == 0 {
                return Ok(count);
            }
            count += chunk[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
        }
    }

    /// Its end, and where that begins.
    fn tail(&mut self) -> io::Result<(u64, Vec<u8>)> {
        let start = self.0.seek(SeekFrom::End(0))?.saturating_sub(TAIL);
        self.0.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        (&mut self.0).take(TAIL).read_to_end(&mut tail)?;
        Ok((start, tail))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn lines_of_many_writers_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    let line = writer.to_string().repeat(5_000);
                    (0..10).for_each(|_| LogFile::lock(path).unwrap().append(line.as_bytes()).unwrap());
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 40);
        assert!(text.lines().all(|line| line.len() == 5_000 && line.bytes().all(|byte| byte == line.as_bytes()[0])));
    }

    #[test]
    fn the_end_is_read_however_long_the_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let mut log = LogFile::lock(&path).unwrap();
        assert_eq!((log.last_line().unwrap(), log.torn_end().unwrap()), (None, vec![]));
        for number in 0..10_000 {
            log.0.write_all(format!("line {number}\n").as_bytes()).unwrap();
        }
        assert_eq!(log.last_line().unwrap().unwrap(), b"line 9999");
        assert_eq!((log.count_lines().unwrap(), log.torn_end().unwrap()), (10_000, vec![]));
        log.0.write_all(b"torn").unwrap();
        assert_eq!(log.torn_end().unwrap(), b"torn");
        log.cut_end(4).unwrap();
        assert_eq!(log.torn_end().unwrap(), b"");
        log.0.write_all(&vec![b'x'; 40_000]).unwrap();
        assert!(log.torn_end().is_err());
    }
}
