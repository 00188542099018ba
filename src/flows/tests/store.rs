//! A store of secrets in memory that can be made to fail.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::steps::{Port, Steps};
use crate::domain::audit::{Head, KeptLog, LogKey};
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::GrantedElevation;
use crate::domain::on_call::SecretUrl;
use crate::domain::session::SessionRecord;
use crate::domain::source::{Source, SourceKey};
use crate::domain::sso_session::SessionKey;
use crate::domain::store_choice::StoreName;
use crate::error::{Error, KeyringFault, Result};
use crate::ports::SecretStore;

/// Secrets in memory; deleting can be made to fail.
#[derive(Default)]
pub struct FakeStore {
    /// Which store it is; the Secret Service where this is not said.
    name: Option<StoreName>,
    sessions: Mutex<HashMap<SessionKey, SessionRecord>>,
    credentials: Mutex<HashMap<SourceKey, CachedCredentials>>,
    pub elevations: Mutex<HashMap<SourceKey, GrantedElevation>>,
    pub reads: AtomicUsize,
    rota_urls: Mutex<BTreeMap<String, SecretUrl>>,
    /// Items of this kind are refused, though a refused elevation is kept all the same.
    pub refuses: Mutex<Option<&'static str>>,
    pub keeps_everything: AtomicBool,
    /// Whether it answers nothing within its deadline.
    pub silent: AtomicBool,
    /// Whether the records of sessions cannot be read.
    pub unreadable: AtomicBool,
    pub deletions: AtomicUsize,
    /// Runs once, in the middle of the next change of a session's record.
    pub during_change: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    pub steps: Arc<Steps>,
}

fn refused(fault: KeyringFault) -> Error {
    Error::Keyring { fault, detail: "the keyring refuses".into() }
}

impl FakeStore {
    /// All is well, unless there is trouble among the `steps`.
    pub fn with(steps: &Arc<Steps>) -> Self {
        FakeStore { steps: Arc::clone(steps), ..FakeStore::default() }
    }

    /// A store of this name that is empty.
    pub fn named(name: StoreName) -> Self {
        FakeStore { name: Some(name), ..FakeStore::default() }
    }

    fn note_change(&self) {
        let meanwhile = self.during_change.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
    }

    fn accepts(&self, kind: &str) -> Result<()> {
        match *self.refuses.lock().unwrap() == Some(kind) {
            true => Err(refused(KeyringFault::Failed)),
            false => Ok(()),
        }
    }

    fn note_read(&self) -> Result<()> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.answering()
    }

    fn answering(&self) -> Result<()> {
        match self.silent.load(Ordering::SeqCst) {
            true => Err(refused(KeyringFault::Silent)),
            false => Ok(()),
        }
    }

    fn deletable(&self) -> Result<()> {
        self.deletions.fetch_add(1, Ordering::SeqCst);
        self.answering()?;
        match self.keeps_everything.load(Ordering::SeqCst) {
            true => Err(refused(KeyringFault::Locked)),
            false => Ok(()),
        }
    }
}

impl SecretStore for FakeStore {
    fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>> {
        self.steps.call(Port::Keyring, "load session", || {
            self.note_read()?;
            if self.unreadable.load(Ordering::SeqCst) {
                return Err(refused(KeyringFault::NewerFormat));
            }
            Ok(self.sessions.lock().unwrap().get(key).cloned())
        })
    }

    fn save_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<()> {
        self.steps.call(Port::Keyring, "save session", || {
            self.note_change();
            self.sessions.lock().unwrap().insert(key.clone(), record.clone());
            Ok(())
        })
    }

    fn delete_session(&self, key: &SessionKey) -> Result<()> {
        self.steps.call(Port::Keyring, "delete session", || {
            self.deletable()?;
            self.note_change();
            self.sessions.lock().unwrap().remove(key);
            Ok(())
        })
    }

    fn load_credentials(&self, source: &Source) -> Result<Option<CachedCredentials>> {
        self.steps.call(Port::Keyring, "load credentials", || {
            self.note_read()?;
            Ok(self.credentials.lock().unwrap().get(&source.key()).cloned())
        })
    }

    fn save_credentials(&self, source: &Source, cached: &CachedCredentials) -> Result<()> {
        self.steps.call(Port::Keyring, "save credentials", || {
            self.accepts("credentials")?;
            self.credentials.lock().unwrap().insert(source.key(), cached.clone());
            Ok(())
        })
    }

    fn delete_credentials(&self, source: &SourceKey) -> Result<()> {
        self.steps.call(Port::Keyring, "delete credentials", || {
            self.deletable()?;
            self.credentials.lock().unwrap().remove(source);
            Ok(())
        })
    }

    fn load_elevation(&self, source: &SourceKey) -> Result<Option<GrantedElevation>> {
        self.steps.call(Port::Keyring, "load elevation", || {
            self.note_read()?;
            Ok(self.elevations.lock().unwrap().get(source).cloned())
        })
    }

    fn save_elevation(&self, source: &SourceKey, active: &GrantedElevation) -> Result<()> {
        self.steps.call(Port::Keyring, "save elevation", || {
            self.elevations.lock().unwrap().insert(source.clone(), active.clone());
            self.accepts("elevation")
        })
    }

    fn delete_elevation(&self, source: &SourceKey) -> Result<()> {
        self.steps.call(Port::Keyring, "delete elevation", || {
            self.deletable()?;
            self.elevations.lock().unwrap().remove(source);
            Ok(())
        })
    }

    fn load_log(&self) -> Result<KeptLog> {
        Ok(KeptLog::default())
    }

    fn save_log_key(&self, _: &LogKey) -> Result<()> {
        Ok(())
    }

    fn save_log_head(&self, _: &Head) -> Result<()> {
        Ok(())
    }

    fn load_rota_url(&self, rota: &str) -> Result<Option<SecretUrl>> {
        self.note_read()?;
        Ok(self.rota_urls.lock().unwrap().get(rota).cloned())
    }

    fn save_rota_url(&self, rota: &str, url: &SecretUrl) -> Result<()> {
        self.accepts("rota")?;
        self.rota_urls.lock().unwrap().insert(rota.to_owned(), url.clone());
        Ok(())
    }

    fn delete_rota_url(&self, rota: &str) -> Result<()> {
        self.deletable()?;
        self.rota_urls.lock().unwrap().remove(rota);
        Ok(())
    }

    fn name(&self) -> StoreName {
        self.name.unwrap_or(StoreName::SecretService)
    }

    fn notice(&self) -> Option<String> {
        None
    }
}
