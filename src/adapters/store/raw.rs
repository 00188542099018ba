//! Named secrets as bytes: what every keyring can do, what is built above it, and how either can fail.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::domain::text::Untrusted;
use crate::error::{Error, KeyringFault};

/// The service every item of ours belongs to.
pub const SERVICE: &str = "daypass";

/// A result of a store's operation.
pub type StoreResult<T> = std::result::Result<T, StoreError>;

/// One keyring's items. Every call returns within the keyring's deadline; none shows or logs what it carries.
pub trait Keyring: Send + Sync {
    /// The secret of `item`, or `None` where there is no such item.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where something lies there that cannot be read; the other variants as they say.
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>>;

    /// Puts `secret` into `item`, in place of what was there.
    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()>;

    /// Removes `item`; one that is not there is fine.
    fn delete(&self, item: &str) -> StoreResult<()>;

    /// What the keyring can hold.
    fn limits(&self) -> Limits;
}

/// Named secrets of any size, of which damaged ones can be set aside. Every call returns within the keyring's deadline;
/// none shows or logs what it carries.
pub trait RawStore: Send + Sync {
    /// The secret under `item`, or `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where something lies there that cannot be read; the other variants as they say.
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>>;

    /// Puts `secret` under `item`, in place of what was there.
    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()>;

    /// Removes `item` and what was set aside of it; either may not be there.
    fn delete(&self, item: &str) -> StoreResult<()>;

    /// Moves a damaged `item` out of the way, so that the next load finds nothing and the bytes can still be
    /// looked into.
    fn set_aside(&self, item: &str) -> StoreResult<()>;

    /// Something people should be told about this store, once: the first call after the operation that brought
    /// it up returns it, later ones nothing.
    fn notice(&self) -> Option<String> {
        None
    }
}

impl<S: RawStore + ?Sized> RawStore for std::sync::Arc<S> {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        (**self).load(item)
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        (**self).save(item, secret)
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        (**self).delete(item)
    }

    fn set_aside(&self, item: &str) -> StoreResult<()> {
        (**self).set_aside(item)
    }

    fn notice(&self) -> Option<String> {
        (**self).notice()
    }
}

/// What a keyring can hold, in bytes; `None` is as much as anyone needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// The longest single secret.
    pub max_item_bytes: Option<usize>,
    /// All secrets together.
    pub max_total_bytes: Option<usize>,
}

impl Limits {
    /// The longest record a session or a set of role credentials may become.
    const RECORD_BYTES: usize = 64 * 1024;

    /// Whether whole records fit, or only the key that seals them.
    pub fn hold_records(self) -> bool {
        self.max_item_bytes.is_none_or(|limit| limit >= Self::RECORD_BYTES) && self.max_total_bytes.is_none()
    }
}

/// Why a store did not do what it was asked. No variant carries a secret's bytes.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such keyring here; another kind may be tried.
    #[error("no keyring answers ({0})")]
    Absent(String),
    /// The keyring is locked, and nobody may be asked to unlock it.
    #[error("the keyring is locked")]
    Locked,
    /// The person dismissed the keyring's prompt.
    #[error("the keyring's prompt was dismissed")]
    PromptDismissed,
    /// Nothing came back within the deadline.
    #[error("the keyring did not answer within {:.0} s", .0.as_secs_f32())]
    Silent(Duration),
    /// The item is there but cannot be what we wrote.
    #[error("what is kept under `{item}` is damaged")]
    Damaged {
        /// The item's name.
        item: String,
    },
    /// The secret is longer than the store takes.
    #[error("the secret is longer than the {limit} bytes that the keyring takes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The store has no room left.
    #[error("the keyring is full")]
    NoRoom,
    /// The store failed in a way of its own.
    #[error("the keyring failed: {0}")]
    Failed(String),
    /// A file beside the keyring failed.
    #[error(transparent)]
    File(Error),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        let detail = Untrusted::new(error.to_string());
        let fault = match error {
            StoreError::Absent(_) => KeyringFault::Absent,
            StoreError::Locked => KeyringFault::Locked,
            StoreError::PromptDismissed => KeyringFault::PromptDismissed,
            StoreError::Silent(_) => KeyringFault::Silent,
            StoreError::Damaged { .. } => KeyringFault::Damaged,
            StoreError::TooLong { .. } | StoreError::NoRoom => KeyringFault::NoRoom,
            StoreError::Failed(_) => KeyringFault::Failed,
            StoreError::File(error) => return error,
        };
        Error::Keyring { fault, detail }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::Kind;

    /// Several stores of a test share one keyring.
    impl<K: Keyring + ?Sized> Keyring for Arc<K> {
        fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
            (**self).load(item)
        }

        fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
            (**self).save(item, secret)
        }

        fn delete(&self, item: &str) -> StoreResult<()> {
            (**self).delete(item)
        }

        fn limits(&self) -> Limits {
            (**self).limits()
        }
    }

    #[test]
    fn small_keyrings_cannot_hold_records() {
        let table = [
            (None, None, true),
            (Some(2_560), None, false),
            (Some(32_767), Some(20_000), false),
            (Some(1 << 20), None, true),
            (None, Some(20_000), false),
        ];
        for (max_item_bytes, max_total_bytes, fits) in table {
            assert_eq!(Limits { max_item_bytes, max_total_bytes }.hold_records(), fits);
        }
    }

    #[test]
    fn each_failure_has_its_exit_code() {
        let table = [
            (StoreError::Absent("no bus".into()), Kind::Keyring),
            (StoreError::Locked, Kind::Keyring),
            (StoreError::PromptDismissed, Kind::Denied),
            (StoreError::Silent(Duration::from_secs(3)), Kind::Keyring),
            (StoreError::Damaged { item: "x".into() }, Kind::LoginNeeded),
            (StoreError::NoRoom, Kind::Keyring),
            (StoreError::File(Error::TaskEnded), Kind::Failed),
        ];
        for (error, kind) in table {
            let shown = Error::from(error);
            assert_eq!(shown.kind(), kind, "{shown}");
        }
    }
}
