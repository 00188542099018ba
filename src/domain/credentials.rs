//! Role credentials: the short-lived key triple for one target, and what daypass keeps beside it.

use jiff::Timestamp;

use super::elevation::Elevation;
use super::issued::{AccessKeyId, SecretKey, SessionToken};
use super::target::Target;
use super::time::{Lifespan, Stamp};

/// The key triple, as GetRoleCredentials gave it.
#[derive(Debug, Clone)]
pub struct RoleCredentials {
    /// Names the key in CloudTrail; not a secret.
    pub access_key_id: AccessKeyId,
    /// The secret key.
    pub secret_access_key: SecretKey,
    /// The session token.
    pub session_token: SessionToken,
    /// When AWS ends the credentials (AWS's clock).
    pub expires_at: Timestamp,
}

/// Role credentials with their history, as kept in the keyring.
#[derive(Debug, Clone)]
pub struct CachedCredentials {
    /// What they are for.
    pub target: Target,
    /// The key triple.
    pub credentials: RoleCredentials,
    /// When they were fetched.
    pub obtained: Stamp,
    /// The sign-in they were fetched with.
    pub login_id: u64,
    /// The justification, where the target's tier asked for one.
    pub elevation: Option<Elevation>,
}

impl CachedCredentials {
    /// When daypass stops handing them out (AWS's clock): AWS's expiry, or our own end if that is earlier.
    pub fn ends_at(&self) -> Timestamp {
        match &self.elevation {
            Some(elevation) => self.credentials.expires_at.min(elevation.until),
            None => self.credentials.expires_at,
        }
    }

    /// From when to when they may be used.
    pub fn lifespan(&self) -> Lifespan {
        Lifespan { obtained: self.obtained, ends_at: self.ends_at() }
    }
}
