//! The state and cache folders: the index and the catalogs, as JSON, without secrets.
//!
//! Index and catalogs can be rebuilt, so a file that cannot be read counts as empty. The list of open elevations
//! cannot: a damaged one is set aside. Only writing reports errors.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::files::{cannot, ensure_private_dir, hashed_name, read_bounded, write_private};
use super::lock::Locks;
use crate::domain::catalog::Catalog;
use crate::domain::index::Index;
use crate::domain::open_elevations::OpenElevations;
use crate::domain::sso_session::SessionKey;
use crate::error::Result;
use crate::ports::StateStore;

/// The largest file that is read: fifty thousand roles take a tenth of it.
const LARGEST: u64 = 64 * 1024 * 1024;
/// How long a change waits for another process's.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// Index and catalogs in two folders.
pub struct State {
    index: PathBuf,
    open_elevations: PathBuf,
    state: PathBuf,
    cache: PathBuf,
    locks: Locks,
}

impl State {
    /// The state in `state` and the catalogs in `cache`; the folders are made when first written to.
    pub fn new(state: &Path, cache: &Path, locks: Locks) -> Self {
        State {
            index: state.join("index.json"),
            open_elevations: state.join("open-elevations.json"),
            state: state.to_owned(),
            cache: cache.to_owned(),
            locks,
        }
    }

    fn catalog_file(&self, key: &SessionKey) -> PathBuf {
        self.cache.join(format!("catalog-{}.json", hashed_name(key.as_str())))
    }
}

/// Reads JSON, or the default where there is none that can be read.
fn read<T: DeserializeOwned + Default>(path: &Path) -> T {
    match read_bounded(path, LARGEST) {
        Ok(Some(bytes)) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::warn!(path = %path.display(), %error, "a state file cannot be read and counts as empty");
            T::default()
        }),
        Ok(None) => T::default(),
        Err(error) => {
            tracing::warn!(error = error.with_cause(), "a state file cannot be opened and counts as empty");
            T::default()
        }
    }
}

/// Reads the file, changes what it says, and writes it again unless nothing changed. The caller holds its lock.
fn update<T>(path: &Path, change: &mut dyn FnMut(&mut T)) -> Result<()>
where
    T: Serialize + DeserializeOwned + Default + Clone + PartialEq,
{
    let before: T = read(path);
    let mut after = before.clone();
    change(&mut after);
    if after == before {
        return Ok(());
    }
    let bytes = serde_json::to_vec(&after).map_err(|error| cannot("write", path, error.into()))?;
    write_private(path, &bytes)
}

/// Moves a file that cannot be read out of the way of the next write: what it holds cannot be rebuilt.
fn set_damage_aside<T: DeserializeOwned>(path: &Path) -> Result<()> {
    let Ok(Some(bytes)) = read_bounded(path, LARGEST) else { return Ok(()) };
    if serde_json::from_slice::<T>(&bytes).is_ok() {
        return Ok(());
    }
    let aside = path.with_extension(format!("damaged-{}", &hashed_name(&String::from_utf8_lossy(&bytes))[..16]));
    tracing::warn!(path = %aside.display(), "a state file is damaged and was set aside");
    write_private(&aside, &bytes)
}

impl StateStore for State {
    fn index(&self) -> Index {
        read(&self.index)
    }

    fn update_index(&self, change: &mut dyn FnMut(&mut Index)) -> Result<()> {
        ensure_private_dir(&self.state)?;
        let _lock = self.locks.acquire("index", LOCK_TIMEOUT)?;
        update(&self.index, change)
    }

    fn open_elevations(&self) -> OpenElevations {
        read(&self.open_elevations)
    }

    fn update_open_elevations(&self, change: &mut dyn FnMut(&mut OpenElevations)) -> Result<()> {
        ensure_private_dir(&self.state)?;
        let _lock = self.locks.acquire("open-elevations", LOCK_TIMEOUT)?;
        set_damage_aside::<OpenElevations>(&self.open_elevations)?;
        update(&self.open_elevations, change)
    }

    fn catalog(&self, key: &SessionKey) -> Catalog {
        read(&self.catalog_file(key))
    }

    fn update_catalog(&self, key: &SessionKey, change: &mut dyn FnMut(&mut Catalog)) -> Result<()> {
        ensure_private_dir(&self.cache)?;
        let _lock = self.locks.acquire(&format!("catalog/{key}"), LOCK_TIMEOUT)?;
        update(&self.catalog_file(key), change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Account;
    use crate::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
    use crate::domain::sso_session::SsoSession;

    fn session() -> SsoSession {
        SsoSession::new(
            SessionName::parse("acme").unwrap(),
            StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
            Region::parse("us-east-1").unwrap(),
        )
    }

    fn state(folder: &Path) -> State {
        State::new(&folder.join("state"), &folder.join("cache"), Locks::new(folder.join("locks")))
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        state(folder.path())
            .update_index(&mut |index| {
                index.session_mut(&session());
            })
            .unwrap();
        assert!(state(folder.path()).index().session(&session().key()).is_some());
    }

    #[test]
    fn damage_counts_as_empty_and_heals() {
        let folder = tempfile::tempdir().unwrap();
        let state = state(folder.path());
        state
            .update_index(&mut |index| {
                index.session_mut(&session());
            })
            .unwrap();
        for damage in [&b""[..], b"{", b"[]", b"\xff\xfe"] {
            std::fs::write(&state.index, damage).unwrap();
            assert_eq!(state.index(), Index::default());
        }
        state
            .update_index(&mut |index| {
                index.session_mut(&session());
            })
            .unwrap();
        assert!(state.index().session(&session().key()).is_some());
    }

    #[test]
    fn two_writers_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let folder = folder.path();
                scope.spawn(move || {
                    let state = state(folder);
                    for number in 0..10 {
                        let mut session = session();
                        session.name = SessionName::parse(&format!("s{writer}-{number}")).unwrap();
                        state
                            .update_index(&mut |index| {
                                index.session_mut(&session);
                            })
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(state(folder.path()).index().sessions.len(), 40);
    }

    #[test]
    fn two_that_change_a_catalog_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let id = |number: usize| AccountId::parse(&format!("{number:012}")).unwrap();
        let account = |number| Account { id: id(number), name: "a".into(), email: "".into() };
        let at: jiff::Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let key = session().key();
        let listed = &mut |catalog: &mut Catalog| catalog.take_accounts((0..40).map(account).collect(), at);
        state(folder.path()).update_catalog(&key, listed).unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let (folder, key) = (folder.path(), &key);
                scope.spawn(move || {
                    let roles = vec![RoleName::parse("Developer").unwrap()];
                    for number in 0..10 {
                        let mut change =
                            |catalog: &mut Catalog| catalog.take_roles(&id(writer * 10 + number), roles.clone(), at);
                        state(folder).update_catalog(key, &mut change).unwrap();
                    }
                });
            }
        });
        assert_eq!(state(folder.path()).catalog(&key).role_count(), 40);
    }
}
