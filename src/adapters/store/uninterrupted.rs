//! A store whose writes the end of this process waits for.

use zeroize::Zeroizing;

use super::raw::{RawStore, StoreResult};
use crate::adapters::shutdown::write_to_the_end;

/// The store; reading it holds nothing up.
pub struct Uninterrupted<R>(pub R);

impl<R: RawStore> RawStore for Uninterrupted<R> {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        self.0.load(item)
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        write_to_the_end(|| self.0.save(item, secret))
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        write_to_the_end(|| self.0.delete(item))
    }

    fn set_aside(&self, item: &str) -> StoreResult<()> {
        write_to_the_end(|| self.0.set_aside(item))
    }

    fn notice(&self) -> Option<String> {
        self.0.notice()
    }
}
