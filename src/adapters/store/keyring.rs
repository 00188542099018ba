//! A raw store over a keyring-core store of our own.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry};
use zeroize::Zeroizing;

use super::raw::{Limits, RawStore, SERVICE, StoreError, StoreResult};
use super::translation::{present, understood};

/// Items of our service in a keyring-core store that keeps its own deadlines.
pub struct Keyring {
    store: Arc<CredentialStore>,
    limits: Limits,
    name: &'static str,
}

impl Keyring {
    /// Items in `store`, which people know as `name`.
    pub fn new(store: Arc<CredentialStore>, limits: Limits, name: &'static str) -> Self {
        Keyring { store, limits, name }
    }

    fn entry(&self, item: &str) -> StoreResult<Entry> {
        self.store.build(SERVICE, item, None).map_err(understood)
    }
}

impl RawStore for Keyring {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        present(self.entry(item)?.get_secret().map(Zeroizing::new))
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        if let Some(limit) = self.limits.max_item_bytes.filter(|limit| secret.len() > *limit) {
            return Err(StoreError::TooLong { limit });
        }
        self.entry(item)?.set_secret(secret).map_err(understood)
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        present(self.entry(item)?.delete_credential()).map(|_| ())
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

/// Wraps a failure of our own stores for the way through keyring-core.
pub fn wrapped(error: StoreError) -> keyring_core::Error {
    match error {
        StoreError::Locked | StoreError::Declined => keyring_core::Error::NoStorageAccess(Box::new(error)),
        other => keyring_core::Error::PlatformFailure(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_errors_survive_the_way_through_keyring_core() {
        assert!(matches!(understood(wrapped(StoreError::Locked)), StoreError::Locked));
        assert!(matches!(understood(wrapped(StoreError::Declined)), StoreError::Declined));
        assert!(matches!(understood(wrapped(StoreError::Absent("x".into()))), StoreError::Absent(_)));
        assert!(matches!(understood(wrapped(StoreError::Full)), StoreError::Full));
    }
}
