//! Records that are items of the keyring themselves.

use zeroize::Zeroizing;

use super::raw::{Keyring, RawStore, StoreResult};

/// A store whose records are items of this keyring. It must hold records of any size.
pub struct KeyringItems<K>(pub K);

impl<K: Keyring> RawStore for KeyringItems<K> {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        self.0.load(item)
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        self.0.save(item, secret)
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        self.0.delete(&aside(item))?;
        self.0.delete(item)
    }

    fn set_aside(&self, item: &str) -> StoreResult<()> {
        if let Some(secret) = self.0.load(item)? {
            self.0.save(&aside(item), &secret)?;
        }
        self.0.delete(item)
    }
}

/// The item that a damaged one is moved to.
fn aside(item: &str) -> String {
    format!("{item}.aside")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::memory::Memory;
    use super::*;

    #[test]
    fn a_damaged_item_set_aside_is_out_of_the_way_and_goes_with_its_item() {
        let keyring = Arc::new(Memory::default());
        let store = KeyringItems(Arc::clone(&keyring));
        store.save("a", b"{broken").unwrap();
        store.set_aside("a").unwrap();
        assert!(store.load("a").unwrap().is_none());
        assert_eq!(keyring.load("a.aside").unwrap().unwrap().as_slice(), b"{broken");
        store.save("a", b"whole").unwrap();
        store.delete("a").unwrap();
        assert!(keyring.load("a").unwrap().is_none() && keyring.load("a.aside").unwrap().is_none());
    }
}
