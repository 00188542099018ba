//! Records too long for a small keyring: sealed files, whose one random key lies in the keyring.
//!
//! A file is `DPS1`, a random 96-bit nonce, and the record encrypted with ChaCha20-Poly1305; the format's mark and
//! the item's name are authenticated with it, so that no file can stand in for another.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::raw::{Limits, RawStore, StoreError, StoreResult};
use crate::adapters::files;
use crate::adapters::lock::Locks;
use crate::error::{Error, Kind};

/// The format's mark and version.
const FORMAT: &[u8] = b"DPS1";
/// The item that holds the key in the keyring below.
const KEY_ITEM: &str = "sealing-key";
const KEY_BYTES: usize = 32;
/// The longest file that is read.
const FILE_LIMIT: u64 = 16 << 20;
/// How long one process waits for another that is creating the key.
const KEY_WAIT: Duration = Duration::from_secs(5);

/// A store of any size above a keyring that can hold 32 bytes.
pub struct Sealed<R> {
    keyring: R,
    folder: PathBuf,
    locks: Locks,
}

impl<R: RawStore> Sealed<R> {
    /// Sealed files in `folder`, their key in `keyring`, its creation guarded by `locks`.
    pub fn new(keyring: R, folder: impl Into<PathBuf>, locks: Locks) -> Self {
        Sealed { keyring, folder: folder.into(), locks }
    }

    fn path(&self, item: &str) -> PathBuf {
        self.folder.join(format!("{}.sealed", files::hashed_name(item)))
    }

    /// The key, unless it is gone or cannot be one.
    fn key(&self) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.keyring.load(KEY_ITEM)?.filter(|key| key.len() == KEY_BYTES))
    }

    fn key_or_new(&self) -> StoreResult<Zeroizing<Vec<u8>>> {
        if let Some(key) = self.key()? {
            return Ok(key);
        }
        let _guard = self.locks.acquire(KEY_ITEM, KEY_WAIT).map_err(StoreError::File)?;
        if let Some(key) = self.key()? {
            return Ok(key);
        }
        self.forget_what_no_key_opens()?;
        let mut key = Zeroizing::new(vec![0; KEY_BYTES]);
        SystemRandom::new().fill(&mut key).map_err(|_| no_randomness())?;
        self.keyring.save(KEY_ITEM, &key)?;
        Ok(key)
    }

    /// Removes the files of a key that is gone. They can never be opened again, and under a new key they would
    /// look damaged.
    fn forget_what_no_key_opens(&self) -> StoreResult<()> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(cannot("read the folder of sealed records", error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| cannot("read the folder of sealed records", error))?.path();
            if path.extension().is_some_and(|extension| extension == "sealed") {
                fs::remove_file(&path).map_err(|error| cannot("remove a sealed record", error))?;
            }
        }
        Ok(())
    }
}

impl<R: RawStore> RawStore for Sealed<R> {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        let file = files::read_bounded(&self.path(item), FILE_LIMIT)
            .map_err(|error| StoreError::File(error.into_error(Kind::Failed)))?;
        let Some(file) = file else { return Ok(None) };
        // Without the key, which a reboot takes from the kernel's keyring, the record is as gone as the key.
        let Some(key) = self.key()? else { return Ok(None) };
        open(&key, item, file).map(Some)
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        files::ensure_private_dir(&self.folder).map_err(StoreError::File)?;
        let file = seal(&self.key_or_new()?, item, secret)?;
        files::write_private(&self.path(item), &file).map_err(StoreError::File)
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        match fs::remove_file(self.path(item)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove a sealed record", error)),
            _ => Ok(()),
        }
    }

    fn set_aside(&self, item: &str) -> StoreResult<()> {
        let path = self.path(item);
        match fs::rename(&path, path.with_extension("aside")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("set a sealed record aside", error)),
            _ => Ok(()),
        }
    }

    fn limits(&self) -> Limits {
        Limits::default()
    }

    fn name(&self) -> &'static str {
        self.keyring.name()
    }

    fn notice(&self) -> Option<String> {
        self.keyring.notice()
    }
}

