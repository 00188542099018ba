//! What the audit log records: each event with who, under which policy, and when.

mod checkpoint;
mod tree;

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

pub use self::checkpoint::{Checkpoint, VerifierKey};
pub use self::tree::{Frontier, TreeHash};

use super::elevation::{ApprovedElevation, ElevationId, EndReason, GrantedElevation, Reason};
use super::ids::SessionName;
use super::policy::{PolicyDigest, Verdict};
use super::source::Source;
use super::sso_session::SsoSession;
use super::target::Target;
use super::text::Untrusted;
use super::tier::Tier;
use super::time::Stamp;

/// One record of the log. Who the operating system says is there, the log adds itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it was recorded.
    pub at: Stamp,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A step of an elevation.
    Elevation {
        /// Which one, for what and why.
        subject: Subject,
        /// The step.
        step: Step,
    },
}

/// What every record of an elevation repeats, so that each can be read alone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Subject {
    /// The elevation.
    pub id: ElevationId,
    /// The session it was reached through.
    pub session: SessionName,
    /// The host of that session's portal.
    pub portal: String,
    /// Who signed in, where AWS has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_user: Option<Untrusted>,
    /// The account and role.
    pub target: Target,
    /// The tier entered.
    pub tier: Tier,
    /// The policy's rule that decided the tier.
    pub rule: String,
    /// The digest of that policy, in hex.
    pub policy_digest: String,
    /// The file it was read from; none for the built-in policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_path: Option<PathBuf>,
    /// Why.
    pub reason: Reason,
    /// When it was asked for, by our own clock.
    pub requested_at: Timestamp,
}

impl Subject {
    /// What the records of a new elevation of `source` under `verdict` repeat.
    pub fn of_new(
        source: &Source,
        verdict: &Verdict,
        approved: &ApprovedElevation,
        portal_user: Option<Untrusted>,
    ) -> Self {
        Subject::new(source, verdict, approved.id(), approved.reason(), portal_user)
    }

    /// The same for an elevation that was granted before.
    pub fn of_running(
        source: &Source,
        verdict: &Verdict,
        granted: &GrantedElevation,
        portal_user: Option<Untrusted>,
    ) -> Self {
        Subject::new(source, verdict, granted.id(), granted.reason(), portal_user)
    }

    fn new(
        source: &Source,
        verdict: &Verdict,
        id: ElevationId,
        reason: &Reason,
        portal_user: Option<Untrusted>,
    ) -> Self {
        let session: &SsoSession = source.session();
        let digest: PolicyDigest = verdict.policy().digest;
        Subject {
            id,
            session: session.name.clone(),
            portal: session.start_url.host(),
            portal_user,
            target: source.target().clone(),
            tier: verdict.tier(),
            rule: verdict.rule().to_string(),
            policy_digest: digest.to_string(),
            policy_path: verdict.policy().path.clone(),
            reason: reason.clone(),
            requested_at: verdict.at(),
        }
    }
}

/// A step of an elevation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Credentials are about to be fetched.
    Intent {
        /// How long a new elevation may last; none where one is running.
        max_duration: Option<SignedDuration>,
    },
    /// They were.
    Granted {
        /// Joins the record to CloudTrail.
        access_key_id: String,
        /// When the elevation ends on our side (AWS's clock).
        ends_at: Timestamp,
        /// When AWS ends the credentials.
        aws_ends_at: Timestamp,
    },
    /// They were not.
    Failed {
        /// Why, safe to write.
        why: String,
    },
    /// The elevation is over.
    Ended {
        /// Why.
        how: EndReason,
        /// When, which may be before it was noticed (AWS's clock); none where that is not known.
        ended_at: Option<Timestamp>,
    },
}

/// Where the log stands after a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many records it holds.
    pub size: u64,
}
