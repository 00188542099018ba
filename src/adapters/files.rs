//! Files as we write them: whole or not at all, private, and never through someone else's link.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::{Builder, NamedTempFile};

use crate::adapters::flock::lock_within;
use crate::error::{Error, Result};

/// How long an append waits for another process's.
const APPEND_WAIT: Duration = Duration::from_secs(5);

/// A file name for `name`, whatever characters it has: the hexadecimal SHA-256.
pub fn hashed_name(name: &str) -> String {
    Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts `bytes` into a file of ours at `path`, readable to its owner alone. After a crash or an error the file is
/// either the old one or the new one. A link at `path` is replaced, not followed.
///
/// # Errors
/// When the folder cannot be written, the disk is full, or any step fails; then nothing has changed.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let folder = folder_of(path);
        let staged = stage(&mut temporary(), folder, bytes, None)?;
        put_in_place(staged, path)
    };
    write().map_err(|error| cannot("write", path, error))
}

/// Puts `bytes` into a file that belongs to the person, keeping its mode. A link is followed and stays a link; a
/// file that is not there yet becomes a private one.
///
/// # Errors
/// As [`write_private`], and when the file is another user's, writable to others, not a plain file, or a link that
/// leads in circles or nowhere.
pub fn replace_keeping_mode(path: &Path, bytes: &[u8]) -> Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return write_private(path, bytes),
        Err(error) => return Err(cannot("write", path, error)),
        Ok(found) => refuse_foreign(path, &found)?,
    }
    let target = fs::canonicalize(path).map_err(|error| cannot("follow", path, error))?;
    let found = fs::metadata(&target).map_err(|error| cannot("write", path, error))?;
    if !found.is_file() {
        return Err(Error::failed(format!("{} is not a plain file", path.display())));
    }
    refuse_foreign(path, &found)?;
    refuse_writable_to_others(path, &found)?;
    let write = || {
        let staged = stage(&mut temporary(), folder_of(&target), bytes, Some(&found))?;
        put_in_place(staged, &target)
    };
    write().map_err(|error| cannot("write", path, error))
}

/// Makes sure that `folder` exists, belongs to us and is closed to others, creating it and its parents if need be.
///
/// # Errors
/// When it cannot be made, is another user's, or others may write to it.
pub fn ensure_private_dir(folder: &Path) -> Result<()> {
    let found = match fs::metadata(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_private_dir(folder).map_err(|error| cannot("make the folder", folder, error))?;
            fs::metadata(folder).map_err(|error| cannot("make the folder", folder, error))?
        }
        Err(error) => return Err(cannot("use the folder", folder, error)),
    };
    if !found.is_dir() {
        return Err(Error::failed(format!("{} is not a folder", folder.display())));
    }
    refuse_foreign(folder, &found)?;
    refuse_writable_to_others(folder, &found)?;
    close_to_others(folder, &found).map_err(|error| cannot("close to others", folder, error))
}

/// The bytes of the file at `path`, or `None` where there is none.
///
/// # Errors
/// When it is longer than `limit` bytes, not a plain file, or cannot be read.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
    let file = match open_to_read(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("read", path, error)),
    };
    let found = file.metadata().map_err(|error| cannot("read", path, error))?;
    if !found.is_file() {
        return Err(Error::failed(format!("{} is not a plain file", path.display())));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| cannot("read", path, error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::failed(format!("{} is longer than {limit} bytes", path.display())));
    }
    Ok(Some(bytes))
}

/// Appends `line` and a line feed to the private log at `path` in one write, and waits until the disk has it.
/// Writers of several processes take turns. A line that an earlier crash left torn is ended first.
///
/// # Errors
/// When any step fails; a line written in part is taken back.
pub fn append_line_private(path: &Path, line: &str) -> Result<()> {
    let file = open_private_append(path)?;
    match lock_within(file, APPEND_WAIT).map_err(|error| cannot("lock", path, error))? {
        Some(file) => append(file, line).map_err(|error| cannot("append to", path, error)),
        None => Err(Error::failed(format!("another process keeps {} locked", path.display()))),
    }
}