fn seal(key: &[u8], item: &str, secret: &[u8]) -> StoreResult<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).map_err(|_| no_randomness())?;
    // Room for the tag too: a buffer that grows would leave a copy of the plain text behind.
    let mut text = Zeroizing::new(Vec::with_capacity(secret.len() + CHACHA20_POLY1305.tag_len()));
    text.extend_from_slice(secret);
    cipher(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), associated(item), &mut *text)
        .map_err(|_| StoreError::TooLong { limit: usize::MAX })?;
    Ok([FORMAT, &nonce, &text].concat())
}

fn open(key: &[u8], item: &str, file: Vec<u8>) -> StoreResult<Zeroizing<Vec<u8>>> {
    let damaged = || StoreError::Corrupt { item: item.to_owned() };
    let sealed = file.strip_prefix(FORMAT).ok_or_else(damaged)?;
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = cipher(key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), associated(item), &mut text)
        .map_err(|_| damaged())?
        .len();
    text.truncate(length);
    Ok(text)
}

fn cipher(key: &[u8]) -> StoreResult<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key);
    key.map(LessSafeKey::new).map_err(|_| StoreError::Failed("the sealing key has the wrong length".to_owned()))
}

fn associated(item: &str) -> Aad<Vec<u8>> {
    Aad::from([FORMAT, item.as_bytes()].concat())
}

fn no_randomness() -> StoreError {
    StoreError::Failed("the system gives no random bytes".to_owned())
}

