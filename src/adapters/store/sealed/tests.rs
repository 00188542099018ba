//! Files sealed with a key of the keyring: whole, moved, changed, left over, or of somebody else.

use std::sync::{Arc, Barrier};

use super::*;
use crate::adapters::store::memory::Memory;
#[cfg(target_os = "linux")]
use crate::adapters::store::own_memory::Masked;
use crate::adapters::store::raw::Limits;

/// A keyring as small as the Windows Credential Manager.
struct Small(Memory);

impl Keyring for Small {
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
    fn name(&self) -> StoreName {
        StoreName::Keyutils
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

fn path(store: &Sealed<Arc<Small>>, item: &str) -> PathBuf {
    store.group(item).path(item)
}

fn is_damaged(store: &impl RawStore, item: &str) -> bool {
    matches!(store.load(item), Err(StoreError::Damaged { item: named }) if named == item)
}

#[test]
fn records_of_any_size_go_through_a_small_keyring() {
    let (_folder, keyring, store) = sealed();
    for length in [0, 1, 2_560, 2_561, 20_000, 1 << 20] {
        let secret = vec![0x5a; length];
        store.save("a", &secret).unwrap();
        assert_eq!(store.load("a").unwrap().unwrap().as_slice(), secret, "{length}");
    }
    assert_eq!(keyring.load("sealing-key/a").unwrap().unwrap().len(), KEY_BYTES);
    store.delete("a").unwrap();
    store.delete("a").unwrap();
    assert!(store.load("a").unwrap().is_none());
}

#[test]
fn nothing_of_the_secret_stands_in_its_file_and_no_two_files_are_alike() {
    let (_folder, _, store) = sealed();
    store.save("a", b"canary canary canary").unwrap();
    let first = fs::read(path(&store, "a")).unwrap();
    store.save("a", b"canary canary canary").unwrap();
    let second = fs::read(path(&store, "a")).unwrap();
    assert!(!first.windows(6).any(|window| window == b"canary"));
    assert_ne!(first[FORMAT.len()..], second[FORMAT.len()..]);
}

#[test]
fn a_file_changed_or_cut_at_any_byte_is_damaged() {
    let (_folder, _, store) = sealed();
    store.save("a", b"secret").unwrap();
    let path = path(&store, "a");
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
    store.save("role/s/admin", b"one").unwrap();
    store.save("role/s/reader", b"two").unwrap();
    fs::copy(path(&store, "role/s/admin"), path(&store, "role/s/reader")).unwrap();
    assert!(is_damaged(&store, "role/s/reader"));
}

#[test]
fn a_damaged_file_set_aside_is_out_of_the_way() {
    let (_folder, _, store) = sealed();
    store.save("a", b"one").unwrap();
    fs::write(path(&store, "a"), b"noise").unwrap();
    store.set_aside("a").unwrap();
    assert!(store.load("a").unwrap().is_none());
    assert_eq!(fs::read(path(&store, "a").with_extension("aside")).unwrap(), b"noise");
    store.set_aside("a").unwrap();
}

#[test]
fn without_its_key_a_record_is_gone_and_a_new_key_starts_anew() {
    for broken in [None, Some(&b"short"[..])] {
        let (_folder, keyring, store) = sealed();
        store.save("role/s/a", b"one").unwrap();
        keyring.delete("sealing-key/s").unwrap();
        if let Some(bytes) = broken {
            keyring.save("sealing-key/s", bytes).unwrap();
        }
        assert!(store.load("role/s/a").unwrap().is_none());
        store.save("role/s/b", b"two").unwrap();
        assert!(store.load("role/s/a").unwrap().is_none(), "not damaged: gone with its key");
        assert_eq!(store.load("role/s/b").unwrap().unwrap().as_slice(), b"two");
    }
}

#[test]
fn files_put_back_after_a_logout_do_not_open() {
    let (folder, keyring, store) = sealed();
    let (sealed, kept) = (folder.path().join("sealed"), folder.path().join("kept"));
    let (session, role) = ("session/acme", "role/acme/123456789012/Admin");
    for logged_out in [&[role, session][..], &[session, role]] {
        store.save("session/other", b"stays").unwrap();
        store.save(session, b"one").unwrap();
        store.save(role, b"two").unwrap();
        let group = store.group(session).folder;
        fs::rename(&group, &kept).unwrap();
        fs::create_dir(&group).unwrap();
        for file in fs::read_dir(&kept).unwrap().flatten() {
            fs::copy(file.path(), group.join(file.file_name())).unwrap();
        }
        logged_out.iter().for_each(|item| store.delete(item).unwrap());
        assert!(keyring.load("sealing-key/acme").unwrap().is_none());
        assert!(!group.exists(), "nothing of it is left behind");
        fs::rename(&kept, &group).unwrap();
        assert!(store.load(role).unwrap().is_none(), "its key is gone");
        store.save(session, b"three").unwrap();
        for file in fs::read_dir(&group).unwrap().flatten() {
            assert_eq!(file.path(), path(&store, session), "a new key starts with nothing else");
        }
        assert_eq!(store.load("session/other").unwrap().unwrap().as_slice(), b"stays");
        assert!(sealed.exists());
        store.delete(session).unwrap();
    }
}

#[test]
fn the_key_goes_with_the_sessions_record_though_other_files_are_left_or_put_there() {
    let (folder, keyring, store) = sealed();
    let (session, role, away) = ("session/s", "role/s/a", folder.path().join("away"));
    store.save(session, b"one").unwrap();
    store.save(role, b"two").unwrap();
    fs::copy(path(&store, role), &away).unwrap();
    store.delete(session).unwrap();
    assert!(keyring.load("sealing-key/s").unwrap().is_none() && store.load(role).unwrap().is_none());
    store.save(session, b"three").unwrap();
    fs::copy(&away, path(&store, role)).unwrap();
    assert!(is_damaged(&store, role));
    assert_eq!(store.load(session).unwrap().unwrap().as_slice(), b"three");
}

#[test]
fn a_record_that_is_replaced_with_its_key_while_it_is_read_is_not_damaged() {
    /// A keyring in which, before it is read for the first time, another process replaces record and key.
    struct Replaced(Arc<Small>, tempfile::TempDir, std::sync::Once);
    impl Keyring for Replaced {
        fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
            self.2.call_once(|| {
                let other = above(&self.0, &self.1);
                other.delete("session/s").unwrap();
                other.save("session/s", b"new").unwrap();
            });
            self.0.load(item)
        }
        fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
            self.0.save(item, secret)
        }
        fn delete(&self, item: &str) -> StoreResult<()> {
            self.0.delete(item)
        }
        fn limits(&self) -> Limits {
            self.0.limits()
        }
        fn name(&self) -> StoreName {
            self.0.name()
        }
    }
    let (folder, keyring, store) = sealed();
    store.save("session/s", b"old").unwrap();
    let (sealed, locks) = (folder.path().join("sealed"), Locks::new(folder.path().join("locks")));
    let reader = Sealed::new(Replaced(keyring, folder, std::sync::Once::new()), sealed, locks);
    assert_eq!(reader.load("session/s").unwrap().unwrap().as_slice(), b"new");
}

