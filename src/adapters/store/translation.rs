//! What keyring-core's errors mean to our callers.

use zeroize::Zeroizing;

use super::raw::{StoreError, StoreResult};

/// Makes an absent entry `None` instead of an error.
pub fn present<T>(answer: keyring_core::Result<T>) -> StoreResult<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(keyring_core::Error::NoEntry) => Ok(None),
        Err(error) => Err(understood(error)),
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
