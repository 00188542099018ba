//! Where secrets are kept: the operating system's keyring, and above one too small for a record, sealed files.
//!
//! [`open`] puts the layers together. Nothing is connected or asked before the first operation.

#[cfg(target_os = "linux")]
mod auto;
#[cfg(target_os = "linux")]
mod keyring;
#[cfg(target_os = "linux")]
mod keyutils;
mod memory;
pub mod raw;
mod records;
mod sealed;
#[cfg(target_os = "linux")]
mod secret_service;
mod secrets;
mod stock;
mod translation;

use std::path::PathBuf;
use std::sync::Arc;

use self::memory::Memory;
pub use self::raw::{Limits, RawStore, StoreError, StoreResult};
use self::sealed::Sealed;
pub use self::secrets::Secrets;
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

/// The folders that a store may use beside the keyring.
#[derive(Debug, Clone)]
pub struct StorePaths {
    /// For sealed records.
    pub sealed_dir: PathBuf,
    /// For lock files.
    pub lock_dir: PathBuf,
}

/// The store that `choice` names on this system. Keep one for the whole process: it remembers a dismissed prompt.
///
/// # Errors
/// When this system has no such store. That a keyring is absent, locked or broken shows with the first operation.
pub fn open(choice: StoreChoice, paths: &StorePaths, interaction: Interaction) -> Result<Arc<dyn RawStore>> {
    match choice {
        StoreChoice::Memory => Ok(Arc::new(Memory::default())),
        other => platform::open(other, paths, interaction),
    }
}

/// `store` itself where it can hold records, and otherwise sealed files above it.
fn roomy<R: RawStore + 'static>(store: R, paths: &StorePaths) -> Arc<dyn RawStore> {
    if store.limits().hold_records() {
        return Arc::new(store);
    }
    Arc::new(Sealed::new(store, &paths.sealed_dir, Locks::new(&paths.lock_dir)))
}

fn not_here(here: &str) -> Error {
    Error::usage("this system has no such store").hint(format!("choose one of: {here}"))
}

#[cfg(target_os = "linux")]
mod platform {
    //! Linux: the Secret Service, and the kernel's keyring.

    use super::auto::Auto;
    use super::*;

    const NOTICE: &str =
        "no Secret Service answers, so credentials are kept with the kernel's keyring until the next reboot";

    pub fn open(choice: StoreChoice, paths: &StorePaths, interaction: Interaction) -> Result<Arc<dyn RawStore>> {
        match choice {
            StoreChoice::Auto => {
                let kernel = roomy(keyutils::store(), paths);
                Ok(Arc::new(Auto::new(secret_service::store(interaction), kernel, NOTICE)))
            }
            StoreChoice::SecretService => Ok(roomy(secret_service::store(interaction), paths)),
            StoreChoice::Keyutils => Ok(roomy(keyutils::store(), paths)),
            _ => Err(not_here("auto, secret-service, keyutils, memory")),
        }
    }
}

#[cfg(target_os = "macos")]
mod platform {
    //! macOS: the Keychain, which shows its own prompts.

    use std::time::Duration;

    use super::stock::Stock;
    use super::*;

    pub fn open(choice: StoreChoice, paths: &StorePaths, interaction: Interaction) -> Result<Arc<dyn RawStore>> {
        let patience = match interaction {
            Interaction::Allowed => Duration::from_secs(60),
            Interaction::Forbidden => Duration::from_secs(3),
        };
        match choice {
            StoreChoice::Auto | StoreChoice::Keychain => {
                Ok(roomy(Stock::new(Limits::default(), "keychain", patience), paths))
            }
            _ => Err(not_here("auto, keychain, memory")),
        }
    }
}

#[cfg(target_os = "windows")]
mod platform {
    //! Windows: the Credential Manager, which never asks.

    use std::time::Duration;

    use super::stock::Stock;
    use super::*;

    /// `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
    const BLOB_BYTES: usize = 2560;

    pub fn open(choice: StoreChoice, paths: &StorePaths, _interaction: Interaction) -> Result<Arc<dyn RawStore>> {
        let limits = Limits { max_item_bytes: Some(BLOB_BYTES), max_total_bytes: None };
        match choice {
            StoreChoice::Auto | StoreChoice::CredentialManager => {
                Ok(roomy(Stock::new(limits, "credential-manager", Duration::from_secs(3)), paths))
            }
            _ => Err(not_here("auto, credential-manager, memory")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn paths() -> StorePaths {
        StorePaths { sealed_dir: "/nonexistent/sealed".into(), lock_dir: "/nonexistent/locks".into() }
    }

    #[test]
    fn opening_touches_nothing_and_refuses_other_systems_stores() {
        let all = [
            ("auto", StoreChoice::Auto),
            ("secret-service", StoreChoice::SecretService),
            ("keyutils", StoreChoice::Keyutils),
            ("keychain", StoreChoice::Keychain),
            ("credential-manager", StoreChoice::CredentialManager),
            ("memory", StoreChoice::Memory),
        ];
        for (name, choice) in all {
            let foreign = match choice {
                StoreChoice::Auto | StoreChoice::Memory => false,
                StoreChoice::SecretService | StoreChoice::Keyutils => !cfg!(target_os = "linux"),
                StoreChoice::Keychain => !cfg!(target_os = "macos"),
                StoreChoice::CredentialManager => !cfg!(target_os = "windows"),
            };
            match open(choice, &paths(), Interaction::Forbidden) {
                Ok(store) => assert!(!foreign && (choice == StoreChoice::Auto || store.name() == name), "{name}"),
                Err(error) => assert!(foreign && error.kind() == Kind::Usage, "{name}: {error}"),
            }
        }
    }
}
