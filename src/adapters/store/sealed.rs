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
use crate::error::Error;

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
        let Some(file) = files::read_bounded(&self.path(item), FILE_LIMIT).map_err(StoreError::File)? else {
            return Ok(None);
        };
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
