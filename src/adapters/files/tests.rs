//! What holds for files: whole or untouched, private, and never through someone else's link. The faults are real
//! ones, met in child processes: a file size limit, a full file system, a read-only one.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::Builder;

use super::replace::stage;
use super::*;
use crate::adapters::left_out::left_out;
use crate::error::{FileFault, Result};

/// Makes sure that a child ran its one test and passed it.
fn assert_passed(child: &Output) {
    let passed = String::from_utf8_lossy(&child.stdout).contains("1 passed");
    assert!(child.status.success() && passed, "{child:?}");
}

type Write = fn(&Path, &[u8]) -> Result<()>;

const WRITES: [(&str, Write); 3] =
    [("write_private", write_private), ("replace_keeping_mode", replace_keeping_mode), ("append", append)];

fn append(path: &Path, bytes: &[u8]) -> Result<()> {
    LogFile::open(path)?.append(&[bytes.to_vec()], Durability::OnDisk)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A file `f` in `folder` that holds one line.
fn old_file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("f");
    write_private(&path, b"old\n").unwrap();
    path
}

#[test]
fn what_is_written_is_read_and_leaves_nothing_else() {
    let folder = folder();
    let path = folder.path().join("f");
    for (_, write) in WRITES {
        write(&path, b"text").unwrap();
    }
    assert_eq!(read_bounded(&path, 100).unwrap().unwrap(), b"texttext\n");
    assert_eq!(names_in(folder.path()), ["f"]);
    assert!(read_bounded(&folder.path().join("absent"), 100).unwrap().is_none());
}

/// The child's side of the tests below: every write must fail, and leave the old file as it was.
#[test]
#[ignore = "is the child of other tests here"]
fn child_whose_writes_fail() {
    let Some(folder) = std::env::var_os("DAYPASS_TEST_FOLDER") else { return };
    let folder = Path::new(&folder);
    let path = folder.join("f");
    for (name, write) in WRITES {
        let error = write(&path, &[b'x'; 70_000]).expect_err(name);
        assert!(error.to_string().contains("cannot"), "{name}: {error}");
        assert_eq!(fs::read(&path).unwrap(), b"old\n", "{name}");
        assert_eq!(names_in(folder), ["f"], "{name}");
    }
}