fn cannot(what: &str, error: io::Error) -> StoreError {
    StoreError::File(Error::failed(format!("cannot {what}")).because(error))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};

    use super::super::memory::Memory;
    use super::*;

    /// A keyring as small as the Windows Credential Manager.
    struct Small(Memory);

    impl RawStore for Small {
        fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
            self.0.load(item)
        }
        fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
            if secret.len() > 2_560 { Err(StoreError::TooLong { limit: 2_560 }) } else { self.0.save(item, secret) }
        }
        fn delete(&self, item: &str) -> StoreResult<()> {
            self.0.delete(item)
        }
        fn limits(&self) -> Limits {
            Limits { max_item_bytes: Some(2_560), max_total_bytes: None }
        }
        fn name(&self) -> &'static str {
            "small"
        }
    }

    fn above(keyring: &Arc<Small>, folder: &tempfile::TempDir) -> Sealed<Arc<Small>> {
        let locks = Locks::new(folder.path().join("locks"));
        Sealed::new(Arc::clone(keyring), folder.path().join("sealed"), locks)
    }

    fn sealed() -> (tempfile::TempDir, Arc<Small>, Sealed<Arc<Small>>) {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(Small(Memory::default()));
        let store = above(&keyring, &folder);
        (folder, keyring, store)
    }

    fn is_damaged(store: &impl RawStore, item: &str) -> bool {
        matches!(store.load(item), Err(StoreError::Corrupt { item: named }) if named == item)
    }

    #[test]
    fn records_of_any_size_go_through_a_small_keyring() {
        let (_folder, keyring, store) = sealed();
        for length in [0, 1, 2_560, 2_561, 20_000, 1 << 20] {
            let secret = vec![0x5a; length];
            store.save("a", &secret).unwrap();
            assert_eq!(store.load("a").unwrap().unwrap().as_slice(), secret, "{length}");
        }
        assert_eq!(keyring.load(KEY_ITEM).unwrap().unwrap().len(), KEY_BYTES);
        store.delete("a").unwrap();
        store.delete("a").unwrap();
        assert!(store.load("a").unwrap().is_none());
    }

    #[test]
    fn nothing_of_the_secret_stands_in_its_file_and_no_two_files_are_alike() {
        let (_folder, _, store) = sealed();
        store.save("a", b"canary canary canary").unwrap();
        let first = fs::read(store.path("a")).unwrap();
        store.save("a", b"canary canary canary").unwrap();
        let second = fs::read(store.path("a")).unwrap();
        assert!(!first.windows(6).any(|window| window == b"canary"));
        assert_ne!(first[FORMAT.len()..], second[FORMAT.len()..]);
    }

    #[test]
    fn a_file_changed_or_cut_at_any_byte_is_damaged() {
        let (_folder, _, store) = sealed();
        store.save("a", b"secret").unwrap();
        let path = store.path("a");
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert!(is_damaged(&store, "a"), "changed at {at}");
            fs::write(&path, &good[..at]).unwrap();
            assert!(is_damaged(&store, "a"), "cut at {at}");
        }
        fs::write(&path, [&good[..], b"x"].concat()).unwrap();
        assert!(is_damaged(&store, "a"), "longer");
        fs::write(&path, &good).unwrap();
        assert_eq!(store.load("a").unwrap().unwrap().as_slice(), b"secret");
    }

    #[test]
    fn a_file_cannot_stand_in_for_another() {
        let (_folder, _, store) = sealed();
        store.save("admin", b"one").unwrap();
        store.save("reader", b"two").unwrap();
        fs::copy(store.path("admin"), store.path("reader")).unwrap();
        assert!(is_damaged(&store, "reader"));
    }

    #[test]
    fn a_damaged_file_set_aside_is_out_of_the_way() {
        let (_folder, _, store) = sealed();
        store.save("a", b"one").unwrap();
        fs::write(store.path("a"), b"noise").unwrap();
        store.set_aside("a").unwrap();
        assert!(store.load("a").unwrap().is_none());
        assert_eq!(fs::read(store.path("a").with_extension("aside")).unwrap(), b"noise");
        store.set_aside("a").unwrap();
    }

    #[test]
    fn without_its_key_a_record_is_gone_and_a_new_key_starts_anew() {
        for broken in [None, Some(&b"short"[..])] {
            let (_folder, keyring, store) = sealed();
            store.save("a", b"one").unwrap();
            keyring.delete(KEY_ITEM).unwrap();
            if let Some(bytes) = broken {
                keyring.save(KEY_ITEM, bytes).unwrap();
            }
            assert!(store.load("a").unwrap().is_none());
            store.save("b", b"two").unwrap();
            assert!(store.load("a").unwrap().is_none(), "not damaged: gone with its key");
            assert_eq!(store.load("b").unwrap().unwrap().as_slice(), b"two");
        }
    }

    #[test]
    fn two_that_create_the_key_at_once_end_up_with_one() {
        for _ in 0..20 {
            let (folder, keyring, _) = sealed();
            let barrier = Barrier::new(4);
            std::thread::scope(|scope| {
                for item in ["a", "b", "c", "d"] {
                    let (store, barrier) = (above(&keyring, &folder), &barrier);
                    scope.spawn(move || {
                        barrier.wait();
                        store.save(item, item.as_bytes()).unwrap();
                    });
                }
            });
            for item in ["a", "b", "c", "d"] {
                let loaded = above(&keyring, &folder).load(item).unwrap().unwrap();
                assert_eq!(loaded.as_slice(), item.as_bytes());
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn sealed_files_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, _, store) = sealed();
        store.save("../../escape", b"one").unwrap();
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&store.path("../../escape")), 0o600);
        assert_eq!(mode(&folder.path().join("sealed")), 0o700);
    }

    #[test]
    fn a_failing_keyring_fails_the_operation_and_writes_nothing() {
        struct Failing;
        impl RawStore for Failing {
            fn load(&self, _: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
                Err(StoreError::Locked)
            }
            fn save(&self, _: &str, _: &[u8]) -> StoreResult<()> {
                Err(StoreError::Locked)
            }
            fn delete(&self, _: &str) -> StoreResult<()> {
                Err(StoreError::Locked)
            }
            fn limits(&self) -> Limits {
                Limits::default()
            }
            fn name(&self) -> &'static str {
                "failing"
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let store = Sealed::new(Failing, folder.path().join("sealed"), Locks::new(folder.path().join("locks")));
        assert!(matches!(store.save("a", b"one"), Err(StoreError::Locked)));
        assert_eq!(fs::read_dir(folder.path().join("sealed")).unwrap().count(), 0);
    }
}
