//! A raw store over any keyring-core store, and the translation of its errors both ways.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry};
use zeroize::Zeroizing;

use super::raw::{Limits, RawStore, SERVICE, StoreError, StoreResult};

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

/// Makes an absent entry `None` instead of an error.
pub fn present<T>(answer: keyring_core::Result<T>) -> StoreResult<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(keyring_core::Error::NoEntry) => Ok(None),
        Err(error) => Err(understood(error)),
    }
}

/// Wraps a failure of our own stores for the way through keyring-core.
pub fn wrapped(error: StoreError) -> keyring_core::Error {
    match error {
        StoreError::Locked | StoreError::Declined => keyring_core::Error::NoStorageAccess(Box::new(error)),
        other => keyring_core::Error::PlatformFailure(Box::new(other)),
    }
}

/// What a keyring-core error means; our own comes back as it was wrapped. Variants that carry a secret's bytes
/// lose them here.
pub fn understood(error: keyring_core::Error) -> StoreError {
    use keyring_core::Error as Core;
    match error {
        Core::NoStorageAccess(cause) => match cause.downcast::<StoreError>() {
            Ok(ours) => *ours,
            Err(cause) => StoreError::Failed(format!("it cannot be accessed: {cause}")),
        },
        Core::PlatformFailure(cause) => match cause.downcast::<StoreError>() {
            Ok(ours) => *ours,
            Err(cause) => StoreError::Failed(cause.to_string()),
        },
        Core::TooLong(_, limit) => StoreError::TooLong { limit: limit as usize },
        Core::BadEncoding(bytes) | Core::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            StoreError::Failed("an entry has a form it cannot have".to_owned())
        }
        Core::Ambiguous(_) => StoreError::Failed("more than one entry has the same name".to_owned()),
        Core::NoDefaultStore => StoreError::Absent("the platform's store does not open".to_owned()),
        other => StoreError::Failed(other.to_string()),
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

    #[test]
    fn bytes_carried_by_an_error_are_not_shown() {
        let canary = b"canary-7319".to_vec();
        let cause: Box<dyn std::error::Error + Send + Sync> = "canary-7319".into();
        for error in [
            keyring_core::Error::BadEncoding(canary.clone()),
            keyring_core::Error::BadDataFormat(canary.clone(), cause),
        ] {
            let shown = understood(error);
            assert!(!format!("{shown} {shown:?}").contains("canary"), "{shown:?}");
        }
    }
}
