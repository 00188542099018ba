//! The Secret Service: our own small client, and the `keyring` crate's for a service that has encrypted sessions only.
//!
//! | module | owns |
//! |---|---|
//! | `address` | where the session bus listens |
//! | `wire` | the D-Bus wire format |
//! | `bus` | one connection to the bus: calls, answers, deadlines |
//! | `connection` | the service's own protocol over it |
//! | `prompt` | waiting for the person |
//! | `client`, `slot` | the operations, on one connection that all threads share |
//! | `failure` | what can go wrong, and what that means to our callers |

mod address;
mod bus;
mod client;
mod connection;
mod failure;
mod prompt;
mod slot;
#[cfg(test)]
mod tests;
mod wire;

use zeroize::Zeroizing;

pub use self::address::{Address, session_bus};
use self::client::{Client, Timeouts};
use self::failure::Failure;
use super::Interaction;
use super::keyring_crate::KeyringCrate;
use super::raw::{Keyring, Limits, StoreResult};

/// The person's Secret Service.
pub struct SecretService {
    client: Client,
    /// For a service that refuses plain sessions.
    encrypted: Box<dyn Keyring>,
}

/// The Secret Service on the session bus at one of `addresses`. Nothing is connected before the first operation.
pub fn secret_service(addresses: Vec<Address>, interaction: Interaction) -> SecretService {
    let timeouts = Timeouts::default();
    SecretService {
        client: Client::new(addresses, interaction, timeouts),
        encrypted: Box::new(KeyringCrate::new(Limits::default(), timeouts.longest(interaction))),
    }
}

impl SecretService {
    /// The plain session's outcome, or what the encrypted one does where there is no plain session.
    fn settle<T>(
        &self,
        outcome: Result<T, Failure>,
        encrypted: impl FnOnce(&dyn Keyring) -> StoreResult<T>,
    ) -> StoreResult<T> {
        match outcome {
            Err(Failure::NoPlainSession) => encrypted(&*self.encrypted),
            outcome => Ok(outcome?),
        }
    }
}

impl Keyring for SecretService {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        self.settle(self.client.read(item), |encrypted| encrypted.load(item))
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        self.settle(self.client.write(item, secret), |encrypted| encrypted.save(item, secret))
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        self.settle(self.client.delete(item), |encrypted| encrypted.delete(item))
    }

    fn limits(&self) -> Limits {
        Limits::default()
    }
}
