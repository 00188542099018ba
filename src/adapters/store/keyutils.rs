//! The kernel's user keyring. It needs no daemon and forgets at reboot.
//!
//! It is called directly and not through the `keyring` crate, whose store is refused (`EACCES`) in every session
//! without a session keyring, such as cron's and systemd's.
//!
//! Source: keyrings(7), user-keyring(7), keyctl(2).

use linux_keyutils::{Key, KeyError, KeyPermissions, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};
use zeroize::Zeroizing;

use super::raw::{Keyring, Limits, SERVICE, StoreError, StoreResult};

/// The kernel's limit for one key.
const KEY_BYTES: usize = 32_767;
/// An ordinary user's quota for all keys together (`/proc/sys/kernel/keys/maxbytes`); root's is larger.
const QUOTA_BYTES: usize = 20_000;

/// The kernel's keyring of this user.
pub struct Keyutils;

impl Keyring for Keyutils {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        let Some((mut secret, length)) = present(possessing(|| read(item)))? else { return Ok(None) };
        if length > secret.len() {
            return Err(StoreError::Damaged { item: item.to_owned() });
        }
        secret.truncate(length);
        Ok(Some(secret))
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        if secret.len() > KEY_BYTES {
            return Err(StoreError::TooLong { limit: KEY_BYTES });
        }
        let is_new = present(possessing(|| find(item)))?.is_none();
        // For an update as well: the call for updates alone takes no more than a page.
        let key = possessing(|| user_keyring()?.add_key(&description(item), secret)).map_err(understood)?;
        if is_new { restrict(key).map_err(understood) } else { Ok(()) }
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        // Wherever else it is linked, it is gone from there too.
        present(possessing(|| find(item)?.invalidate())).map(drop)
    }

    fn limits(&self) -> Limits {
        Limits { max_item_bytes: Some(KEY_BYTES), max_total_bytes: Some(QUOTA_BYTES) }
    }
}

fn description(item: &str) -> String {
    format!("{SERVICE}:{item}")
}

fn find(item: &str) -> Result<Key, KeyError> {
    user_keyring()?.search(&description(item))
}

/// The secret, cut off at what fits into one key, and its true length.
fn read(item: &str) -> Result<(Zeroizing<Vec<u8>>, usize), KeyError> {
    let mut secret = Zeroizing::new(vec![0; KEY_BYTES]);
    let length = find(item)?.read(&mut *secret)?;
    Ok((secret, length))
}

/// Gives a new key its permissions. They allow no change of themselves, so that only the first of two processes that
/// create a key at once succeeds.
fn restrict(key: Key) -> Result<(), KeyError> {
    match possessing(|| key.set_perms(permissions())) {
        Err(KeyError::AccessDenied) => Ok(()),
        outcome => outcome,
    }
}

fn user_keyring() -> Result<KeyRing, KeyError> {
    KeyRing::from_special_id(KeyRingIdentifier::User, true)
}

/// What finding, reading, updating and removing need, for those whose keyrings lead to the key; such a possessor may
/// read whatever it may find. The user as such gets nothing: a process of the same user that is shut off from the
/// user's keyring cannot use the key by its number.
fn permissions() -> KeyPermissions {
    KeyPermissionsBuilder::builder().posessor(Permission::SEARCH | Permission::WRITE).build()
}

/// Runs `operation`, and where the kernel refuses, once more as the keys' possessor.
///
/// Only processes whose session's keyring leads to the user's possess the keys in it, and many sessions' (cron's,
/// systemd's) do not lead there. A keyring of this process that does helps; it counts against the user's quota, so it
/// is made only when needed.
fn possessing<T>(operation: impl Fn() -> Result<T, KeyError>) -> Result<T, KeyError> {
    match operation() {
        Err(KeyError::AccessDenied) => KeyRing::from_special_id(KeyRingIdentifier::Process, true)
            .and_then(|ring| ring.link_keyring_id(KeyRingIdentifier::User))
            .and_then(|()| operation()),
        outcome => outcome,
    }
}

/// Makes an absent key `None` instead of an error.
fn present<T>(outcome: Result<T, KeyError>) -> StoreResult<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked) => Ok(None),
        Err(error) => Err(understood(error)),
    }
}

