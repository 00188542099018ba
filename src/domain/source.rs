//! Where credentials come from, and the one key under which everything about a source is filed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::sso_session::{SessionKey, SsoSession};
use super::target::Target;

/// A source of credentials: a role that the access portal hands out to whoever is signed in to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    session: SsoSession,
    target: Target,
}

impl Source {
    /// The portal's role `target`, reached through `session`.
    pub fn portal_role(session: SsoSession, target: Target) -> Self {
        Source { session, target }
    }

    /// The session it is reached through.
    pub fn session(&self) -> &SsoSession {
        &self.session
    }

    /// The account and role its credentials are for.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Names it in the store, the index and the locks.
    pub fn key(&self) -> SourceKey {
        SourceKey::of(&self.session.key(), &self.target)
    }
}

/// Names a source in the store, the index and the locks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceKey(String);

impl SourceKey {
    /// The key of the portal's role `target` in the session with this key.
    pub fn of(session: &SessionKey, target: &Target) -> Self {
        SourceKey(format!("{session}/{target}"))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
