//! The kernel's user keyring as a keyring-core store. It needs no daemon and forgets at reboot.
//!
//! Source: keyrings(7), user-keyring(7), keyctl(2).

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyring_core::api::{Credential, CredentialApi, CredentialPersistence, CredentialStoreApi};
use keyring_core::{Entry, Error, Result};
use linux_keyutils::{Key, KeyError, KeyPermissions, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};
use zeroize::Zeroizing;

use super::keyring::{Keyring, wrapped};
use super::raw::{Limits, StoreError};

/// The store's name, as `DAYPASS_STORE` spells it.
pub const NAME: &str = "keyutils";

/// The kernel's limit for one key.
const KEY_BYTES: usize = 32_767;
/// An ordinary user's quota for all keys together (`/proc/sys/kernel/keys/maxbytes`); root's is larger.
const QUOTA_BYTES: usize = 20_000;

/// The kernel's keyring of this user.
pub fn store() -> Keyring {
    let limits = Limits { max_item_bytes: Some(KEY_BYTES), max_total_bytes: Some(QUOTA_BYTES) };
    Keyring::new(Arc::new(Store), limits, NAME)
}

#[derive(Debug)]
struct Store;

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "kernel keyring".to_owned()
    }

    fn id(&self) -> String {
        format!("daypass {}", env!("CARGO_PKG_VERSION"))
    }

    fn build(&self, service: &str, user: &str, modifiers: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        if modifiers.is_some_and(|modifiers| !modifiers.is_empty()) {
            return Err(Error::NotSupportedByStore("this store knows no modifiers".to_owned()));
        }
        let item = Item { service: service.to_owned(), user: user.to_owned() };
        Ok(Entry::new_with_credential(Arc::new(item)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn persistence(&self) -> CredentialPersistence {
        CredentialPersistence::UntilReboot
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[derive(Debug)]
struct Item {
    service: String,
    user: String,
}

impl Item {
    fn description(&self) -> String {
        format!("{}:{}", self.service, self.user)
    }

    fn find(&self) -> std::result::Result<Key, KeyError> {
        user_keyring()?.search(&self.description())
    }

    /// The secret, cut off at what fits into one key, and its true length.
    fn read(&self) -> std::result::Result<(Zeroizing<Vec<u8>>, usize), KeyError> {
        let mut secret = Zeroizing::new(vec![0; KEY_BYTES]);
        let length = self.find()?.read(&mut *secret)?;
        Ok((secret, length))
    }
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        possessing(|| user_keyring()?.add_key(&self.description(), secret)?.set_perms(for_this_user()))
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        let (secret, length) = possessing(|| self.read())?;
        let whole = secret.get(..length).map(<[u8]>::to_vec);
        whole.ok_or_else(|| wrapped(StoreError::Corrupt { item: self.user.clone() }))
    }

    fn delete_credential(&self) -> Result<()> {
        possessing(|| user_keyring()?.unlink_key(self.find()?))
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        possessing(|| self.find()).map(|_| None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((self.service.clone(), self.user.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

fn user_keyring() -> std::result::Result<KeyRing, KeyError> {
    KeyRing::from_special_id(KeyRingIdentifier::User, true)
}

/// Everything for every process of this user, whatever its session.
fn for_this_user() -> KeyPermissions {
    KeyPermissionsBuilder::builder().posessor(Permission::ALL).user(Permission::ALL).build()
}

/// Runs `operation`, and where the kernel refuses, once more as the keys' possessor.
///
/// A new key is at first open only to processes whose session's keyring leads to the user's, and many sessions'
/// (cron's, systemd's) do not: there the creator itself could not open it further, nor anyone use one whose creator
/// was killed in between. A keyring of this process that leads there helps; it counts against the user's quota,
/// so it is made only when needed.
fn possessing<T>(operation: impl Fn() -> std::result::Result<T, KeyError>) -> Result<T> {
    let outcome = match operation() {
        Err(KeyError::AccessDenied) => KeyRing::from_special_id(KeyRingIdentifier::Process, true)
            .and_then(|ring| ring.link_keyring_id(KeyRingIdentifier::User))
            .and_then(|()| operation()),
        outcome => outcome,
    };
    outcome.map_err(understood)
}

fn understood(error: KeyError) -> Error {
    match error {
        KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked => Error::NoEntry,
        KeyError::QuotaExceeded => wrapped(StoreError::Full),
        KeyError::Unknown(code) if code == rustix::io::Errno::NOSYS.raw_os_error() => {
            wrapped(StoreError::Absent("this kernel has no keyring".to_owned()))
        }
        KeyError::PermissionDenied => {
            wrapped(StoreError::Absent("this sandbox closes the kernel's keyring".to_owned()))
        }
        other => wrapped(StoreError::Failed(format!("the kernel says {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::raw::RawStore;
    use super::super::sealed::Sealed;
    use super::*;
    use crate::adapters::left_out::left_out;
    use crate::adapters::lock::Locks;

    /// An item that is removed with the value.
    struct Item(Keyring, String);

    impl Item {
        fn new(name: &str) -> Self {
            Item(store(), format!("test/{name}/{}", std::process::id()))
        }
    }

    impl Drop for Item {
        fn drop(&mut self) {
            let _ = self.0.delete(&self.1);
        }
    }

    /// Whether this machine gives us a kernel keyring at all; containers often do not.
    fn usable() -> bool {
        match store().load("test/absent") {
            Err(error) => {
                left_out(&format!("the kernel's keyring does not work here: {error}"));
                false
            }
            Ok(_) => true,
        }
    }

    #[test]
    fn the_kernel_keeps_an_item_until_it_is_deleted() {
        if !usable() {
            return;
        }
        let Item(store, name) = &Item::new("kept");
        assert!(store.load(name).unwrap().is_none());
        store.save(name, b"one").unwrap();
        store.save(name, b"three").unwrap();
        assert_eq!(store.load(name).unwrap().unwrap().as_slice(), b"three");
        store.delete(name).unwrap();
        store.delete(name).unwrap();
        assert!(store.load(name).unwrap().is_none());
    }

    #[test]
    fn a_secret_beyond_the_kernels_limit_is_refused() {
        let refused = store().save("test/long", &[0; KEY_BYTES + 1]);
        assert!(matches!(refused, Err(StoreError::TooLong { limit: KEY_BYTES })));
    }

    /// The child's side of the tests below: uses the keyring as the user and in the session that it was put into.
    #[test]
    #[ignore = "is the child of other tests here"]
    fn child_with_records() {
        let Some(folder) = std::env::var_os("DAYPASS_TEST_FOLDER") else { return };
        let folder = std::path::Path::new(&folder);
        let plain = store();
        // As a creator leaves it who is killed before he opened the key to the user's other sessions.
        user_keyring().unwrap().add_key("daypass:test/torn", b"old").unwrap();
        assert_eq!(plain.load("test/torn").unwrap().unwrap().as_slice(), b"old");
        plain.save("test/torn", b"new").unwrap();
        plain.delete("test/torn").unwrap();
        let sealed = Sealed::new(store(), folder.join("sealed"), Locks::new(folder.join("locks")));
        for item in 0..20 {
            let secret = vec![item; 2_561 + usize::from(item) * 1_000];
            sealed.save(&item.to_string(), &secret).unwrap();
            assert_eq!(sealed.load(&item.to_string()).unwrap().unwrap().as_slice(), secret);
        }
        let full =
            (0..8).map(|item| plain.save(&format!("test/fill/{item}"), &[0; 3_000])).find_map(|saved| saved.err());
        (0..8).for_each(|item| plain.delete(&format!("test/fill/{item}")).unwrap());
        plain.delete("sealing-key").unwrap();
        assert!(matches!(full, Some(StoreError::Full)), "an ordinary user's quota holds no records: {full:?}");
    }

    /// Runs the child above as a user whom nobody else is, in the session that the shell command `session` starts.
    fn as_an_ordinary_user(nth: u32, session: &str) {
        let user = 1_000_000 + 2 * std::process::id() + nth;
        if !rustix::process::geteuid().is_root() {
            return left_out("only root can become another user");
        }
        if !usable() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        // The test's program may lie where the other user may not go.
        let program = folder.path().join("tests");
        std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        std::os::unix::fs::chown(folder.path(), Some(user), Some(user)).unwrap();
        let child = Command::new("setpriv")
            .args([&format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups", "sh", "-c", session, "sh"])
            .arg(&program)
            .args(["--exact", "adapters::store::keyutils::tests::child_with_records", "--ignored"])
            .env("DAYPASS_TEST_FOLDER", folder.path())
            .current_dir("/")
            .output()
            .unwrap();
        let passed = String::from_utf8_lossy(&child.stdout).contains("1 passed");
        assert!(child.status.success() && passed, "{child:?}");
    }

    #[test]
    fn records_that_exceed_an_ordinary_users_quota_are_kept_sealed() {
        as_an_ordinary_user(0, "exec \"$@\"");
    }

    #[test]
    fn a_session_whose_keyring_leads_nowhere_can_use_the_users_keyring_too() {
        if Command::new("keyctl").arg("--version").output().is_err() {
            return left_out("there is no keyctl to start such a session with");
        }
        as_an_ordinary_user(1, "exec keyctl session - \"$@\"");
    }
}
