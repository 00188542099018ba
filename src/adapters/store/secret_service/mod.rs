//! The Secret Service as a keyring-core store: our own small client, and the `keyring` crate's for a service that
//! has encrypted sessions only.
//!
//! Items carry the same attributes as those of the `keyring` crate, so that either finds what the other wrote.

mod address;
mod bus;
mod prompt;
mod service;
mod wire;

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyring_core::api::{Credential, CredentialApi, CredentialStoreApi};
use keyring_core::{Entry, Error, Result};
use zeroize::Zeroizing;

use self::service::{Client, Failure, Identity, Patience};
use super::Interaction;
use super::keyring::{Keyring, wrapped};
use super::raw::{Limits, RawStore, SERVICE, StoreResult};
use super::stock::Stock;

/// The store's name, as `DAYPASS_STORE` spells it.
pub const NAME: &str = "secret-service";

/// The person's Secret Service on the session bus that the environment names. Nothing is connected before the
/// first operation.
pub fn store(interaction: Interaction) -> Keyring {
    let patience = Patience::default();
    let client = Client::new(address::session_bus(), interaction, patience);
    let wait = match interaction {
        Interaction::Allowed => patience.person,
        Interaction::Forbidden => patience.service,
    };
    keyring(client, Stock::new(Limits::default(), NAME, wait))
}

fn keyring(client: Client, encrypted: impl RawStore + 'static) -> Keyring {
    let store = Store { shared: Arc::new(Shared { client, encrypted: Box::new(encrypted) }) };
    Keyring::new(Arc::new(store), Limits::default(), NAME)
}

struct Shared {
    client: Client,
    /// For a service that refuses plain sessions.
    encrypted: Box<dyn RawStore>,
}

impl Shared {
    /// The plain session's outcome, or what `encrypted` does where there is no plain session.
    fn settle<T>(
        &self,
        outcome: std::result::Result<T, Failure>,
        encrypted: impl FnOnce(&dyn RawStore) -> StoreResult<T>,
    ) -> Result<T> {
        match outcome {
            Ok(value) => Ok(value),
            Err(Failure::NoPlainSession) => encrypted(&*self.encrypted).map_err(wrapped),
            Err(failure) => Err(wrapped(self.client.explained(failure))),
        }
    }
}

struct Store {
    shared: Arc<Shared>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("client", &self.shared.client).finish_non_exhaustive()
    }
}

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "Secret Service, plain session".to_owned()
    }

    fn id(&self) -> String {
        format!("daypass {}", env!("CARGO_PKG_VERSION"))
    }

    fn build(&self, service: &str, user: &str, modifiers: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        if service != SERVICE || modifiers.is_some_and(|modifiers| !modifiers.is_empty()) {
            return Err(Error::NotSupportedByStore("this store keeps plain items of daypass only".to_owned()));
        }
        let identity = Identity { service: service.to_owned(), user: user.to_owned() };
        Ok(Entry::new_with_credential(Arc::new(Item { shared: Arc::clone(&self.shared), identity })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

struct Item {
    shared: Arc<Shared>,
    identity: Identity,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        let written = self.shared.client.write(&self.identity, secret);
        self.shared.settle(written, |encrypted| encrypted.save(&self.identity.user, secret))
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        let read = self.shared.client.read(&self.identity);
        let secret = self.shared.settle(read, |encrypted| encrypted.load(&self.identity.user))?;
        // keyring-core wants bare bytes; these go on to a wiping buffer without being copied.
        secret.map(|mut secret: Zeroizing<Vec<u8>>| std::mem::take(&mut *secret)).ok_or(Error::NoEntry)
    }

    fn delete_credential(&self) -> Result<()> {
        let deleted = self.shared.client.delete(&self.identity);
        self.shared.settle(deleted, |encrypted| encrypted.delete(&self.identity.user))
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        self.get_secret().map(|secret| {
            drop(Zeroizing::new(secret));
            None
        })
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((self.identity.service.clone(), self.identity.user.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
