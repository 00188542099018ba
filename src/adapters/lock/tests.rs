//! Mutual exclusion across threads and processes, and what is left behind.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
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

/// The names of the files in the folder of the locks.
fn files_of(locks: &Locks) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(&locks.folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn file_of(name: &str) -> String {
    format!("{}.lock", files::hashed_name(name))
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

fn child(test: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("adapters::lock::tests::{test}"), "--ignored", "--nocapture"])
        .env("DAYPASS_TEST_LOCKS", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A process that holds the lock `role` until it is killed.
fn holding_child(folder: &Path) -> Child {
    started(child("child_that_holds_a_lock", folder))
}

/// Waits until the child says that it holds a lock. What the system says before, as Wine may, is no failure.
fn started(mut child: Child) -> Child {
    let mut said = String::new();
    let mut lines = BufReader::new(child.stderr.as_mut().unwrap());
    while !said.ends_with("held\n") {
        assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it ended before it held a lock: {said}");
    }
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
    assert!(error.to_string().contains(&format!("process {} ", child.id())), "{error}");
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
    assert_eq!(files_of(&locks), ["in-use"]);
}

/// The child's side of the next test: twenty threads that take three locks in turn, some of them with little patience.
/// Inside each lock it creates a file that nobody else may have created. At the end it says that all came through.
#[test]
#[ignore = "is the child of other tests here"]
fn child_that_contends() {
    let Some(folder) = std::env::var_os("DAYPASS_TEST_LOCKS") else { return };
    let locks = Locks::new(folder);
    thread::scope(|scope| {
        for number in 0..20 {
            let locks = &locks;
            scope.spawn(move || {
                for round in 0..15 {
                    let name = format!("role-{}", (number + round) % 3);
                    let limit = if number % 5 == 0 { Duration::from_micros(200) } else { LONG };
                    let Ok(_guard) = locks.acquire(&name, limit) else { continue };
                    let witness = locks.folder.join(name);
                    File::create_new(&witness).expect("nobody else is inside");
                    fs::remove_file(&witness).unwrap();
                }
            });
        }
    });
    io::stderr().write_all(b"done\n").unwrap();
}

/// The child's side of the next test: takes and frees locks until it is killed.
#[test]
#[ignore = "is the child of other tests here"]
fn child_that_is_killed_at_any_step() {
    let Some(folder) = std::env::var_os("DAYPASS_TEST_LOCKS") else { return };
    let locks = Locks::new(folder);
    for round in 0.. {
        let _guard = locks.acquire(&format!("doomed-{}", round % 4), LONG).unwrap();
        if round == 10 {
            io::stderr().write_all(b"held\n").unwrap();
        }
    }
}

#[test]
fn many_threads_of_many_processes_exclude_each_other_while_some_are_killed() {
    let (_keep, locks) = folder();
    let contending: Vec<_> = (0..8).map(|_| child("child_that_contends", &locks.folder)).collect();
    for _ in 0..12 {
        let mut doomed = started(child("child_that_is_killed_at_any_step", &locks.folder));
        doomed.kill().unwrap();
        doomed.wait().unwrap();
    }
    for contender in contending {
        // Its exit code would tell more than that: how a process ends whose threads still wait for a lock.
        let ended = contender.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(said.contains("done\n"), "{said}");
    }
    drop(locks.acquire("role", LONG).unwrap());
    assert_eq!(files_of(&locks), ["in-use"]);
}

#[test]
fn no_file_is_left_of_four_hundred_locks() {
    let (_keep, locks) = folder();
    for number in 0..400 {
        drop(locks.acquire(&format!("role-{number}"), LONG).unwrap());
    }
    assert_eq!(files_of(&locks), ["in-use"]);
}

#[test]
fn a_killed_holders_file_goes_with_the_next_lock_that_is_freed() {
    let (_keep, locks) = folder();
    let mut child = holding_child(&locks.folder);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(files_of(&locks), [file_of("role"), "in-use".to_owned()]);
    drop(locks.acquire("another role", LONG).unwrap());
    assert_eq!(files_of(&locks), ["in-use"]);
}

#[test]
fn a_lock_that_is_held_keeps_its_file() {
    let (_keep, locks) = folder();
    let guard = locks.acquire("role", LONG).unwrap();
    drop(locks.acquire("another role", LONG).unwrap());
    assert!(files_of(&locks).contains(&file_of("role")));
    assert!(locks.acquire("role", Duration::from_millis(1)).is_err());
    drop(guard);
}

#[cfg(unix)]
#[test]
fn whoever_hangs_while_removing_files_is_named() {
    let (_keep, locks) = folder();
    drop(locks.acquire("role", LONG).unwrap());
    let remover = OpenOptions::new().read(true).write(true).open(locks.folder.join("in-use")).unwrap();
    remover.lock().unwrap();
    write_holder(&remover);
    let error = locks.acquire("role", Duration::from_millis(1)).unwrap_err();
    assert!(error.to_string().contains(&format!("process {} ", std::process::id())), "{error}");
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
fn a_waiter_that_gave_up_no_longer_uses_the_folder() {
    for limit in [Duration::ZERO, Duration::from_millis(1)] {
        let (_keep, locks) = folder();
        drop(locks.acquire("role", LONG).unwrap());
        let open = |name: &str| OpenOptions::new().create(true).append(true).open(locks.folder.join(name)).unwrap();
        // Whoever holds the lock this way does not use the folder, so that the waiter is the only one who does.
        let holder = open(&file_of("role"));
        holder.lock().unwrap();
        assert!(locks.acquire("role", limit).is_err());
        assert!(open("in-use").try_lock().is_ok(), "{limit:?}");
    }
}

#[test]
fn hostile_names_stay_inside_the_folder() {
    let (keep, locks) = folder();
    for name in ["../../x", "a/b", "", "\0", &"é".repeat(5_000)] {
        let _guard = locks.acquire(name, LONG).unwrap();
        assert_eq!(files_of(&locks), [file_of(name), "in-use".to_owned()]);
    }
    assert_eq!(fs::read_dir(keep.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_lock_file_is_private_and_never_a_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (keep, locks) = folder();
    let guard = locks.acquire("role", LONG).unwrap();
    for name in [file_of("role"), "in-use".to_owned()] {
        assert_eq!(fs::metadata(locks.folder.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(guard);
    let victim = keep.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    for name in [file_of("role"), "in-use".to_owned()] {
        let path = locks.folder.join(name);
        let _ = fs::remove_file(&path);
        symlink(&victim, &path).unwrap();
        assert!(locks.acquire("role", LONG).is_err());
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    }
}
