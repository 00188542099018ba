//! Replaces whole files: after a crash or an error a file is either the old one or the new one.

use std::fs::{self, DirEntry, Metadata};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use tempfile::{Builder, NamedTempFile};

use super::error::{cannot, not_plain, unusable};
use super::owner::{must_be_ours, must_be_ours_alone};
use super::path::folder_of;
use super::platform;
use crate::error::Result;

/// How the names of our temporary files begin, and how many random characters follow.
const STAGED_PREFIX: &str = ".daypass-";
const STAGED_RANDOM: usize = 12;
/// Longer than any write takes.
const LONGEST_STAGING: Duration = Duration::from_secs(3600);

/// Puts `bytes` into a file of ours at `path`, readable to its owner alone. A link at `path` is replaced, not
/// followed.
///
/// # Errors
/// When any step fails, as on a full disk. The file is then the old one, unless it was the last step: where the folder
/// cannot be synchronised, the new file is in place already, and only a crash of the system may bring the old one back.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes, None).map_err(|error| cannot("write", path, error))
}

/// Puts `bytes` into a file that belongs to the person, keeping its mode. A link is followed and stays a link; a
/// file that is not there yet becomes a private one.
///
/// # Errors
/// As [`write_private`], and when the file is another user's, writable to others, not a plain file, or a link that
/// leads in circles or nowhere.
pub(crate) fn replace_keeping_mode(path: &Path, bytes: &[u8]) -> Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return write_private(path, bytes),
        Err(error) => return Err(cannot("write", path, error)),
        Ok(found) => must_be_ours(&found).map_err(|fault| unusable(path, fault))?,
    }
    let target = fs::canonicalize(path).map_err(|error| cannot("follow", path, error))?;
    let found = fs::metadata(&target).map_err(|error| cannot("write", path, error))?;
    if !found.is_file() {
        return Err(unusable(path, not_plain(found.file_type())));
    }
    must_be_ours_alone(&found).map_err(|fault| unusable(path, fault))?;
    replace(&target, bytes, Some(&found)).map_err(|error| cannot("write", path, error))
}

/// Gives a file of ours a new name in its folder, in place of a file that has it. The name survives a crash.
///
/// # Errors
/// When the folder cannot be written or synchronised.
pub(crate) fn rename(path: &Path, to: &Path) -> Result<()> {
    let renamed = platform::patiently(|| fs::rename(path, to)).and_then(|()| platform::sync_folder(folder_of(to)));
    renamed.map_err(|error| cannot("rename", path, error))
}

/// Makes temporary files that are known for ours.
fn staging() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(STAGED_PREFIX).rand_bytes(STAGED_RANDOM);
    builder
}

/// Removes the temporary files of ours in `folder` that were left by a process that was killed: those much older than the
/// one just `staged`. What cannot be removed stays.
fn sweep(folder: &Path, staged: &NamedTempFile) {
    let Ok(now) = staged.as_file().metadata().and_then(|made| made.modified()) else { return };
    let is_left = |entry: &DirEntry| {
        let name = entry.file_name();
        let is_staged = name
            .to_str()
            .is_some_and(|name| name.strip_prefix(STAGED_PREFIX).is_some_and(|random| random.len() == STAGED_RANDOM));
        let age = || now.duration_since(entry.metadata().ok()?.modified().ok()?).ok();
        is_staged && age().is_some_and(|age| age > LONGEST_STAGING)
    };
    for left in fs::read_dir(folder).into_iter().flatten().flatten().filter(is_left) {
        let _ = fs::remove_file(left.path());
    }
}

/// Puts `bytes` into a file of ours that can be made again: it is whole or not there, but nobody waits for the disk.
///
/// # Errors
/// When any step fails; the file is the old one then.
pub(crate) fn write_cache(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = staging().tempfile_in(folder_of(path)).and_then(|mut staged| {
        platform::set_mode(staged.as_file(), None)?;
        staged.write_all(bytes)?;
        put_in_place(staged, path)
    });
    written.map_err(|error| cannot("write", path, error))
}

fn replace(path: &Path, bytes: &[u8], like: Option<&Metadata>) -> io::Result<()> {
    let folder = folder_of(path);
    let staged = stage(&mut staging(), folder, bytes, like)?;
    sweep(folder, &staged);
    put_in_place(staged, path)?;
    platform::sync_folder(folder)
}

/// By the standard library's rename: on Windows it replaces files that are open, where the file system can do that.
fn put_in_place(staged: NamedTempFile, path: &Path) -> io::Result<()> {
    let (_, staged) = staged.keep().map_err(|refused| refused.error)?;
    let renamed = platform::patiently(|| fs::rename(&staged, path));
    if renamed.is_err() {
        let _ = fs::remove_file(&staged);
    }
    renamed
}

/// Writes `bytes` into a new temporary file in `folder`, with the mode of `like` or private, and waits until the disk
/// has them. The folder is the target's own, since a rename cannot cross file systems. The file is created
/// exclusively, and removed with the value unless it is put in place.
pub(super) fn stage(
    builder: &mut Builder<'_, '_>,
    folder: &Path,
    bytes: &[u8],
    like: Option<&Metadata>,
) -> io::Result<NamedTempFile> {
    let mut staged = builder.tempfile_in(folder)?;
    platform::set_mode(staged.as_file(), like)?;
    staged.write_all(bytes)?;
    staged.as_file().sync_all()?;
    Ok(staged)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::*;
    use crate::adapters::files::read_bounded;

    #[test]
    fn a_file_is_replaced_while_somebody_reads_it_and_each_read_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        write_private(&path, &[0; 1000]).unwrap();
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    // Nobody reads all the time: Windows could never replace the file then.
                    thread::sleep(Duration::from_millis(1));
                    let read = read_bounded(&path, 1000).unwrap().expect("the file is always there");
                    assert!(read.len() == 1000 && read.iter().all(|byte| *byte == read[0]), "{read:?}");
                }
            });
            let written: Result<()> = (1..=100).try_for_each(|byte| {
                write_private(&path, &[byte; 1000])?;
                write_cache(&path, &[byte; 1000])?;
                replace_keeping_mode(&path, &[byte; 1000])
            });
            is_done.store(true, Ordering::Relaxed);
            written.unwrap();
        });
    }
}
