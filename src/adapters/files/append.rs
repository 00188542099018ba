//! Appends lines to a log that several processes share.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::error::cannot;
use super::open::open_private_append;
use crate::adapters::flock::{Mode, lock_within};
use crate::error::{Error, Result};

/// How long an append waits for another process's.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Appends `line` and a line feed to the private log at `path` in one write, and waits until the disk has it.
/// Writers of several processes take turns. A line that an earlier crash left torn is ended first.
///
/// # Errors
/// When any step fails; a line written in part is taken back.
pub(crate) fn append_line_private(path: &Path, line: &str) -> Result<()> {
    let file = open_private_append(path)?;
    match lock_within(file, Mode::Exclusive, LOCK_TIMEOUT).map_err(|error| cannot("lock", path, error))? {
        Some(file) => append(file, line).map_err(|error| cannot("append to", path, error)),
        None => Err(Error::failed(format!("another process keeps {} locked", path.display()))),
    }
}

fn append(mut file: File, line: &str) -> io::Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    let torn = end > 0 && {
        let mut last = [0];
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut last)?;
        last != *b"\n"
    };
    let record = format!("{}{line}\n", if torn { "\n" } else { "" });
    let written = match file.write(record.as_bytes()) {
        Ok(count) if count == record.len() => file.sync_data(),
        Ok(_) => Err(io::ErrorKind::StorageFull.into()),
        Err(error) => Err(error),
    };
    if written.is_err() {
        file.set_len(end)?;
    }
    written
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_torn_line_is_ended_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "one\ntw").unwrap();
        append_line_private(&path, "three").unwrap();
        append_line_private(&path, "four").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\ntw\nthree\nfour\n");
    }

    #[test]
    fn lines_of_many_writers_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    let line = writer.to_string().repeat(5_000);
                    (0..10).for_each(|_| append_line_private(path, &line).unwrap());
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 40);
        assert!(text.lines().all(|line| line.len() == 5_000 && line.bytes().all(|byte| byte == line.as_bytes()[0])));
    }
}
