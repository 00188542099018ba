//! A store in this process's memory, for the demo: it ends with the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::raw::{Keyring, Limits, StoreResult};

/// Secrets in memory, wiped when replaced, deleted or dropped.
#[derive(Default)]
pub struct Memory {
    items: Mutex<HashMap<String, Zeroizing<Vec<u8>>>>,
}

impl Memory {
    fn items(&self) -> MutexGuard<'_, HashMap<String, Zeroizing<Vec<u8>>>> {
        // Each change of the map is a single call, so a panic elsewhere cannot have left it half done.
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keyring for Memory {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.items().get(item).cloned())
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        self.items().insert(item.to_owned(), Zeroizing::new(secret.to_vec()));
        Ok(())
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        self.items().remove(item);
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_loaded_until_it_is_deleted() {
        let store = Memory::default();
        assert!(store.load("a").unwrap().is_none());
        store.save("a", b"one").unwrap();
        store.save("a", b"two").unwrap();
        assert_eq!(store.load("a").unwrap().unwrap().as_slice(), b"two");
        store.delete("a").unwrap();
        store.delete("a").unwrap();
        assert!(store.load("a").unwrap().is_none());
    }
}