#[test]
fn a_file_put_back_beside_ones_with_a_new_key_is_damaged() {
    let (_folder, _, store) = sealed();
    store.save("role/s/a", b"one").unwrap();
    let old = fs::read(path(&store, "role/s/a")).unwrap();
    store.delete("role/s/a").unwrap();
    store.save("session/s", b"two").unwrap();
    fs::write(path(&store, "role/s/a"), old).unwrap();
    assert!(is_damaged(&store, "role/s/a"));
}

#[test]
fn a_folder_moved_away_before_a_logout_does_not_open_when_it_comes_back() {
    let (folder, _, store) = sealed();
    store.save("session/s", b"one").unwrap();
    let (group, away) = (store.group("session/s").folder, folder.path().join("away"));
    fs::rename(&group, &away).unwrap();
    store.delete("session/s").unwrap();
    fs::rename(&away, &group).unwrap();
    assert!(store.load("session/s").unwrap().is_none());
}

#[test]
fn what_was_set_aside_goes_with_its_item() {
    let (folder, _, store) = sealed();
    store.save("session/s", b"one").unwrap();
    fs::write(path(&store, "session/s"), b"noise").unwrap();
    store.set_aside("session/s").unwrap();
    store.delete("session/s").unwrap();
    assert_eq!(fs::read_dir(folder.path().join("sealed")).unwrap().count(), 0);
}

