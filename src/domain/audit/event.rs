//! What the audit log records, kind by kind. The fields are those of a line's `data`: integers and texts, moments in
//! milliseconds since 1970, nothing that is absent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::elevation::{Confirmation, ElevationId, EndReason, Reason, Ticket};
use crate::domain::ids::{AccountId, RoleName, SessionName};
use crate::domain::on_call::Evidence;
use crate::domain::source::SourceKey;
use crate::domain::sso_session::SessionKey;
use crate::domain::store_choice::StoreName;
use crate::domain::tier::{Gate, Tier};

/// Something that happened, with its kind and data as a line has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum Event {
    /// The policy, or what a gate asks, turned somebody away.
    #[serde(rename = "elevation.refused")]
    Refused(Box<Refused>),
    /// An elevation was approved, and AWS is about to be asked.
    #[serde(rename = "elevation.intent")]
    Intent(Box<Intent>),
    /// AWS has granted it: it is active.
    #[serde(rename = "elevation.granted")]
    Granted(Box<Granted>),
    /// It came to nothing.
    #[serde(rename = "elevation.failed")]
    Failed(Box<Failed>),
    /// The person was warned that it ends soon.
    #[serde(rename = "elevation.warned")]
    Warned(Box<Warned>),
    /// It is over.
    #[serde(rename = "elevation.ended")]
    Ended(Box<Ended>),
    /// Credentials were fetched, without an elevation or under one that was active already.
    #[serde(rename = "credentials.issued")]
    Issued(Box<Issued>),
}

impl Event {
    /// Whether it is about what a gate lets through: nothing is done then that is not on disk.
    pub fn is_gated(&self) -> bool {
        !matches!(self, Event::Issued(issued) if issued.access.gate == Gate::None)
    }

    /// Whether a checkpoint is written with it: at each elevation's beginning and end.
    pub fn has_checkpoint(&self) -> bool {
        match self {
            Event::Intent(_) | Event::Failed(_) | Event::Ended(_) => true,
            Event::Refused(_) | Event::Granted(_) | Event::Warned(_) | Event::Issued(_) => false,
        }
    }
}

/// Which role of which account, reached how, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The session it was reached through.
    pub session: SessionName,
    /// The host of that session's portal.
    pub portal: String,
    /// Who signed in, where AWS has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The account.
    pub account: AccountId,
    /// Its name, where it was listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    /// The role.
    pub role: RoleName,
    /// Its tier.
    pub tier: Tier,
    /// What the policy asks before it.
    pub gate: Gate,
    /// The rules that decided; several where it was not known which of them applies.
    pub rules: Vec<String>,
    /// The digest of the policy, in hex.
    pub policy_digest: String,
    /// The file it was read from, as far as its name is text; none for the built-in policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_path: Option<String>,
}

/// What every record of an elevation repeats, so that each can be read alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The elevation.
    pub elevation: ElevationId,
    /// The elevation of the same target that it carries on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<ElevationId>,
    /// The first of several that were confirmed at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ElevationId>,
    /// To what.
    #[serde(flatten)]
    pub access: Access,
    /// How it gets its credentials.
    pub mode: Mode,
    /// Why.
    pub reason: Reason,
    /// The ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// Whether the person said that there is none.
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_ticket: bool,
    /// Whether it is a drill, for which AWS is not asked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub drill: bool,
    /// When it was asked for, by our own clock.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub requested_at: Timestamp,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// How an elevation gets its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// From the permission set.
    Direct,
    /// By assuming another role with the permission set's.
    Chained,
}

/// Somebody was turned away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// From what.
    #[serde(flatten)]
    pub access: Access,
    /// Why, in words that hold nothing the person wrote.
    pub why: String,
}

/// An elevation is about to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Which.
    #[serde(flatten)]
    pub subject: Subject,
    /// How long it is to last, in seconds.
    pub duration_s: i64,
    /// How the person confirmed it.
    pub confirmation: Confirmation,
    /// Where its alerts go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<String>,
    /// Who is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<String>,
    /// The process that asks.
    pub pid: u32,
    /// What its lock and its credentials are filed under.
    pub source: SourceKey,
    /// What the sign-in is filed under.
    pub session_key: SessionKey,
    /// The store that its credentials are kept in.
    pub store: StoreName,
}

/// An elevation is active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Which.
    #[serde(flatten)]
    pub subject: Subject,
    /// What AWS gave; nothing in a drill.
    #[serde(flatten)]
    pub credentials: Option<GivenCredentials>,
    /// What finds the calls again.
    #[serde(flatten)]
    pub calls: CallRecord,
    /// When it ends on our side (AWS's clock).
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub ends_at: Timestamp,
}

/// What AWS gave, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenCredentials {
    /// Joins the record to CloudTrail.
    pub access_key_id: String,
    /// When AWS ends them.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub aws_ends_at: Timestamp,
}

/// An elevation came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Which.
    #[serde(flatten)]
    pub subject: Subject,
    /// Why, safe to write.
    pub why: String,
}

/// The person was warned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    /// Of the end of which.
    #[serde(flatten)]
    pub subject: Subject,
    /// How many minutes were left.
    pub minutes_left: u32,
}

/// An elevation is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which.
    #[serde(flatten)]
    pub subject: Subject,
    /// Why.
    pub how: EndReason,
    /// When, which may be before it was noticed (AWS's clock); none where that is not known.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "jiff::fmt::serde::timestamp::millisecond::optional"
    )]
    pub ended_at: Option<Timestamp>,
}

/// Credentials were fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// For what.
    #[serde(flatten)]
    pub access: Access,
    /// The elevation that was active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elevation: Option<ElevationId>,
    /// What showed that the person is on duty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_call: Vec<Evidence>,
    /// What AWS gave.
    #[serde(flatten)]
    pub credentials: GivenCredentials,
    /// What finds the calls again.
    #[serde(flatten)]
    pub calls: CallRecord,
}

/// What finds the calls to AWS again, and what they said about whose the credentials are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Of GetRoleCredentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Of AssumeRole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume_role_request_id: Option<String>,
    /// Of GetCallerIdentity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_request_id: Option<String>,
    /// When AWS answered, by its own clock.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "jiff::fmt::serde::timestamp::millisecond::optional"
    )]
    pub aws_date: Option<Timestamp>,
    /// What CloudTrail shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Whether AWS said whose they are, where it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
}

/// Whether AWS said whose credentials are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// It did, and they are what was asked for.
    Verified,
    /// It did not answer in time.
    Unverified,
}
