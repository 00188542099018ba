//! Role credentials: the short-lived key triple of a source, and what daypass keeps beside it.

use jiff::Timestamp;

use super::elevation::{ElevationId, GrantedElevation};
use super::issued::{AccessKeyId, SecretKey, SessionToken};
use super::target::Target;
use super::time::{Lifespan, Stamp};

/// The key triple, as AWS gave it.
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
    target: Target,
    credentials: RoleCredentials,
    life: Lifespan,
    login_id: u64,
    elevation: Option<ElevationId>,
}

/// Where fetched credentials belong.
#[derive(Debug, Clone, Copy)]
pub struct Issue<'a> {
    /// When they were fetched.
    pub obtained: Stamp,
    /// The sign-in they were fetched with.
    pub login_id: u64,
    /// When that sign-in ends by our own ceiling (AWS's clock).
    pub session_ends_at: Timestamp,
    /// The elevation they were fetched under, where the gate asked for one.
    pub elevation: Option<&'a GrantedElevation>,
}

impl CachedCredentials {
    /// Credentials fetched just now. They live until AWS, the sign-in or the elevation ends, whichever is first;
    /// none are made where that is not in the future.
    pub fn new(target: Target, credentials: RoleCredentials, issue: Issue<'_>) -> Option<Self> {
        let life = Lifespan::new(issue.obtained, credentials.expires_at)?.ending_by(issue.session_ends_at)?;
        let life = match issue.elevation {
            Some(elevation) => life.ending_by(elevation.life().ends_at())?,
            None => life,
        };
        let elevation = issue.elevation.map(GrantedElevation::id);
        Some(CachedCredentials { target, credentials, life, login_id: issue.login_id, elevation })
    }

    /// Credentials as they were kept: of this lifespan, which AWS's own end bounds.
    pub fn kept(
        target: Target,
        credentials: RoleCredentials,
        life: Lifespan,
        login_id: u64,
        elevation: Option<ElevationId>,
    ) -> Option<Self> {
        let life = life.ending_by(credentials.expires_at)?;
        Some(CachedCredentials { target, credentials, life, login_id, elevation })
    }

    /// The same, handed out no longer than until `limit`.
    pub fn ending_by(self, limit: Timestamp) -> Option<Self> {
        Some(CachedCredentials { life: self.life.ending_by(limit)?, ..self })
    }

    /// What they are for.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The key triple.
    pub fn credentials(&self) -> &RoleCredentials {
        &self.credentials
    }

    /// From when to when daypass hands them out.
    pub fn life(&self) -> Lifespan {
        self.life
    }

    /// The sign-in they were fetched with.
    pub fn login_id(&self) -> u64 {
        self.login_id
    }

    /// The elevation they were fetched under.
    pub fn elevation(&self) -> Option<ElevationId> {
        self.elevation
    }
}
