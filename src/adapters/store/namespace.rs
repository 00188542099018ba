//! One keyring for several state folders: each sees the items that are its own.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::raw::{Keyring, Limits, StoreResult};
use crate::domain::store_choice::StoreName;
use crate::domain::text::hex;

/// What tells the items of one state folder from those of another. Found when the first item is named: by then the
/// connection to the keyring is on its way.
#[derive(Debug, Clone)]
pub struct Namespace {
    state_folder: PathBuf,
    digest: Arc<OnceLock<String>>,
}

impl Namespace {
    /// How many bytes of the hash are enough: no two folders of one person will share them.
    const HASH_BYTES: usize = 8;

    /// The namespace of `state_folder`, whichever way its path is written.
    pub fn of(state_folder: &Path) -> Self {
        Namespace { state_folder: state_folder.to_owned(), digest: Arc::default() }
    }

    fn find(&self) -> String {
        let digest = Sha256::digest(resolved(&self.state_folder).as_os_str().as_encoded_bytes());
        hex(&digest[..Self::HASH_BYTES])
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.digest.get_or_init(|| self.find()))
    }
}

/// `path` with its links followed, as far down as there is something: the folder has the same name before and after it
/// is made.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing: Vec<&OsStr> = Vec::new();
    let mut there = absolute.as_path();
    loop {
        if let Ok(found) = there.canonicalize() {
            return missing.iter().rev().fold(found, |path, name| path.join(name));
        }
        match (there.parent(), there.components().next_back()) {
            (Some(parent), Some(Component::Normal(name))) => {
                missing.push(name);
                there = parent;
            }
            _ => return absolute,
        }
    }
}

/// A keyring of which the items of one namespace are seen, under the names that they have within it.
pub struct Namespaced<K> {
    keyring: K,
    namespace: Namespace,
}

impl<K: Keyring> Namespaced<K> {
    /// The items of `namespace` in `keyring`.
    pub fn new(keyring: K, namespace: Namespace) -> Self {
        Namespaced { keyring, namespace }
    }

    /// The namespace comes last, so that people who look into their keyring see first what an item is.
    fn full_name(&self, item: &str) -> String {
        format!("{item}@{}", self.namespace)
    }
}

impl<K: Keyring> Keyring for Namespaced<K> {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        self.keyring.load(&self.full_name(item))
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        self.keyring.save(&self.full_name(item), secret)
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        self.keyring.delete(&self.full_name(item))
    }

    fn limits(&self) -> Limits {
        self.keyring.limits()
    }

    fn name(&self) -> StoreName {
        self.keyring.name()
    }
}

#[cfg(test)]
mod tests {
    use super::super::keyring_items::KeyringItems;
    use super::super::memory::Memory;
    use super::super::raw::RawStore as _;
    use super::*;

    #[test]
    fn another_state_folder_sees_none_of_our_items() {
        let keyring = Arc::new(Memory::default());
        let [ours, theirs] = ["/home/a/state", "/home/a/elsewhere"]
            .map(|folder| Namespaced::new(Arc::clone(&keyring), Namespace::of(Path::new(folder))))
            .map(KeyringItems);
        ours.save("session/x", b"ours").unwrap();
        assert!(theirs.load("session/x").unwrap().is_none());
        theirs.save("session/x", b"theirs").unwrap();
        theirs.set_aside("session/x").unwrap();
        assert_eq!(theirs.load("session/x.aside").unwrap().unwrap().as_slice(), b"theirs");
        theirs.delete("session/x").unwrap();
        assert_eq!(ours.load("session/x").unwrap().unwrap().as_slice(), b"ours");
        assert!(ours.load("session/x.aside").unwrap().is_none());
        assert!(theirs.load("session/x.aside").unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_has_one_namespace_whatever_its_path_and_before_it_exists() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let namespace = |path: PathBuf| Namespace::of(&path).to_string();
        let before = namespace(real.join("a/state"));
        assert_eq!(namespace(link.join("a/state")), before);
        assert_eq!(namespace(real.join("./a//state/")), before);
        std::fs::create_dir_all(real.join("a/state")).unwrap();
        assert_eq!(namespace(real.join("a/state")), before);
        assert_eq!(namespace(link.join("a/state")), before);
        assert_ne!(namespace(real.join("a/state2")), before);
    }
}