fn child_through_shell(folder: &Path, prepare: &str) -> Output {
    Command::new("sh")
        .args(["-c", &format!("{prepare}; exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "adapters::files::tests::child_whose_writes_fail", "--ignored"])
        .env("DAYPASS_TEST_FOLDER", folder)
        // The harness keeps its own files elsewhere.
        .env("TMPDIR", "/tmp")
        .output()
        .unwrap()
}

#[test]
fn a_write_cut_off_at_any_size_leaves_the_old_file() {
    for blocks in [0, 1, 2, 8, 64] {
        let folder = folder();
        old_file(folder.path());
        let child = child_through_shell(folder.path(), &format!("trap '' XFSZ; ulimit -f {blocks}"));
        assert_passed(&child);
    }
}

/// Runs the child in a mount name space of its own, where `mount` prepares `$DAYPASS_TEST_FOLDER`.
fn child_on_a_file_system_that(mount: &str) {
    let probe = Command::new("unshare").args(["-rm", "true"]).status();
    if !probe.is_ok_and(|status| status.success()) {
        return left_out("this system lets nobody mount a file system of his own");
    }
    let folder = folder();
    let child = Command::new("unshare")
        .args(["-rm", "sh", "-ec", &format!("cd /; {mount}; exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "adapters::files::tests::child_whose_writes_fail", "--ignored"])
        .env("DAYPASS_TEST_FOLDER", folder.path())
        .output()
        .unwrap();
    assert_passed(&child);
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    child_on_a_file_system_that(
        "mount -t tmpfs -o size=32k none \"$DAYPASS_TEST_FOLDER\"; \
         umask 077; echo old > \"$DAYPASS_TEST_FOLDER/f\"",
    );
}

#[test]
fn a_read_only_folder_leaves_the_old_file() {
    child_on_a_file_system_that(
        "mount -t tmpfs none \"$DAYPASS_TEST_FOLDER\"; umask 077; echo old > \"$DAYPASS_TEST_FOLDER/f\"; \
         mount -o remount,bind,ro \"$DAYPASS_TEST_FOLDER\"",
    );
}

/// The child's side: under an open umask everything is private all the same.
#[test]
#[ignore = "is the child of other tests here"]
fn child_under_a_strange_umask() {
    let Some(folder) = std::env::var_os("DAYPASS_TEST_FOLDER") else { return };
    let folder = Path::new(&folder).join("a").join("b");
    ensure_private_dir(&folder).unwrap();
    assert_eq!(mode(&folder), 0o700);
    for (name, write) in WRITES {
        write(&folder.join(name), b"text").unwrap();
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
}

#[test]
fn files_are_private_under_an_open_umask() {
    for umask in ["0", "022", "077"] {
        let folder = folder();
        let child = Command::new("sh")
            .args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "adapters::files::tests::child_under_a_strange_umask", "--ignored"])
            .env("DAYPASS_TEST_FOLDER", folder.path())
            .output()
            .unwrap();
        assert_passed(&child);
    }
}

#[test]
fn a_link_at_the_temporary_name_is_refused() {
    let folder = folder();
    let victim = old_file(folder.path());
    symlink(&victim, folder.path().join(".planted")).unwrap();
    let mut builder = Builder::new();
    builder.prefix(".planted").rand_bytes(0);
    assert!(stage(&mut builder, folder.path(), b"new", None).is_err());
    assert_eq!(fs::read(&victim).unwrap(), b"old\n");
}

#[test]
fn a_private_write_replaces_a_link_and_leaves_its_target() {
    let folder = folder();
    let victim = old_file(folder.path());
    let link = folder.path().join("link");
    symlink(&victim, &link).unwrap();
    write_private(&link, b"new").unwrap();
    assert!(!link.is_symlink());
    assert_eq!(fs::read(&victim).unwrap(), b"old\n");
    fs::remove_file(&link).unwrap();
    symlink(&victim, &link).unwrap();
    assert!(append(&link, b"new").is_err());
    assert_eq!(fs::read(&victim).unwrap(), b"old\n");
}

#[test]
fn a_link_to_the_persons_file_is_followed_and_stays() {
    let folder = folder();
    fs::create_dir(folder.path().join("dotfiles")).unwrap();
    let target = old_file(&folder.path().join("dotfiles"));
    set_mode(&target, 0o640);
    symlink("dotfiles/f", folder.path().join("link")).unwrap();
    symlink("link", folder.path().join("config")).unwrap();
    replace_keeping_mode(&folder.path().join("config"), b"new").unwrap();
    assert!(folder.path().join("config").is_symlink() && folder.path().join("link").is_symlink());
    assert_eq!((fs::read(&target).unwrap().as_slice(), mode(&target)), (&b"new"[..], 0o640));
}

#[test]
fn links_that_lead_in_circles_or_nowhere_are_refused() {
    let folder = folder();
    let (a, b, c) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
    symlink(&a, &b).unwrap();
    symlink(&b, &a).unwrap();
    symlink("absent", &c).unwrap();
    for path in [a, c] {
        assert!(replace_keeping_mode(&path, b"new").is_err(), "{path:?}");
        assert!(path.is_symlink());
    }
    assert_eq!(names_in(folder.path()), ["a", "b", "c"]);
}

#[test]
fn modes_are_kept_and_those_open_to_writing_are_refused() {
    let folder = folder();
    let path = old_file(folder.path());
    for kept in [0o600, 0o640, 0o644, 0o400] {
        set_mode(&path, kept);
        replace_keeping_mode(&path, b"old\n").unwrap();
        assert_eq!(mode(&path), kept);
    }
    for refused in [0o660, 0o602, 0o666] {
        set_mode(&path, refused);
        let error = replace_keeping_mode(&path, b"new").unwrap_err();
        assert!(error.to_string().starts_with("other users may write to "), "{error}");
        assert!(append(&path, b"new").is_err());
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (&b"old\n"[..], refused));
    }
    assert!(replace_keeping_mode(folder.path(), b"new").is_err());
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        // `/` is root's, so that it stands for another user's folder; a file to replace must be given away.
        assert!(ensure_private_dir(Path::new("/")).is_err());
        return left_out("only root can give a file away; a folder alone was tried");
    }
    let folder = folder();
    let path = old_file(folder.path());
    std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
    symlink("f", folder.path().join("ours")).unwrap();
    symlink("f", folder.path().join("theirs")).unwrap();
    std::os::unix::fs::lchown(folder.path().join("theirs"), Some(12_345), None).unwrap();
    for name in ["f", "ours", "theirs"] {
        let error = replace_keeping_mode(&folder.path().join(name), b"new").unwrap_err();
        assert!(error.to_string().contains("another user"), "{name}: {error}");
    }
    assert!(append(&path, b"new").is_err());
    assert_eq!(fs::read(&path).unwrap(), b"old\n");
    std::os::unix::fs::chown(folder.path(), Some(12_345), None).unwrap();
    assert!(ensure_private_dir(folder.path()).is_err());
}

#[test]
fn what_decides_is_read_only_where_nobody_but_us_and_root_can_change_it() {
    let folder = folder();
    let path = old_file(folder.path());
    for read in [0o600, 0o644, 0o444] {
        set_mode(&path, read);
        assert_eq!(read_trusted(&path, 100).unwrap().unwrap(), b"old\n", "{read:o}");
    }
    for refused in [0o660, 0o602, 0o666, 0o664] {
        set_mode(&path, refused);
        let error = read_trusted(&path, 100).unwrap_err();
        assert!(matches!(error.fault, FileFault::WritableToOthers), "{refused:o}: {error}");
        assert!(read_bounded(&path, 100).is_ok());
    }
    assert!(read_trusted(&folder.path().join("absent"), 100).unwrap().is_none());
    // Root's, and closed to others on every system.
    assert!(read_trusted(Path::new("/etc/passwd"), 1 << 20).unwrap().is_some());
    set_mode(&path, 0o600);
    symlink("f", folder.path().join("link")).unwrap();
    if !rustix::process::geteuid().is_root() {
        return left_out("only root can give a file away");
    }
    std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
    for name in ["f", "link"] {
        let error = read_trusted(&folder.path().join(name), 100).unwrap_err();
        assert!(matches!(error.fault, FileFault::OtherOwner), "{name}: {error}");
    }
}

#[test]
fn a_folder_of_ours_is_closed_and_an_open_one_refused() {
    let folder = folder();
    let path = folder.path().join("state");
    fs::create_dir(&path).unwrap();
    set_mode(&path, 0o755);
    ensure_private_dir(&path).unwrap();
    assert_eq!(mode(&path), 0o700);
    for refused in [0o770, 0o702, 0o1777] {
        set_mode(&path, refused);
        assert!(ensure_private_dir(&path).is_err(), "{refused:o}");
    }
    let file = old_file(folder.path());
    assert!(ensure_private_dir(&file).is_err());
}

#[test]
fn a_fifo_in_a_files_place_does_not_hold_us_up() {
    let folder = folder();
    let path = folder.path().join("f");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(append(&path, b"line").is_err());
    assert!(replace_keeping_mode(&path, b"new").is_err());
}

#[test]
fn a_folder_behind_a_link_of_another_user_is_refused() {
    let outer = folder();
    let (target, link) = (outer.path().join("target"), outer.path().join("link"));
    ensure_private_dir(&target).unwrap();
    symlink(&target, &link).unwrap();
    ensure_private_dir(&link).unwrap();
    if !rustix::process::geteuid().is_root() {
        return left_out("only root can give a link away");
    }
    std::os::unix::fs::lchown(&link, Some(12_345), None).unwrap();
    for name in [link.clone(), link.join("")] {
        assert!(ensure_private_dir(&name).unwrap_err().to_string().ends_with("belongs to another user"), "{name:?}");
    }
}

#[test]
fn temporary_files_that_a_killed_process_left_are_swept() {
    let folder = folder();
    let old = |name: &str| {
        let file = fs::File::create(folder.path().join(name)).unwrap();
        let made = file.metadata().unwrap().modified().unwrap();
        file.set_modified(made - std::time::Duration::from_secs(3700)).unwrap();
    };
    let (left, others) = (".daypass-0123456789ab", [".daypass-notes", ".other-0123456789ab"]);
    old(left);
    others.into_iter().for_each(old);
    fs::write(folder.path().join(".daypass-ba9876543210"), "under way").unwrap();
    write_private(&folder.path().join("f"), b"new").unwrap();
    let there = |name: &str| folder.path().join(name).exists();
    assert!(!there(left) && others.into_iter().all(there) && there(".daypass-ba9876543210"));
}
