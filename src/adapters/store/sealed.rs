//! Records too long for a small keyring: sealed files, whose random keys lie in the keyring.
//!
//! A file is `DPS1`, a random 96-bit nonce, and the record encrypted with ChaCha20-Poly1305; the format's mark and
//! the item's name are authenticated with it, so that no file can stand in for another.
//!
//! The items of one SSO session are a group with a folder and a key of its own. The key goes with the session's record,
//! and with the group's last file: what was copied before a sign-out or before another sign-in opens never again.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::raw::{Keyring, RawStore, StoreError, StoreResult};
use crate::adapters::files;
use crate::adapters::lock::{Guard, Locks};
use crate::domain::store_choice::StoreName;
use crate::error::Error;

/// The format's mark and version.
const FORMAT: &[u8] = b"DPS1";
/// What the names of the items begin with that hold the keys in the keyring below.
const KEY_ITEM: &str = "sealing-key";
const KEY_BYTES: usize = 32;
/// What the name of a session's own record begins with.
const SESSION_ITEM: &str = "session/";
/// The extensions of sealed files, and of damaged ones that were set aside.
const SEALED: &str = "sealed";
const ASIDE: &str = "aside";
/// The longest file that is read.
const FILE_LIMIT: u64 = 16 << 20;
/// How long one process waits for another that is writing a file of the group or deleting its key.
const KEY_WAIT: Duration = Duration::from_secs(5);

/// A store of any size above a keyring that can hold 32 bytes.
pub struct Sealed<K> {
    keyring: K,
    folder: PathBuf,
    locks: Locks,
}

impl<K: Keyring> Sealed<K> {
    /// Sealed files in `folder`, their keys in `keyring`, each group guarded by a lock of `locks`.
    pub fn new(keyring: K, folder: impl Into<PathBuf>, locks: Locks) -> Self {
        Sealed { keyring, folder: folder.into(), locks }
    }

    fn group(&self, item: &str) -> Group {
        let name = group_of(item);
        Group { folder: self.folder.join(files::hashed_name(name)), key_item: format!("{KEY_ITEM}/{name}") }
    }

    /// The group's key, unless it is gone or cannot be one.
    fn key(&self, group: &Group) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.keyring.load(&group.key_item)?.filter(|key| key.len() == KEY_BYTES))
    }

    /// The group's key, or a new one. The caller holds the group's lock.
    fn key_or_new(&self, group: &Group) -> StoreResult<Zeroizing<Vec<u8>>> {
        if let Some(key) = self.key(group)? {
            return Ok(key);
        }
        // They can never be opened again, and under a new key they would look damaged.
        for path in group.files()? {
            remove(&path)?;
        }
        let mut key = Zeroizing::new(vec![0; KEY_BYTES]);
        SystemRandom::new().fill(&mut key).map_err(|_| no_randomness())?;
        self.keyring.save(&group.key_item, &key)?;
        Ok(key)
    }

    /// Deletes the key of a group without files. It may have been without them for long: a folder that was moved away
    /// before a logout can come back after it.
    fn forget_key_of_nothing(&self, group: &Group) -> StoreResult<()> {
        if !group.files()?.is_empty() || self.keyring.load(&group.key_item)?.is_none() {
            return Ok(());
        }
        let _guard = self.lock(group)?;
        if group.files()?.is_empty() {
            self.keyring.delete(&group.key_item)?;
            // It stays where damaged files were set aside in it.
            let _ = fs::remove_dir(&group.folder);
        }
        Ok(())
    }

    /// Deletes the key of a group, and so everything in it: files that are left, or put there, open with no other.
    fn forget_group(&self, group: &Group) -> StoreResult<()> {
        if group.files()?.is_empty() && self.keyring.load(&group.key_item)?.is_none() {
            return Ok(());
        }
        let _guard = self.lock(group)?;
        self.keyring.delete(&group.key_item)?;
        for path in group.files()? {
            remove(&path)?;
        }
        // It stays where damaged files were set aside in it.
        let _ = fs::remove_dir(&group.folder);
        Ok(())
    }

    fn load_once(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        let group = self.group(item);
        let file = files::read_trusted(&group.path(item), FILE_LIMIT)
            .map_err(|error| StoreError::File(Error::OwnFile(error)))?;
        let Some(file) = file else { return Ok(None) };
        // Without the key, which a reboot takes from the kernel's keyring, the record is as gone as the key.
        let Some(key) = self.key(&group)? else { return Ok(None) };
        open(&key, item, &file).map(Some)
    }

    fn lock(&self, group: &Group) -> StoreResult<Guard> {
        self.locks.acquire(&group.key_item, KEY_WAIT).map_err(StoreError::File)
    }
}

/// The items that share a key.
struct Group {
    folder: PathBuf,
    key_item: String,
}

impl Group {
    fn path(&self, item: &str) -> PathBuf {
        self.folder.join(format!("{}.{SEALED}", files::hashed_name(item)))
    }

    /// The group's sealed files.
    fn files(&self) -> StoreResult<Vec<PathBuf>> {
        let unreadable = |error| cannot("read the folder of sealed records", error);
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        let is_sealed = |path: &PathBuf| path.extension().is_some_and(|extension| extension == SEALED);
        Ok(paths.map_err(unreadable)?.into_iter().filter(is_sealed).collect())
    }
}

impl<K: Keyring> RawStore for Sealed<K> {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        match self.load_once(item) {
            // Another process may have replaced file and key after the one was read and before the other was.
            Err(StoreError::Damaged { .. }) => self.load_once(item),
            outcome => outcome,
        }
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        let group = self.group(item);
        files::ensure_private_dir(&self.folder).map_err(StoreError::File)?;
        // Until the file is written: a delete of the group's last file before that would take the key with it.
        let _guard = self.lock(&group)?;
        files::ensure_private_dir(&group.folder).map_err(StoreError::File)?;
        let file = seal(&self.key_or_new(&group)?, item, secret)?;
        files::write_private(&group.path(item), &file).map_err(StoreError::File)
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        let group = self.group(item);
        let path = group.path(item);
        remove(&path)?;
        remove(&path.with_extension(ASIDE))?;
        if item.starts_with(SESSION_ITEM) { self.forget_group(&group) } else { self.forget_key_of_nothing(&group) }
    }

    fn set_aside(&self, item: &str) -> StoreResult<()> {
        let path = self.group(item).path(item);
        match fs::rename(&path, path.with_extension(ASIDE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("set a sealed record aside", error)),
            _ => Ok(()),
        }
    }

    fn name(&self) -> StoreName {
        self.keyring.name()
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

fn open(key: &[u8], item: &str, file: &[u8]) -> StoreResult<Zeroizing<Vec<u8>>> {
    let damaged = || StoreError::Damaged { item: item.to_owned() };
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

/// The group of an item: in `KIND/SESSION` and `KIND/SESSION/REST` it is the session.
fn group_of(item: &str) -> &str {
    item.split('/').nth(1).unwrap_or(item)
}

/// Removes a file; one that is not there is fine.
fn remove(path: &Path) -> StoreResult<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove a sealed record", error)),
        _ => Ok(()),
    }
}

fn no_randomness() -> StoreError {
    StoreError::Failed("the system gives no random bytes".to_owned())
}

fn cannot(action: &'static str, source: io::Error) -> StoreError {
    StoreError::File(Error::System { action, source })
}
