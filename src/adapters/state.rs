//! The state and cache folders: the index, the catalogs and what the screen remembers, as JSON, without secrets.
//!
//! Looking a file up never fails: one that cannot be read counts as empty. A change is made to a file that was read, or to
//! none: a file that is there and cannot be read stays as it is, and the change fails. One whose content is damaged is
//! replaced; of what the screen remembers, which nothing can rebuild, a copy is set aside first.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::elevation_marks::ElevationMarks;
use super::files::{cannot, ensure_private_dir, hashed_name, read_trusted, write_private};
use super::lock::Locks;
use super::uses_log::UsesLog;
use crate::domain::catalog::Catalog;
use crate::domain::elevation::ElevationId;
use crate::domain::index::Index;
use crate::domain::on_call::RotaSnapshot;
use crate::domain::preferences::Preferences;
use crate::domain::source::Source;
use crate::domain::sso_session::SessionKey;
use crate::domain::uses::uses;
use crate::error::{Error, FileError, Result};
use crate::ports::StateStore;

/// The largest file that is read: fifty thousand roles take a tenth of it.
const LARGEST: u64 = 64 * 1024 * 1024;
/// How long a change waits for another process's.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// Index and catalogs in two folders.
pub struct State {
    index: PathBuf,
    preferences: PathBuf,
    state: PathBuf,
    cache: PathBuf,
    /// Uses that are not counted in the index yet.
    uses: UsesLog,
    locks: Locks,
}

impl State {
    /// The state in `state` and the catalogs in `cache`; the folders are made when first written to.
    pub fn new(state: &Path, cache: &Path, locks: Locks) -> Self {
        State {
            index: state.join("index.json"),
            preferences: state.join("screen.json"),
            state: state.to_owned(),
            cache: cache.to_owned(),
            uses: UsesLog::new(state),
            locks,
        }
    }

    fn rota_file(&self, rota: &str) -> PathBuf {
        self.state.join(format!("rota-{}.json", hashed_name(rota)))
    }

    fn catalog_file(&self, key: &SessionKey) -> PathBuf {
        self.cache.join(format!("catalog-{}.json", hashed_name(key.as_str())))
    }
}

/// What a state file holds.
enum Content<T> {
    Value(T),
    /// There is no such file.
    Missing,
    /// It is not the JSON that was written.
    Damaged {
        bytes: Vec<u8>,
        why: serde_json::Error,
    },
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Content<T>, FileError> {
    let Some(bytes) = read_trusted(path, LARGEST)? else { return Ok(Content::Missing) };
    Ok(match serde_json::from_slice(&bytes) {
        Ok(value) => Content::Value(value),
        Err(why) => Content::Damaged { bytes, why },
    })
}

/// What the file holds, or the default where there is none that can be read.
fn read_or_default<T: DeserializeOwned + Default>(path: &Path) -> T {
    read_if_present(path).unwrap_or_default()
}

/// What the file holds, the default where it cannot be read, or none where there is no such file.
fn read_if_present<T: DeserializeOwned + Default>(path: &Path) -> Option<T> {
    match read(path) {
        Ok(Content::Value(value)) => return Some(value),
        Ok(Content::Missing) => return None,
        Ok(Content::Damaged { why, .. }) => {
            tracing::warn!(path = %path.display(), error = %why, "a state file is damaged and counts as empty");
        }
        Err(error) => {
            tracing::warn!(error = error.with_cause(), "a state file cannot be read and counts as empty");
        }
    }
    Some(T::default())
}

/// What becomes of a damaged file before it is replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// Nothing: what it held can be rebuilt.
    Dropped,
    /// It is copied to another file.
    SetAside,
}

/// Reads the file, changes what it says, and writes it again unless nothing changed. The caller holds its lock.
///
/// # Errors
/// A file that is there cannot be read or written.
fn update<T>(path: &Path, damage: Damage, change: &mut dyn FnMut(&mut T)) -> Result<()>
where
    T: Serialize + DeserializeOwned + Default + Clone + PartialEq,
{
    let before: T = match read(path).map_err(Error::OwnFile)? {
        Content::Value(value) => value,
        Content::Damaged { bytes, .. } if damage == Damage::SetAside => {
            set_aside(path, &bytes)?;
            T::default()
        }
        Content::Damaged { .. } | Content::Missing => T::default(),
    };
    let mut after = before.clone();
    change(&mut after);
    if after == before {
        return Ok(());
    }
    let bytes = serde_json::to_vec(&after).map_err(|error| cannot("write", path, error.into()))?;
    write_private(path, &bytes)
}

