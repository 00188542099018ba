//! What the `keyring` crate's errors mean to our callers.

use zeroize::Zeroizing;

use super::raw::{StoreError, StoreResult};

/// Makes an absent entry `None` instead of an error.
pub fn present<T>(answer: keyring::Result<T>) -> StoreResult<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(understood(error)),
    }
}

/// What an error of the crate means. Variants that carry a secret's bytes lose them here.
pub fn understood(error: keyring::Error) -> StoreError {
    use keyring::Error as Keyring;
    match error {
        Keyring::NoStorageAccess(cause) => StoreError::Failed(format!("it cannot be accessed: {cause}")),
        Keyring::PlatformFailure(cause) => StoreError::Failed(cause.to_string()),
        Keyring::TooLong(_, limit) => StoreError::TooLong { limit: limit as usize },
        Keyring::BadEncoding(bytes) | Keyring::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            StoreError::Failed("an entry has a form it cannot have".to_owned())
        }
        Keyring::Ambiguous(_) => StoreError::Failed("more than one entry has the same name".to_owned()),
        Keyring::NoDefaultStore => StoreError::Absent("the platform's store does not open".to_owned()),
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
        for error in [keyring::Error::BadEncoding(canary.clone()), keyring::Error::BadDataFormat(canary.clone(), cause)]
        {
            let shown = understood(error);
            assert!(!format!("{shown} {shown:?}").contains("canary"), "{shown:?}");
        }
    }
}
