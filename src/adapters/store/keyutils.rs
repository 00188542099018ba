//! The kernel's user keyring as a keyring-core store. It needs no daemon and forgets at reboot.
//!
//! Source: keyrings(7), user-keyring(7), keyctl(2).

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyring_core::api::{Credential, CredentialApi, CredentialPersistence, CredentialStoreApi};
use keyring_core::{Entry, Error, Result};
use linux_keyutils::{Key, KeyError, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};
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

    fn find(&self, ring: KeyRing) -> Result<Key> {
        ring.search(&self.description()).map_err(understood)
    }
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        let key = user_keyring()?.add_key(&self.description(), secret).map_err(understood)?;
        open_to_this_user(key).map_err(understood)
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        let key = self.find(user_keyring()?)?;
        let mut secret = Zeroizing::new(vec![0; KEY_BYTES]);
        let length = key.read(&mut *secret).map_err(understood)?;
        let whole = secret.get(..length).map(<[u8]>::to_vec);
        whole.ok_or_else(|| wrapped(StoreError::Corrupt { item: self.user.clone() }))
    }

    fn delete_credential(&self) -> Result<()> {
        let ring = user_keyring()?;
        let key = self.find(ring)?;
        ring.unlink_key(key).map_err(understood)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        self.find(user_keyring()?).map(|_| None)
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

fn user_keyring() -> Result<KeyRing> {
    KeyRing::from_special_id(KeyRingIdentifier::User, true).map_err(understood)
}

/// Lets every process of this user use the key. As it is created, only those whose session's keyring leads to the
/// user's may, and many sessions' (cron's, systemd's) do not.
fn open_to_this_user(key: Key) -> std::result::Result<(), KeyError> {
    let all = KeyPermissionsBuilder::builder().posessor(Permission::ALL).user(Permission::ALL).build();
    match key.set_perms(all) {
        // Such a process is not even let at the key that it just made, until a keyring of its own leads there.
        Err(KeyError::AccessDenied) => {
            KeyRing::from_special_id(KeyRingIdentifier::Process, true)?.link_keyring_id(KeyRingIdentifier::User)?;
            key.set_perms(all)
        }
        result => result,
    }
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