fn understood(error: KeyError) -> StoreError {
    match error {
        KeyError::QuotaExceeded => StoreError::NoRoom,
        KeyError::Unknown(code) if code == rustix::io::Errno::NOSYS.raw_os_error() => {
            StoreError::Absent("this kernel has no keyring".to_owned())
        }
        KeyError::PermissionDenied => StoreError::Absent("this sandbox closes the kernel's keyring".to_owned()),
        other => StoreError::Failed(format!("the kernel says {other}")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::raw::RawStore as _;
    use super::super::sealed::Sealed;
    use super::*;
    use crate::adapters::lock::Locks;
    use crate::adapters::programs::copy_program;

    /// An item that is removed with the value.
    struct Item(String);

    impl Item {
        fn new(name: &str) -> Self {
            Item(format!("test/{name}/{}", std::process::id()))
        }
    }

    impl Drop for Item {
        fn drop(&mut self) {
            let _ = Keyutils.delete(&self.0);
        }
    }

    #[test]
    #[ignore = "needs the kernel's keyring, which containers often lack"]
    fn the_kernel_keeps_an_item_until_it_is_deleted() {
        let Item(name) = &Item::new("kept");
        assert!(Keyutils.load(name).unwrap().is_none());
        for secret in [&b"one"[..], b"three", &[7; KEY_BYTES]] {
            Keyutils.save(name, secret).unwrap();
            assert_eq!(Keyutils.load(name).unwrap().unwrap().as_slice(), secret);
        }
        Keyutils.delete(name).unwrap();
        Keyutils.delete(name).unwrap();
        assert!(Keyutils.load(name).unwrap().is_none());
        Keyutils.save(name, b"again").unwrap();
        assert_eq!(Keyutils.load(name).unwrap().unwrap().as_slice(), b"again");
    }

    #[test]
    #[ignore = "needs the kernel's keyring, which containers often lack"]
    fn no_permission_could_be_left_out() {
        let Item(name) = &Item::new("least");
        for (rest, left_out) in [(Permission::WRITE, "SEARCH"), (Permission::SEARCH, "WRITE")] {
            let key = user_keyring().unwrap().add_key(&description(name), b"one").unwrap();
            key.set_perms(KeyPermissionsBuilder::builder().posessor(rest).build()).unwrap();
            let usable = Keyutils.load(name).is_ok_and(|found| found.is_some()) && Keyutils.save(name, b"two").is_ok();
            user_keyring().unwrap().unlink_key(key).unwrap();
            assert!(!usable, "{left_out} is not needed");
        }
    }

    #[test]
    fn a_secret_beyond_the_kernels_limit_is_refused() {
        let refused = Keyutils.save("test/long", &[0; KEY_BYTES + 1]);
        assert!(matches!(refused, Err(StoreError::TooLong { limit: KEY_BYTES })));
    }

    /// The child's side of the tests below: uses the keyring as the user and in the session that it was put into.
    #[test]
    #[ignore = "is the child of other tests here"]
    fn child_with_records() {
        let Some(folder) = std::env::var_os("DAYPASS_TEST_FOLDER") else { return };
        let folder = std::path::Path::new(&folder);
        // As a creator leaves it who is killed before he gave it its permissions.
        user_keyring().unwrap().add_key("daypass:test/torn", b"old").unwrap();
        assert_eq!(Keyutils.load("test/torn").unwrap().unwrap().as_slice(), b"old");
        Keyutils.save("test/torn", b"new").unwrap();
        Keyutils.delete("test/torn").unwrap();
        let sealed = Sealed::new(Keyutils, folder.join("sealed"), Locks::new(folder.join("locks")));
        for item in 0..20 {
            let secret = vec![item; 2_561 + usize::from(item) * 1_000];
            sealed.save(&item.to_string(), &secret).unwrap();
            assert_eq!(sealed.load(&item.to_string()).unwrap().unwrap().as_slice(), secret);
        }
        (0..20).for_each(|item| sealed.delete(&item.to_string()).unwrap());
        let fill = |item| format!("test/fill/{item}");
        let full = (0..8).find_map(|item| Keyutils.save(&fill(item), &[0; 3_000]).err());
        (0..8).for_each(|item| Keyutils.delete(&fill(item)).unwrap());
        assert!(matches!(full, Some(StoreError::NoRoom)), "an ordinary user's quota holds no records: {full:?}");
    }

    /// The child's side of the test about other sessions: what `DAYPASS_TEST_STEP` says, in a session of its own.
    #[test]
    #[ignore = "is the child of another test here"]
    fn child_in_a_session() {
        let Some(step) = std::env::var_os("DAYPASS_TEST_STEP") else { return };
        let noted = std::path::PathBuf::from(std::env::var_os("DAYPASS_TEST_FOLDER").unwrap()).join("number");
        match step.to_str().unwrap() {
            "create" => {
                Keyutils.save("test/shared", b"one").unwrap();
                let number = possessing(|| find("test/shared")).unwrap().get_id().as_raw_id();
                std::fs::write(noted, number.to_string()).unwrap();
            }
            "steal" => {
                let number: i32 = std::fs::read_to_string(noted).unwrap().parse().unwrap();
                let key = Key::from_id(number.into());
                assert_eq!(key.read(&mut [0; 8]), Err(KeyError::AccessDenied), "its number alone must not open it");
            }
            "use" => {
                assert_eq!(Keyutils.load("test/shared").unwrap().unwrap().as_slice(), b"one");
                Keyutils.save("test/shared", b"two").unwrap();
                assert_eq!(Keyutils.load("test/shared").unwrap().unwrap().as_slice(), b"two");
                Keyutils.save("test/shared", b"one").unwrap();
            }
            "delete" => {
                Keyutils.delete("test/shared").unwrap();
                assert!(Keyutils.load("test/shared").unwrap().is_none());
            }
            other => panic!("there is no step {other}"),
        }
    }

    /// A user whom nobody else is, and the folder that is theirs.
    struct OrdinaryUser {
        id: u32,
        folder: tempfile::TempDir,
    }

    const PLAIN: &str = "exec \"$@\"";
    /// A session whose keyring does not lead to the user's.
    const CUT_OFF: &str = "exec keyctl session - \"$@\"";

    impl OrdinaryUser {
        fn new(nth: u32) -> Self {
            let user =
                OrdinaryUser { id: 1_000_000 + 4 * std::process::id() + nth, folder: tempfile::tempdir().unwrap() };
            // The test's program may lie where the other user may not go.
            copy_program(&std::env::current_exe().unwrap(), &user.folder.path().join("tests"));
            let owner = format!("{}:{}", user.id, user.id);
            assert!(as_root("chown").arg("-R").arg(owner).arg(user.folder.path()).status().unwrap().success());
            user
        }

        /// Runs one of the children above in the session that the shell command `session` starts.
        fn runs(&self, child: &str, session: &str, step: &str) {
            let (user, group) = (format!("--reuid={}", self.id), format!("--regid={}", self.id));
            let ran = as_root("env")
                .arg(format!("DAYPASS_TEST_FOLDER={}", self.folder.path().display()))
                .arg(format!("DAYPASS_TEST_STEP={step}"))
                .args(["setpriv", &user, &group, "--clear-groups", "sh", "-c", session, "sh"])
                .arg(self.folder.path().join("tests"))
                .args(["--exact", &format!("adapters::store::keyutils::tests::{child}"), "--ignored"])
                .current_dir("/")
                .output()
                .unwrap();
            let passed = String::from_utf8_lossy(&ran.stdout).contains("1 passed");
            assert!(ran.status.success() && passed, "{child} {step}: {ran:?}");
        }
    }

    impl Drop for OrdinaryUser {
        fn drop(&mut self) {
            let _ = as_root("rm").arg("-rf").arg(self.folder.path()).status();
        }
    }

    /// Only root can become another user.
    fn as_root(program: &str) -> Command {
        if rustix::process::geteuid().is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("sudo");
        command.args(["-n", program]);
        command
    }

    #[test]
    #[ignore = "needs the kernel's keyring, root and setpriv"]
    fn records_that_exceed_an_ordinary_users_quota_are_kept_sealed() {
        OrdinaryUser::new(0).runs("child_with_records", PLAIN, "");
    }

    #[test]
    #[ignore = "needs the kernel's keyring, root, setpriv and keyctl"]
    fn a_session_whose_keyring_leads_nowhere_can_use_the_users_keyring_too() {
        OrdinaryUser::new(1).runs("child_with_records", CUT_OFF, "");
    }

    #[test]
    #[ignore = "needs the kernel's keyring, root, setpriv and keyctl"]
    fn every_session_of_the_user_can_use_a_key_but_nobody_by_its_number_alone() {
        let user = OrdinaryUser::new(2);
        let steps = [("create", PLAIN), ("use", PLAIN), ("steal", CUT_OFF), ("use", CUT_OFF), ("delete", CUT_OFF)];
        for (step, session) in steps {
            user.runs("child_in_a_session", session, step);
        }
        user.runs("child_in_a_session", CUT_OFF, "create");
        for (step, session) in [("steal", CUT_OFF), ("use", CUT_OFF), ("use", PLAIN), ("delete", PLAIN)] {
            user.runs("child_in_a_session", session, step);
        }
    }
}