/// Copies the `bytes` of a damaged file to another one, whose name tells them from any others.
fn set_aside(path: &Path, bytes: &[u8]) -> Result<()> {
    let aside = path.with_extension(format!("damaged-{}", &hashed_name(&String::from_utf8_lossy(bytes))[..16]));
    tracing::warn!(path = %aside.display(), "a state file is damaged and was set aside");
    write_private(&aside, bytes)
}

/// Counts the uses in `log`.
fn count(log: &[u8], index: &mut Index) {
    uses(log).for_each(|used| index.note_use(&used));
}

impl StateStore for State {
    fn index(&self) -> Index {
        let mut index = read_or_default(&self.index);
        count(&self.uses.read(), &mut index);
        index
    }

    fn update_index(&self, change: &mut dyn FnMut(&mut Index)) -> Result<()> {
        ensure_private_dir(&self.state)?;
        let _lock = self.locks.acquire("index", LOCK_TIMEOUT)?;
        update(&self.index, Damage::Dropped, &mut |index| {
            count(&self.uses.take(), index);
            change(index);
        })
    }

    fn note_use(&self, source: &Source, at: Timestamp) {
        if let Err(error) = self.uses.append(&source.key(), at) {
            tracing::debug!(%error, "a use could not be noted");
        }
    }

    fn catalog(&self, key: &SessionKey) -> Catalog {
        read_or_default(&self.catalog_file(key))
    }

    fn update_catalog(&self, key: &SessionKey, change: &mut dyn FnMut(&mut Catalog)) -> Result<()> {
        ensure_private_dir(&self.cache)?;
        let _lock = self.locks.acquire(&format!("catalog/{key}"), LOCK_TIMEOUT)?;
        update(&self.catalog_file(key), Damage::Dropped, change)
    }

    fn rota_snapshot(&self, rota: &str) -> Option<RotaSnapshot> {
        match read(&self.rota_file(rota)) {
            Ok(Content::Value(snapshot)) => Some(snapshot),
            Ok(Content::Missing) => None,
            Ok(Content::Damaged { .. }) | Err(_) => {
                tracing::warn!(rota, "what was read of a rota cannot be used and is read anew");
                None
            }
        }
    }

    fn keep_rota_snapshot(&self, rota: &str, snapshot: &RotaSnapshot) -> Result<()> {
        ensure_private_dir(&self.state)?;
        let path = self.rota_file(rota);
        let bytes = serde_json::to_vec(snapshot).map_err(|error| cannot("write", &path, error.into()))?;
        write_private(&path, &bytes)
    }

    fn note_elevation_ended(&self, id: ElevationId) {
        ElevationMarks::new(&self.state.join("shell")).remove(id);
    }