#[test]
fn two_that_create_the_key_at_once_end_up_with_one() {
    for _ in 0..20 {
        let (folder, keyring, _) = sealed();
        let barrier = Barrier::new(4);
        std::thread::scope(|scope| {
            for item in ["role/s/a", "role/s/b", "role/s/c", "role/s/d"] {
                let (store, barrier) = (above(&keyring, &folder), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    store.save(item, item.as_bytes()).unwrap();
                });
            }
        });
        for item in ["role/s/a", "role/s/b", "role/s/c", "role/s/d"] {
            let loaded = above(&keyring, &folder).load(item).unwrap().unwrap();
            assert_eq!(loaded.as_slice(), item.as_bytes());
        }
    }
}

#[test]
fn a_delete_while_a_record_is_saved_leaves_the_record_its_key() {
    /// A keyring that deletes the only other record once the key was asked for. Where the group is locked, the
    /// deleting has to wait, and a thread does it.
    struct DeletesMeanwhile {
        keyring: Arc<Small>,
        folder: Arc<tempfile::TempDir>,
        deleting: std::sync::Mutex<Option<std::thread::JoinHandle<()>>>,
    }
    impl Keyring for DeletesMeanwhile {
        fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
            let key = self.keyring.load(item)?;
            let (keyring, folder) = (Arc::clone(&self.keyring), Arc::clone(&self.folder));
            let delete = move || above(&keyring, &folder).delete("role/s/old").unwrap();
            match Locks::new(self.folder.path().join("locks")).acquire(item, Duration::ZERO) {
                Ok(guard) => {
                    drop(guard);
                    delete();
                }
                Err(_) => *self.deleting.lock().unwrap() = Some(std::thread::spawn(delete)),
            }
            Ok(key)
        }
        fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
            self.keyring.save(item, secret)
        }
        fn delete(&self, item: &str) -> StoreResult<()> {
            self.keyring.delete(item)
        }
        fn limits(&self) -> Limits {
            self.keyring.limits()
        }
        fn name(&self) -> StoreName {
            self.keyring.name()
        }
    }
    let (folder, keyring, store) = sealed();
    let folder = Arc::new(folder);
    store.save("role/s/old", b"old").unwrap();
    let deletes =
        Arc::new(DeletesMeanwhile { keyring, folder: Arc::clone(&folder), deleting: std::sync::Mutex::default() });
    let saving =
        Sealed::new(Arc::clone(&deletes), folder.path().join("sealed"), Locks::new(folder.path().join("locks")));
    saving.save("role/s/new", b"new").unwrap();
    if let Some(deleting) = deletes.deleting.lock().unwrap().take() {
        deleting.join().unwrap();
    }
    assert!(store.load("role/s/old").unwrap().is_none());
    assert_eq!(store.load("role/s/new").unwrap().unwrap().as_slice(), b"new");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "is the child of the next test"]
fn child_that_seals_and_opens() {
    let Some(masked) = Masked::of_parent() else { return };
    let mut search = masked.search();
    let (_folder, _, store) = sealed();
    store.save("a", &masked.reveal()).unwrap();
    assert_eq!(store.load("a").unwrap().unwrap(), masked.reveal());
    assert_eq!(search.finds(), Vec::<String>::new());
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_of_a_secret_stays_in_memory_that_was_sealed_or_opened() {
    let name = "adapters::store::sealed::tests::child_that_seals_and_opens";
    assert!(Masked::random(3_000).passes_in_child(name, &[]));
}

#[cfg(unix)]
#[test]
fn sealed_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _, store) = sealed();
    store.save("../../escape", b"one").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path(&store, "../../escape")), 0o600);
    assert_eq!(mode(&store.group("../../escape").folder), 0o700);
    assert_eq!(mode(&folder.path().join("sealed")), 0o700);
}

#[test]
fn a_failing_keyring_fails_the_operation_and_writes_nothing() {
    struct Failing;
    impl Keyring for Failing {
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
        fn name(&self) -> StoreName {
            StoreName::Keyutils
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Sealed::new(Failing, folder.path().join("sealed"), Locks::new(folder.path().join("locks")));
    assert!(matches!(store.save("a", b"one"), Err(StoreError::Locked)));
    assert!(store.group("a").files().unwrap().is_empty());
}
