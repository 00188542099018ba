//! Two stores of which the first operation chooses: the better one, or where it does not exist, the other.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use super::raw::{RawStore, StoreError, StoreResult};

/// Uses `first` unless it is absent. One that is locked or fails is there: its error stands.
pub struct Auto<A, B> {
    first: A,
    second: B,
    /// Whether the first store is there, known from the first operation on.
    there: OnceLock<bool>,
    notice: &'static str,
    told: AtomicBool,
}

impl<A: RawStore, B: RawStore> Auto<A, B> {
    /// `second` in place of an absent `first`, about which people are told `notice`.
    pub fn new(first: A, second: B, notice: &'static str) -> Self {
        Auto { first, second, there: OnceLock::new(), notice, told: AtomicBool::new(false) }
    }

    fn on<T>(&self, operation: impl Fn(&dyn RawStore) -> StoreResult<T>) -> StoreResult<T> {
        match self.there.get() {
            Some(true) => operation(&self.first),
            Some(false) => operation(&self.second),
            None => match operation(&self.first) {
                Err(StoreError::Absent(_)) if !self.there.get_or_init(|| false) => operation(&self.second),
                outcome => {
                    self.there.get_or_init(|| true);
                    outcome
                }
            },
        }
    }
}

impl<A: RawStore, B: RawStore> RawStore for Auto<A, B> {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        self.on(|store| store.load(item))
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        self.on(|store| store.save(item, secret))
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        self.on(|store| store.delete(item))
    }

    fn set_aside(&self, item: &str) -> StoreResult<()> {
        self.on(|store| store.set_aside(item))
    }

    fn notice(&self) -> Option<String> {
        let fallen = self.there.get() == Some(&false);
        (fallen && !self.told.swap(true, Ordering::Relaxed)).then(|| self.notice.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::keyring_items::KeyringItems;
    use super::super::memory::Memory;
    use super::super::raw::Keyring as _;
    use super::*;

    /// A store that fails in the way it is told.
    struct Broken(fn() -> StoreError);

    impl RawStore for Broken {
        fn load(&self, _: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
            Err((self.0)())
        }
        fn save(&self, _: &str, _: &[u8]) -> StoreResult<()> {
            Err((self.0)())
        }
        fn delete(&self, _: &str) -> StoreResult<()> {
            Err((self.0)())
        }
        fn set_aside(&self, _: &str) -> StoreResult<()> {
            Err((self.0)())
        }
    }

    /// A store that works, and what lies in it.
    fn working() -> (KeyringItems<Arc<Memory>>, Arc<Memory>) {
        let keyring = Arc::new(Memory::default());
        (KeyringItems(Arc::clone(&keyring)), keyring)
    }

    #[test]
    fn an_absent_store_gives_way_and_that_is_said_once() {
        let (working, keyring) = working();
        let store = Auto::new(Broken(|| StoreError::Absent("x".into())), working, "so it is");
        assert_eq!(store.notice(), None);
        store.save("a", b"1").unwrap();
        assert_eq!(store.load("a").unwrap().unwrap().as_slice(), b"1");
        assert_eq!(keyring.load("a").unwrap().unwrap().as_slice(), b"1");
        assert_eq!(store.notice().as_deref(), Some("so it is"));
        assert_eq!(store.notice(), None);
    }

    #[test]
    fn a_store_that_is_there_but_fails_never_gives_way() {
        let failures: [fn() -> StoreError; 4] = [
            || StoreError::Locked,
            || StoreError::PromptDismissed,
            || StoreError::Silent(std::time::Duration::from_secs(3)),
            || StoreError::Failed("x".into()),
        ];
        for failure in failures {
            let (working, keyring) = working();
            let store = Auto::new(Broken(failure), working, "so it is");
            assert!(store.save("a", b"1").is_err());
            assert_eq!((keyring.load("a").unwrap(), store.notice()), (None, None));
        }
    }

    #[test]
    fn the_first_operation_decides_for_good() {
        static GONE: AtomicBool = AtomicBool::new(false);
        let failure = || match GONE.swap(true, Ordering::Relaxed) {
            false => StoreError::Locked,
            true => StoreError::Absent("gone".into()),
        };
        let store = Auto::new(Broken(failure), working().0, "so it is");
        assert!(matches!(store.load("a"), Err(StoreError::Locked)));
        assert!(matches!(store.load("a"), Err(StoreError::Absent(_))));
    }
}
