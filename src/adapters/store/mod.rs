//! Where secrets are kept: the operating system's keyring, and above one too small for a record, sealed files.
//!
//! [`open`] puts the layers together, from the outside in: writes that the end of the process waits for; where there
//! is a choice, the choice; records as the keyring's own items, or sealed files where it cannot hold them; the namespace
//! of the state folder; the keyring itself. Nothing is connected or asked before the first operation.

#[cfg(target_os = "linux")]
mod auto;
mod interaction;
mod keyring_crate;
mod keyring_items;
#[cfg(target_os = "linux")]
mod keyutils;
mod log_records;
mod memory;
mod namespace;
#[cfg(all(test, target_os = "linux"))]
#[path = "../../../tests/support/own_memory.rs"]
mod own_memory;
pub mod raw;
mod records;
mod sealed;
#[cfg(target_os = "linux")]
mod secret_service;
mod secrets;
mod translation;
mod uninterrupted;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::interaction::{Access, Interaction};
use self::keyring_items::KeyringItems;
use self::memory::Memory;
use self::namespace::{Namespace, Namespaced};
use self::raw::Keyring;
pub use self::raw::{Limits, RawStore, StoreError, StoreResult};
use self::sealed::Sealed;
pub use self::secrets::Secrets;
use self::uninterrupted::Uninterrupted;
use crate::adapters::lock::Locks;
use crate::domain::store_choice::{StoreChoice, StoreName};
use crate::environment::Environment;
use crate::error::{Error, Result};

/// Where the keyring is, what a store has beside it, and what its items in the keyring are told apart by.
#[derive(Debug, Clone)]
pub struct StorePaths {
    /// For sealed records.
    sealed_dir: PathBuf,
    /// For lock files.
    lock_dir: PathBuf,
    /// That of the state folder, so that no other state folder sees our items.
    namespace: Namespace,
    /// Where the session bus may listen, on which the Secret Service is.
    #[cfg(target_os = "linux")]
    session_bus: Vec<secret_service::Address>,
}

impl StorePaths {
    /// Those that belong to a state folder, and the keyring that `environment` leads to.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(unused_variables, reason = "no other keyring is found through the environment")
    )]
    pub fn of(state_folder: &Path, environment: &Environment) -> Self {
        StorePaths {
            sealed_dir: state_folder.join("sealed"),
            lock_dir: state_folder.join("locks"),
            namespace: Namespace::of(state_folder),
            #[cfg(target_os = "linux")]
            session_bus: secret_service::session_bus(environment),
        }
    }
}

/// The store that `choice` names on this system. Keep one for the whole process: it remembers a dismissed prompt, and
/// holds one connection to the keyring.
///
/// # Errors
/// When this system has no such store. That a keyring is absent, locked or broken shows with the first operation.
pub fn open(choice: StoreChoice, paths: &StorePaths, access: impl Into<Access>) -> Result<Arc<dyn RawStore>> {
    match choice {
        StoreChoice::Only(StoreName::Memory) => Ok(Arc::new(KeyringItems(Memory::default()))),
        other => Ok(Arc::new(Uninterrupted(platform::open(other, paths, access.into())?))),
    }
}

/// Records in our namespace of `keyring`: its own items, or sealed files where it cannot hold whole records.
fn records_in<K: Keyring + 'static>(keyring: K, paths: &StorePaths) -> Arc<dyn RawStore> {
    let keyring = Namespaced::new(keyring, paths.namespace.clone());
    if keyring.limits().hold_records() {
        return Arc::new(KeyringItems(keyring));
    }
    Arc::new(Sealed::new(keyring, &paths.sealed_dir, Locks::new(&paths.lock_dir)))
}

#[cfg(target_os = "linux")]
mod platform {
    //! Linux: the Secret Service, and the kernel's keyring.

    use super::auto::Auto;
    use super::keyutils::Keyutils;
    use super::secret_service::secret_service;
    use super::*;

    const NOTICE: &str =
        "no Secret Service answers, so credentials are kept with the kernel's keyring until the next reboot";

    pub fn open(choice: StoreChoice, paths: &StorePaths, access: Access) -> Result<Arc<dyn RawStore>> {
        let service = || secret_service(paths.session_bus.clone(), access);
        match choice {
            StoreChoice::Auto => {
                Ok(Arc::new(Auto::new(records_in(service(), paths), records_in(Keyutils, paths), NOTICE)))
            }
            StoreChoice::Only(StoreName::SecretService) => Ok(records_in(service(), paths)),
            StoreChoice::Only(StoreName::Keyutils) => Ok(records_in(Keyutils, paths)),
            _ => Err(Error::NoSuchStore { available: &["auto", "secret-service", "keyutils", "memory"] }),
        }
    }
}

#[cfg(target_os = "macos")]
mod platform {
    //! macOS: the Keychain, which shows its own prompts.

    use std::time::Duration;

    use super::keyring_crate::KeyringCrate;
    use super::*;

    pub fn open(choice: StoreChoice, paths: &StorePaths, access: Access) -> Result<Arc<dyn RawStore>> {
        let timeout = match access.interaction {
            Interaction::Allowed => Duration::from_secs(60),
            Interaction::Forbidden => Duration::from_secs(3),
        };
        match choice {
            StoreChoice::Auto | StoreChoice::Only(StoreName::Keychain) => {
                Ok(records_in(KeyringCrate::new(Limits::default(), StoreName::Keychain, timeout), paths))
            }
            _ => Err(Error::NoSuchStore { available: &["auto", "keychain", "memory"] }),
        }
    }
}

#[cfg(target_os = "windows")]
mod platform {
    //! Windows: the Credential Manager, which never asks.

    use std::time::Duration;

    use super::keyring_crate::KeyringCrate;
    use super::*;

    /// `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
    const BLOB_BYTES: usize = 2560;

    pub fn open(choice: StoreChoice, paths: &StorePaths, _access: Access) -> Result<Arc<dyn RawStore>> {
        let limits = Limits { max_item_bytes: Some(BLOB_BYTES), max_total_bytes: None };
        match choice {
            StoreChoice::Auto | StoreChoice::Only(StoreName::CredentialManager) => {
                let keyring = KeyringCrate::new(limits, StoreName::CredentialManager, Duration::from_secs(3));
                Ok(records_in(keyring, paths))
            }
            _ => Err(Error::NoSuchStore { available: &["auto", "credential-manager", "memory"] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn every_choice() -> impl Iterator<Item = StoreChoice> {
        StoreName::ALL.into_iter().map(StoreChoice::Only).chain([StoreChoice::Auto])
    }

    #[test]
    fn other_systems_stores_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for choice in every_choice() {
            let foreign = match choice {
                StoreChoice::Auto | StoreChoice::Only(StoreName::Memory) => false,
                StoreChoice::Only(StoreName::SecretService | StoreName::Keyutils) => !cfg!(target_os = "linux"),
                StoreChoice::Only(StoreName::Keychain) => !cfg!(target_os = "macos"),
                StoreChoice::Only(StoreName::CredentialManager) => !cfg!(target_os = "windows"),
            };
            match open(choice, &StorePaths::of(folder.path(), &Environment::default()), Interaction::Forbidden) {
                Ok(store) => assert!(!foreign && choice.allows(store.name()), "{choice:?}"),
                Err(error) => assert!(foreign && error.kind() == Kind::Usage, "{choice:?}: {error}"),
            }
        }
    }

    #[test]
    fn opening_touches_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        for choice in every_choice() {
            // Where it may not exist, it is refused; that is another test's matter.
            let _ = open(choice, &StorePaths::of(&state, &Environment::default()), Interaction::Forbidden);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
