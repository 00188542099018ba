//! Why the Secret Service did not do what it was asked, and what that means to the store's callers.

use super::bus::Trouble;
use super::wire::Malformed;
use crate::adapters::store::raw::StoreError;

/// The longest secret that is sent.
pub const LONGEST_SECRET: usize = 16 << 20;

/// Why the service did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The exchange went wrong, or the service refused.
    Trouble(Trouble),
    /// The service has encrypted sessions only.
    NoPlainSession,
    /// What is needed is locked, and nobody may be asked.
    Locked,
    /// The person dismissed a prompt, now or before.
    PromptDismissed,
    /// There is no default collection, and nobody may be asked to make one.
    NoCollection,
    /// The secret is longer than what is sent.
    TooLong,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(name) if name == "org.freedesktop.Secret.Error.IsLocked" => Failure::Locked,
            other => Failure::Trouble(other),
        }
    }
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        Failure::Trouble(malformed.into())
    }
}

impl Failure {
    /// Whether the connection can be used for nothing any more.
    pub fn ends_connection(&self) -> bool {
        matches!(self, Failure::Trouble(trouble) if trouble.ends_connection())
    }

    /// Whether the process at the other end, or what it held for us, is gone, so that a new connection may do better.
    pub fn is_about_the_past(&self) -> bool {
        let Failure::Trouble(Trouble::Refused(name)) = self else { return false };
        is_absence(name) || is_no_object(name) || name == "org.freedesktop.Secret.Error.NoSession"
    }
}

/// Whether an error's name says that nobody has the bus name that was called.
fn is_absence(name: &str) -> bool {
    matches!(name, "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner")
}

/// Whether an error's name says that there is no such item or collection.
pub fn is_no_object(name: &str) -> bool {
    matches!(
        name,
        "org.freedesktop.Secret.Error.NoSuchObject"
            | "org.freedesktop.DBus.Error.UnknownObject"
            | "org.freedesktop.DBus.Error.UnknownMethod"
    )
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> StoreError {
        match failure {
            Failure::Locked => StoreError::Locked,
            Failure::PromptDismissed => StoreError::PromptDismissed,
            Failure::TooLong => StoreError::TooLong { limit: LONGEST_SECRET },
            Failure::NoCollection => StoreError::Failed("it has no default keyring to save into".to_owned()),
            Failure::NoPlainSession => StoreError::Failed("it has encrypted sessions only".to_owned()),
            Failure::Trouble(Trouble::Silent(within)) => StoreError::Silent(within),
            Failure::Trouble(Trouble::NoBus(why)) => StoreError::Absent(format!("no session bus: {why}")),
            Failure::Trouble(Trouble::Refused(name)) => refused(&name),
            Failure::Trouble(trouble) => StoreError::Failed(trouble.to_string()),
        }
    }
}

fn refused(name: &str) -> StoreError {
    match name {
        name if is_absence(name) => StoreError::Absent("nothing provides the Secret Service".to_owned()),
        "org.freedesktop.DBus.Error.NoReply" => StoreError::Failed("its daemon died or gave no reply".to_owned()),
        other => StoreError::Failed(format!("it refused with {other}")),
    }
}