    fn drop_rota_snapshot(&self, rota: &str) -> Result<()> {
        let path = self.rota_file(rota);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(cannot("delete", &path, error)),
            _ => Ok(()),
        }
    }

    fn preferences(&self) -> Option<Preferences> {
        read_if_present(&self.preferences)
    }

    fn update_preferences(&self, change: &mut dyn FnMut(&mut Preferences)) -> Result<()> {
        ensure_private_dir(&self.state)?;
        let _lock = self.locks.acquire("preferences", LOCK_TIMEOUT)?;
        update(&self.preferences, Damage::SetAside, change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Account;
    use crate::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
    use crate::domain::sso_session::SsoSession;
    use crate::domain::store_choice::StoreName;

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
    fn uses_count_at_once_and_once_only_whoever_changes_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let state = state(folder.path());
        let source = Source::portal_role(session(), "100000023757/Developer".parse().unwrap());
        let target = source.target().to_string();
        let at: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let noted = || {
            let index = state.index();
            let note = &index.session(&session().key()).unwrap().targets[&target];
            (note.uses, note.last_used)
        };
        // Nothing was kept yet, and there is no folder.
        state.note_use(&source, at);
        state.update_index(&mut |index| index.note_dropped(&source, StoreName::Memory)).unwrap();
        assert_eq!(noted(), (0, None));
        (0..3).for_each(|_| state.note_use(&source, at));
        assert_eq!(noted(), (3, Some(at)));
        state.update_index(&mut |_| {}).unwrap();
        assert!(!folder.path().join("state/uses.log").exists());
        state.note_use(&source, at);
        for _ in 0..2 {
            assert_eq!(noted(), (4, Some(at)));
            state.update_index(&mut |_| {}).unwrap();
        }
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
    fn a_file_that_cannot_be_read_stays_as_it_is_and_fails_the_change() {
        let folder = tempfile::tempdir().unwrap();
        let state = state(folder.path());
        let key = session().key();
        let at: jiff::Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        type Change<'a> = &'a dyn Fn() -> Result<()>;
        let changes: [(PathBuf, Change<'_>); 3] = [
            (state.index.clone(), &|| {
                state.update_index(&mut |index| {
                    index.session_mut(&session());
                })
            }),
            (state.preferences.clone(), &|| state.update_preferences(&mut |_| panic!("there is nothing to change"))),
            (state.catalog_file(&key), &|| {
                state.update_catalog(&key, &mut |catalog| catalog.take_accounts(Vec::new(), at))
            }),
        ];
        for (path, change) in changes {
            ensure_private_dir(path.parent().unwrap()).unwrap();
            // The size of a file that is refused stands for every other reason why one cannot be read.
            std::fs::File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
            let error = change().unwrap_err();
            assert!(error.to_string().ends_with("is larger than 64 MiB"), "{error}");
            assert_eq!(std::fs::metadata(&path).unwrap().len(), LARGEST + 1);
        }
        assert_eq!((state.index(), state.preferences()), (Index::default(), Some(Preferences::default())));
        assert_eq!(state.catalog(&key), Catalog::default());
    }

    #[test]
    fn damaged_preferences_are_set_aside_by_the_next_change() {
        let folder = tempfile::tempdir().unwrap();
        let state = state(folder.path());
        ensure_private_dir(&state.state).unwrap();
        std::fs::write(&state.preferences, b"{\xff torn").unwrap();
        state.update_preferences(&mut |kept| assert_eq!(*kept, Preferences::default())).unwrap();
        let names = std::fs::read_dir(&state.state).unwrap().map(|entry| entry.unwrap().path());
        let aside: Vec<_> = names.filter(|path| path.display().to_string().contains("screen.damaged-")).collect();
        assert_eq!(aside.len(), 1);
        assert_eq!(std::fs::read(&aside[0]).unwrap(), b"{\xff torn");
    }

    #[test]
    fn preferences_are_none_until_they_are_written_and_private_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let state = state(folder.path());
        assert_eq!(state.preferences(), None);
        state.update_preferences(&mut |preferences| preferences.first_run_done = true).unwrap();
        assert!(state.preferences().unwrap().first_run_done);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&state.preferences).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn damaged_preferences_read_as_the_default_and_are_set_aside_by_the_next_change() {
        let folder = tempfile::tempdir().unwrap();
        let state = state(folder.path());
        ensure_private_dir(&state.state).unwrap();
        std::fs::write(&state.preferences, b"{torn").unwrap();
        assert_eq!(state.preferences(), Some(Preferences::default()));
        state.update_preferences(&mut |preferences| preferences.first_run_done = true).unwrap();
        assert!(state.preferences().unwrap().first_run_done);
        let mut names = std::fs::read_dir(&state.state).unwrap().map(|entry| entry.unwrap().path());
        let aside = names.find(|path| path.display().to_string().contains("screen.damaged-")).unwrap();
        assert_eq!(std::fs::read(aside).unwrap(), b"{torn");
    }

    #[test]
    fn two_that_change_the_preferences_lose_nothing() {
        use crate::domain::preferences::{Pin, PreferenceChange};
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let folder = folder.path();
                scope.spawn(move || {
                    for number in 0..10 {
                        let target = format!("{:012}/Admin", writer * 10 + number).parse().unwrap();
                        let change = PreferenceChange::Pin(Pin { session: session().key(), target });
                        state(folder).update_preferences(&mut |preferences| preferences.apply(&change)).unwrap();
                    }
                });
            }
        });
        assert_eq!(state(folder.path()).preferences().unwrap().pins.len(), 40);
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