/// Opens the private file at `path` for reading and appending, creating it if need be.
///
/// # Errors
/// When it cannot be opened, is not a plain file, is another user's, or others may write to it.
pub fn open_private_append(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    private(&mut options);
    let file = options.open(path).map_err(|error| cannot("append to", path, error))?;
    let found = file.metadata().map_err(|error| cannot("append to", path, error))?;
    if !found.is_file() {
        return Err(Error::failed(format!("{} is not a plain file", path.display())));
    }
    refuse_foreign(path, &found)?;
    refuse_writable_to_others(path, &found)?;
    Ok(file)
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

/// A builder of temporary files in the target's own folder: a rename cannot cross file systems.
fn temporary<'a>() -> Builder<'a, 'a> {
    let mut builder = Builder::new();
    builder.prefix(".daypass-").rand_bytes(12);
    builder
}

/// Writes `bytes` into a new file in `folder`, with the mode of `like` or private, and waits until the disk has
/// them. The file is created exclusively, and goes away with the value unless it is put in place.
fn stage(
    builder: &mut Builder<'_, '_>,
    folder: &Path,
    bytes: &[u8],
    like: Option<&Metadata>,
) -> io::Result<NamedTempFile> {
    let mut staged = builder.tempfile_in(folder)?;
    dress(staged.as_file(), like)?;
    staged.write_all(bytes)?;
    staged.as_file().sync_all()?;
    Ok(staged)
}

fn put_in_place(staged: NamedTempFile, path: &Path) -> io::Result<()> {
    staged.persist(path).map_err(|refused| refused.error)?;
    sync_folder(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::failed(format!("cannot {what} {}", path.display()))
        .because(error)
        .hint(format!("see who may write there: ls -ld {}", folder_of(path).display()))
}

#[cfg(unix)]
pub use unix::private;
#[cfg(unix)]
use unix::*;

#[cfg(unix)]
mod unix {
    //! Owners and modes.

    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};

    use rustix::fs::OFlags;

    use super::*;

    /// Makes `options` create a file for its owner alone and refuse a link.
    pub fn private(options: &mut OpenOptions) {
        options.mode(0o600).custom_flags(no_links());
    }

    fn no_links() -> i32 {
        // A FIFO in the file's place must not hold us up either.
        (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed()
    }

    pub fn open_to_read(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)
    }

    pub fn create_private_dir(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    pub fn close_to_others(folder: &Path, found: &Metadata) -> io::Result<()> {
        if found.mode() & 0o777 == 0o700 {
            return Ok(());
        }
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
    }

    pub fn refuse_foreign(path: &Path, found: &Metadata) -> Result<()> {
        if found.uid() == rustix::process::geteuid().as_raw() {
            return Ok(());
        }
        Err(Error::failed(format!("{} belongs to another user", path.display()))
            .hint(format!("ls -ld {}", path.display())))
    }

    pub fn refuse_writable_to_others(path: &Path, found: &Metadata) -> Result<()> {
        if found.mode() & 0o022 == 0 {
            return Ok(());
        }
        Err(Error::failed(format!("other users may write to {}", path.display()))
            .hint(format!("chmod go-w {}", path.display())))
    }

    /// Gives the new file mode and group of `like`; where the group cannot be kept, it loses its rights.
    pub fn dress(file: &File, like: Option<&Metadata>) -> io::Result<()> {
        let mut mode = 0o600;
        if let Some(like) = like {
            mode = like.mode() & 0o777;
            if file.metadata()?.gid() != like.gid() && fchown(file, None, Some(like.gid())).is_err() {
                mode &= !0o070;
            }
        }
        file.set_permissions(fs::Permissions::from_mode(mode))
    }

    pub fn sync_folder(folder: &Path) -> io::Result<()> {
        match File::open(folder)?.sync_all() {
            // Some network file systems have no such thing; the rename is as durable there as it gets.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
            result => result,
        }
    }
}

#[cfg(not(unix))]
pub use elsewhere::private;
#[cfg(not(unix))]
use elsewhere::*;

#[cfg(not(unix))]
mod elsewhere {
    //! A profile's folders are closed to other users by what they inherit; there is no mode to set.

    use super::*;

    /// Nothing to add: a new file inherits its folder's access list.
    pub fn private(_options: &mut OpenOptions) {}

    pub fn open_to_read(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub fn create_private_dir(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).create(folder)
    }

    pub fn close_to_others(_folder: &Path, _found: &Metadata) -> io::Result<()> {
        Ok(())
    }

    pub fn refuse_foreign(_path: &Path, _found: &Metadata) -> Result<()> {
        Ok(())
    }

    pub fn refuse_writable_to_others(_path: &Path, _found: &Metadata) -> Result<()> {
        Ok(())
    }

    pub fn dress(_file: &File, _like: Option<&Metadata>) -> io::Result<()> {
        Ok(())
    }

    pub fn sync_folder(_folder: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests;
