//! Locks between processes: one file a name, held through the kernel, so that a lock dies with its holder.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::adapters::files;
use crate::adapters::flock::lock_within;
use crate::error::{Error, Result};

/// The locks whose files lie in one folder.
#[derive(Debug, Clone)]
pub struct Locks {
    folder: PathBuf,
}

/// A lock that is held; dropping it, or the death of this process, frees it.
#[derive(Debug)]
#[must_use = "the lock is freed when the guard is dropped"]
pub struct Guard {
    file: File,
}

impl Locks {
    /// Locks in `folder`, which is made when the first one is taken.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Locks { folder: folder.into() }
    }

    /// Takes the lock called `name`, waiting for it up to `limit`. Blocks the calling thread; waiters sleep in the
    /// kernel, which wakes them the moment the lock is free.
    ///
    /// # Errors
    /// [`Kind::Failed`](crate::error::Kind::Failed) when the folder or file cannot be used, or when the lock is
    /// still held after `limit`; the message then names the holder's process.
    pub fn acquire(&self, name: &str, limit: Duration) -> Result<Guard> {
        files::ensure_private_dir(&self.folder)?;
        let path = self.folder.join(format!("{}.lock", files::hashed_name(name)));
        let file = open(&path).map_err(|error| unusable(&path, error))?;
        match lock_within(file, limit).map_err(|error| unusable(&path, error))? {
            Some(file) => Ok(Guard::sign(file)),
            None => Err(still_held(name, holder(&path), limit)),
        }
    }
}

impl Guard {
    /// Writes who holds the lock into its file, for those who wait. The lock counts without it.
    fn sign(mut file: File) -> Guard {
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = file.write_all(format!("{}\n", std::process::id()).as_bytes());
        Guard { file }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    files::private(&mut options);
    options.open(path)
}

/// The process id in the lock's file, if it holds one.
fn holder(path: &Path) -> Option<u32> {
    let mut text = String::new();
    open(path).ok()?.take(16).read_to_string(&mut text).ok()?;
    text.trim_end().parse().ok()
}

fn unusable(path: &Path, error: io::Error) -> Error {
    Error::failed(format!("cannot use the lock file {}", path.display())).because(error)
}

fn still_held(name: &str, holder: Option<u32>, limit: Duration) -> Error {
    let seconds = limit.as_secs_f32();
    match holder {
        Some(pid) => Error::failed(format!("process {pid} has held the lock for {name} longer than {seconds} s"))
            .hint(format!("if it hangs, end it: kill {pid}")),
        None => Error::failed(format!("another process has held the lock for {name} longer than {seconds} s"))
            .hint("end the daypass process that hangs, and try again"),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn folder() -> (tempfile::TempDir, Locks) {
        let folder = tempfile::tempdir().unwrap();
        let locks = Locks::new(folder.path().join("locks"));
        (folder, locks)
    }

    /// The child's side of the tests below: takes the lock, says so, and holds it until it is killed.
    #[test]
    #[ignore = "is the child of other tests here"]
    fn child_that_holds_a_lock() {
        let Some(folder) = std::env::var_os("DAYPASS_TEST_LOCKS") else { return };
        let _guard = Locks::new(folder).acquire("role", LONG).unwrap();
        io::stderr().write_all(b"held\n").unwrap();
        let _ = io::stdin().read(&mut [0]);
    }

    fn holding_child(folder: &Path) -> Child {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "adapters::lock::tests::child_that_holds_a_lock", "--ignored", "--nocapture"])
            .env("DAYPASS_TEST_LOCKS", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = [0; 5];
        child.stderr.as_mut().unwrap().read_exact(&mut said).unwrap();
        assert_eq!(&said, b"held\n");
        child
    }

    #[test]
    fn a_killed_holder_frees_the_lock() {
        let (_keep, locks) = folder();
        let mut child = holding_child(&locks.folder);
        let waiter = thread::spawn({
            let locks = locks.clone();
            move || locks.acquire("role", LONG).map(drop)
        });
        child.kill().unwrap();
        child.wait().unwrap();
        waiter.join().unwrap().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_stopped_holder_is_named_when_waiters_give_up() {
        use rustix::process::{Pid, Signal, kill_process};
        let (_keep, locks) = folder();
        let mut child = holding_child(&locks.folder);
        let pid = Pid::from_child(&child);
        kill_process(pid, Signal::STOP).unwrap();
        let error = locks.acquire("role", Duration::from_millis(50)).unwrap_err();
        assert!(error.summary().contains(&format!("process {} ", child.id())), "{error}");
        assert!(error.hints().any(|hint| hint.contains(&format!("kill {}", child.id()))));
        assert!(locks.acquire("another role", Duration::ZERO).is_ok(), "one name must not delay another");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn one_at_a_time_and_everyone_gets_a_turn() {
        let (_keep, locks) = folder();
        let inside = Arc::new(AtomicUsize::new(0));
        let waiters: Vec<_> = (0..200)
            .map(|_| {
                let (locks, inside) = (locks.clone(), Arc::clone(&inside));
                thread::spawn(move || {
                    let _guard = locks.acquire("role", LONG).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for waiter in waiters {
            waiter.join().unwrap();
        }
    }

    #[test]
    fn a_waiter_that_gave_up_does_not_keep_the_lock_later() {
        let (_keep, locks) = folder();
        let guard = locks.acquire("role", LONG).unwrap();
        assert!(locks.acquire("role", Duration::from_millis(1)).is_err());
        drop(guard);
        drop(locks.acquire("role", LONG).unwrap());
    }

    #[test]
    fn hostile_names_stay_inside_the_folder() {
        let (keep, locks) = folder();
        for name in ["../../x", "a/b", "", "\0", &"é".repeat(5_000)] {
            drop(locks.acquire(name, LONG).unwrap());
        }
        assert_eq!(std::fs::read_dir(keep.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_file_is_private_and_never_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (keep, locks) = folder();
        drop(locks.acquire("role", LONG).unwrap());
        let path = locks.folder.join(format!("{}.lock", files::hashed_name("role")));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

        let victim = keep.path().join("victim");
        std::fs::write(&victim, "precious").unwrap();
        std::fs::remove_file(&path).unwrap();
        symlink(&victim, &path).unwrap();
        assert!(locks.acquire("role", LONG).is_err());
        assert_eq!(std::fs::read_to_string(victim).unwrap(), "precious");
    }
}
