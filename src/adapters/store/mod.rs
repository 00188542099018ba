//! Where secrets are kept: the operating system's keyring, and above one too small for a record, sealed files.
//!
//! [`open`] puts the layers together, from the outside in: writes that the end of the process waits for; where there
//! is a choice, the choice; sealed files where the keyring needs them; the namespace of the state folder; the keyring
//! itself. Nothing is connected or asked before the first operation.

#[cfg(target_os = "linux")]
mod auto;
#[cfg(target_os = "linux")]
mod keyutils;
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
mod stock;
mod translation;
mod uninterrupted;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::memory::Memory;
use self::namespace::{Namespace, Namespaced};
pub use self::raw::{Limits, RawStore, StoreError, StoreResult};
use self::sealed::Sealed;
pub use self::secrets::Secrets;
use self::uninterrupted::Uninterrupted;
use crate::adapters::lock::Locks;
use crate::domain::store_choice::StoreChoice;
use crate::error::{Error, Result};

/// Whether the keyring may ask the person something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// At a terminal: a locked keyring shows its prompt, and the answer is waited for.
    Allowed,
    /// As another program's helper: a locked keyring is an error at once.
    Forbidden,
}

/// What a store has beside the keyring, and what its items in the keyring are told apart by.
#[derive(Debug, Clone)]
pub struct StorePaths {
    /// For sealed records.
    sealed_dir: PathBuf,
    /// For lock files.
    lock_dir: PathBuf,
    /// That of the state folder, so that no other state folder sees our items.
    namespace: Namespace,
}

impl StorePaths {
    /// Those that belong to a state folder.
    pub fn of(state_folder: &Path) -> Self {
        StorePaths {
            sealed_dir: state_folder.join("sealed"),
            lock_dir: state_folder.join("locks"),
            namespace: Namespace::of(state_folder),
        }
    }
}

/// The store that `choice` names on this system. Keep one for the whole process: it remembers a dismissed prompt, and
/// holds one connection to the keyring.
///
/// # Errors
/// When this system has no such store. That a keyring is absent, locked or broken shows with the first operation.
pub fn open(choice: StoreChoice, paths: &StorePaths, interaction: Interaction) -> Result<Arc<dyn RawStore>> {
    match choice {
        StoreChoice::Memory => Ok(Arc::new(Memory::default())),
        other => Ok(Arc::new(Uninterrupted(platform::open(other, paths, interaction)?))),
    }
}

/// The items of our namespace in `keyring`, or where those cannot be whole records, sealed files above them.
fn roomy<R: RawStore + 'static>(keyring: R, paths: &StorePaths) -> Arc<dyn RawStore> {
    let keyring = Namespaced::new(keyring, paths.namespace.clone());
    if keyring.limits().hold_records() {
        return Arc::new(keyring);
    }
    Arc::new(Sealed::new(keyring, &paths.sealed_dir, Locks::new(&paths.lock_dir)))
}

#[cfg(target_os = "linux")]
mod platform {
    //! Linux: the Secret Service, and the kernel's keyring.

    use super::auto::Auto;
    use super::keyutils::Keyutils;
    use super::*;

    const NOTICE: &str =
        "no Secret Service answers, so credentials are kept with the kernel's keyring until the next reboot";

    pub fn open(choice: StoreChoice, paths: &StorePaths, interaction: Interaction) -> Result<Arc<dyn RawStore>> {
        match choice {
            StoreChoice::Auto => {
                let service = roomy(secret_service::store(interaction), paths);
                Ok(Arc::new(Auto::new(service, roomy(Keyutils, paths), NOTICE)))
            }
            StoreChoice::SecretService => Ok(roomy(secret_service::store(interaction), paths)),
            StoreChoice::Keyutils => Ok(roomy(Keyutils, paths)),
            _ => Err(Error::NoSuchStore { available: &["auto", "secret-service", "keyutils", "memory"] }),
        }
    }
}

#[cfg(target_os = "macos")]
mod platform {
    //! macOS: the Keychain, which shows its own prompts.

    use std::time::Duration;

    use super::stock::Stock;
    use super::*;
    use crate::domain::store_choice::StoreName;

    pub fn open(choice: StoreChoice, paths: &StorePaths, interaction: Interaction) -> Result<Arc<dyn RawStore>> {
        let timeout = match interaction {
            Interaction::Allowed => Duration::from_secs(60),
            Interaction::Forbidden => Duration::from_secs(3),
        };
        match choice {
            StoreChoice::Auto | StoreChoice::Keychain => {
                Ok(roomy(Stock::new(Limits::default(), StoreName::Keychain, timeout), paths))
            }
            _ => Err(Error::NoSuchStore { available: &["auto", "keychain", "memory"] }),
        }
    }
}

#[cfg(target_os = "windows")]
mod platform {
    //! Windows: the Credential Manager, which never asks.

    use std::time::Duration;

    use super::stock::Stock;
    use super::*;
    use crate::domain::store_choice::StoreName;

    /// `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
    const BLOB_BYTES: usize = 2560;

    pub fn open(choice: StoreChoice, paths: &StorePaths, _interaction: Interaction) -> Result<Arc<dyn RawStore>> {
        let limits = Limits { max_item_bytes: Some(BLOB_BYTES), max_total_bytes: None };
        match choice {
            StoreChoice::Auto | StoreChoice::CredentialManager => {
                Ok(roomy(Stock::new(limits, StoreName::CredentialManager, Duration::from_secs(3)), paths))
            }
            _ => Err(Error::NoSuchStore { available: &["auto", "credential-manager", "memory"] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    const ALL: [(&str, StoreChoice); 6] = [
        ("auto", StoreChoice::Auto),
        ("secret-service", StoreChoice::SecretService),
        ("keyutils", StoreChoice::Keyutils),
        ("keychain", StoreChoice::Keychain),
        ("credential-manager", StoreChoice::CredentialManager),
        ("memory", StoreChoice::Memory),
    ];

    #[test]
    fn other_systems_stores_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (name, choice) in ALL {
            let foreign = match choice {
                StoreChoice::Auto | StoreChoice::Memory => false,
                StoreChoice::SecretService | StoreChoice::Keyutils => !cfg!(target_os = "linux"),
                StoreChoice::Keychain => !cfg!(target_os = "macos"),
                StoreChoice::CredentialManager => !cfg!(target_os = "windows"),
            };
            match open(choice, &StorePaths::of(folder.path()), Interaction::Forbidden) {
                Ok(store) => {
                    assert!(!foreign && (choice == StoreChoice::Auto || store.name().word() == name), "{name}")
                }
                Err(error) => assert!(foreign && error.kind() == Kind::Usage, "{name}: {error}"),
            }
        }
    }

    #[test]
    fn opening_touches_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        for (_, choice) in ALL {
            // Where it may not exist, it is refused; that is another test's matter.
            let _ = open(choice, &StorePaths::of(&state), Interaction::Forbidden);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
