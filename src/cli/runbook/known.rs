//! What the runbook is filled in with.

use jiff::Timestamp;

use crate::domain::catalog::Catalog;
use crate::domain::ids::SessionName;
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::error::Error;

/// What is known without network and keyring.
pub struct Known {
    /// The SSO sessions, each with what has been listed of it.
    pub sessions: Vec<(SsoSession, Catalog)>,
    /// Their replicas, in the order in which they are asked.
    pub replicas: Vec<KnownReplica>,
    /// The policy, for tiers and break-glass roles; the built-in one where the file cannot be read.
    pub policy: Policy,
    /// Why something is missing here.
    pub problems: Vec<Error>,
    /// The time.
    pub now: Timestamp,
}

/// A replica of a session's Identity Center.
pub struct KnownReplica {
    /// The session.
    pub session: SessionName,
    /// Where the replica is.
    pub standby: SsoSession,
    /// Until when somebody is signed in to it, where anybody is.
    pub signed_in_until: Option<Timestamp>,
}
