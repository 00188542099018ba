//! The keyring as the use cases see it: sessions and role credentials by name, damage set aside.

use std::sync::Arc;

use super::raw::{self, RawStore, StoreError};
use super::records::{Unreadable, decode_role, decode_session, encode_role, encode_session};
use crate::domain::credentials::CachedCredentials;
use crate::domain::session::SessionRecord;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::error::{Error, Kind, Result};
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

    fn load<T>(&self, item: &str, decode: impl Fn(&[u8]) -> Result<T, Unreadable>) -> Result<Option<T>> {
        let bytes = match self.raw.load(item) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            Err(StoreError::Corrupt { .. }) => return self.set_aside(item),
            Err(error) => return Err(error.into()),
        };
        match decode(&bytes) {
            Ok(record) => Ok(Some(record)),
            Err(Unreadable::Corrupt) => self.set_aside(item),
            Err(newer) => Err(Error::new(Kind::Keyring, format!("cannot use the keyring item `{item}`"))
                .because(newer)
                .hint("update daypass, or sign out with the newer one")),
        }
    }

    /// Moves a damaged item out of the way, so that the next sign-in starts clean and nothing is lost.
    fn set_aside<T>(&self, item: &str) -> Result<Option<T>> {
        tracing::warn!(item, "a keyring item is damaged and was set aside");
        self.raw.set_aside(item)?;
        Ok(None)
    }

    /// Deletes an item and what was set aside of it.
    fn delete(&self, item: &str) -> Result<()> {
        self.raw.delete(&raw::aside(item))?;
        Ok(self.raw.delete(item)?)
    }
}

fn session_item(key: &SessionKey) -> String {
    format!("session/{key}")
}

fn role_item(key: &SessionKey, target: &Target) -> String {
    format!("role/{key}/{target}")
}

impl SecretStore for Secrets {
    fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>> {
        self.load(&session_item(key), decode_session)
    }

    fn save_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<()> {
        Ok(self.raw.save(&session_item(key), &encode_session(record))?)
    }

    fn delete_session(&self, key: &SessionKey) -> Result<()> {
        self.delete(&session_item(key))
    }

    fn load_role(&self, key: &SessionKey, target: &Target) -> Result<Option<CachedCredentials>> {
        let cached = self.load(&role_item(key, target), decode_role)?;
        // An item whose content is for another target was tampered with or misfiled: never hand it out.
        Ok(cached.filter(|cached| cached.target == *target))
    }

    fn save_role(&self, key: &SessionKey, cached: &CachedCredentials) -> Result<()> {
        Ok(self.raw.save(&role_item(key, &cached.target), &encode_role(cached))?)
    }

    fn delete_role(&self, key: &SessionKey, target: &Target) -> Result<()> {
        self.delete(&role_item(key, target))
    }

    fn notice(&self) -> Option<String> {
        self.raw.notice()
    }
}
