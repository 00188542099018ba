//! The keyring as the use cases see it: sessions and role credentials by name, damage set aside.

use std::sync::Arc;

use super::log_records::{decode_log_head, decode_log_key, encode_log_head, encode_log_key};
use super::raw::{RawStore, StoreError};
use super::records::{
    Unreadable, decode_credentials, decode_elevation, decode_rota_url, decode_session, encode_credentials,
    encode_elevation, encode_rota_url, encode_session,
};
use crate::domain::audit::{Head, KeptLog, LogKey};
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::GrantedElevation;
use crate::domain::on_call::SecretUrl;
use crate::domain::session::SessionRecord;
use crate::domain::source::{Source, SourceKey};
use crate::domain::sso_session::SessionKey;
use crate::domain::store_choice::StoreName;
use crate::domain::text::Untrusted;
use crate::error::{Error, KeyringFault, Result};
use crate::ports::SecretStore;

/// Typed records over a raw store.
pub struct Secrets {
    raw: Arc<dyn RawStore>,
}

impl Secrets {
    /// Records kept in `raw`.
    pub fn new(raw: Arc<dyn RawStore>) -> Self {
        Secrets { raw }
    }

    fn load<T>(&self, item: &str, decode: impl Fn(&[u8]) -> Result<Option<T>, Unreadable>) -> Result<Option<T>> {
        let bytes = match self.raw.load(item) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            Err(StoreError::Damaged { .. }) => return self.set_aside(item),
            Err(error) => return Err(error.into()),
        };
        match decode(&bytes) {
            Ok(record) => Ok(record),
            Err(Unreadable::Damaged) => self.set_aside(item),
            Err(newer @ Unreadable::Newer(_)) => Err(Error::Keyring {
                fault: KeyringFault::NewerFormat,
                detail: Untrusted::new(format!("cannot use the keyring item `{item}`: {newer}")),
            }),
        }
    }

    /// Moves a damaged item out of the way, so that the next sign-in starts clean and nothing is lost.
    fn set_aside<T>(&self, item: &str) -> Result<Option<T>> {
        tracing::warn!(item, "a keyring item is damaged and was set aside");
        self.raw.set_aside(item)?;
        Ok(None)
    }
}

fn session_item(key: &SessionKey) -> String {
    format!("session/{key}")
}

fn credentials_item(key: &SourceKey) -> String {
    format!("role/{key}")
}

fn elevation_item(key: &SourceKey) -> String {
    format!("elevation/{key}")
}

/// The log's key and its head are items of their own: a head that is written late never brings an earlier key back.
const LOG_KEY: &str = "log/key";
const LOG_HEAD: &str = "log/head";

fn rota_item(rota: &str) -> String {
    format!("rota/{rota}")
}

impl SecretStore for Secrets {
    fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>> {
        self.load(&session_item(key), |bytes| decode_session(bytes).map(Some))
    }

    fn save_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<()> {
        Ok(self.raw.save(&session_item(key), &encode_session(record))?)
    }

    fn delete_session(&self, key: &SessionKey) -> Result<()> {
        Ok(self.raw.delete(&session_item(key))?)
    }

    fn load_credentials(&self, source: &Source) -> Result<Option<CachedCredentials>> {
        let cached = self.load(&credentials_item(&source.key()), decode_credentials)?;
        // An item whose content is for another target was tampered with or misfiled: never hand it out.
        Ok(cached.filter(|cached| cached.target() == source.target()))
    }

    fn save_credentials(&self, source: &Source, cached: &CachedCredentials) -> Result<()> {
        Ok(self.raw.save(&credentials_item(&source.key()), &encode_credentials(cached))?)
    }

    fn delete_credentials(&self, source: &SourceKey) -> Result<()> {
        Ok(self.raw.delete(&credentials_item(source))?)
    }

    fn load_elevation(&self, source: &SourceKey) -> Result<Option<GrantedElevation>> {
        let kept = self.load(&elevation_item(source), decode_elevation)?;
        // One that was granted for another source opens nothing here.
        Ok(kept.filter(|(granted_for, _)| granted_for == source).map(|(_, active)| active))
    }

    fn save_elevation(&self, source: &SourceKey, active: &GrantedElevation) -> Result<()> {
        Ok(self.raw.save(&elevation_item(source), &encode_elevation(source, active))?)
    }

    fn delete_elevation(&self, source: &SourceKey) -> Result<()> {
        Ok(self.raw.delete(&elevation_item(source))?)
    }

    fn load_log(&self) -> Result<KeptLog> {
        Ok(KeptLog { key: self.load(LOG_KEY, decode_log_key)?, head: self.load(LOG_HEAD, decode_log_head)? })
    }

    fn save_log_key(&self, key: &LogKey) -> Result<()> {
        Ok(self.raw.save(LOG_KEY, &encode_log_key(key))?)
    }

    fn save_log_head(&self, head: &Head) -> Result<()> {
        Ok(self.raw.save(LOG_HEAD, &encode_log_head(head))?)
    }

    fn load_rota_url(&self, rota: &str) -> Result<Option<SecretUrl>> {
        let kept = self.load(&rota_item(rota), decode_rota_url)?;
        // One that was kept for another rota says nothing about this one.
        Ok(kept.filter(|(kept_for, _)| kept_for == rota).map(|(_, url)| url))
    }

    fn save_rota_url(&self, rota: &str, url: &SecretUrl) -> Result<()> {
        Ok(self.raw.save(&rota_item(rota), &encode_rota_url(rota, url))?)
    }

    fn delete_rota_url(&self, rota: &str) -> Result<()> {
        Ok(self.raw.delete(&rota_item(rota))?)
    }

    fn name(&self) -> StoreName {
        self.raw.name()
    }

    fn notice(&self) -> Option<String> {
        self.raw.notice()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use zeroize::Zeroizing;

    use super::super::raw::StoreResult;
    use super::*;
    use crate::domain::ids::{Region, SessionName, StartUrl};
    use crate::domain::sso_session::SsoSession;

    /// Notes what is deleted.
    #[derive(Default)]
    struct Deletes(Mutex<Vec<String>>);

    impl RawStore for Deletes {
        fn load(&self, _: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
            Ok(None)
        }
        fn save(&self, _: &str, _: &[u8]) -> StoreResult<()> {
            Ok(())
        }
        fn delete(&self, item: &str) -> StoreResult<()> {
            self.0.lock().unwrap().push(item.to_owned());
            Ok(())
        }
        fn set_aside(&self, _: &str) -> StoreResult<()> {
            Ok(())
        }
        fn name(&self) -> StoreName {
            StoreName::Memory
        }
    }

    #[test]
    fn what_was_set_aside_is_left_to_the_store_that_deletes_the_item() {
        let raw = Arc::new(Deletes::default());
        let name = SessionName::parse("acme").unwrap();
        let start = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
        let session = SsoSession::new(name, start, Region::parse("us-east-1").unwrap()).key();
        Secrets::new(Arc::clone(&raw) as Arc<dyn RawStore>).delete_session(&session).unwrap();
        assert_eq!(*raw.0.lock().unwrap(), [session_item(&session)]);
    }
}
