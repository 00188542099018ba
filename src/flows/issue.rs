//! Credentials from AWS, the way that the policy says: a permission set's own, or those of a role that is assumed with them;
//! and whose they are.

use std::time::Duration;

use jiff::SignedDuration;

use super::retry::{RetryPolicy, with_retries};
use crate::domain::assume_role::{AssumeRole, ChainedDuration, RoleArn};
use crate::domain::audit::{CallRecord, Verification};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::credentials::RoleCredentials;
use crate::domain::elevation::{
    ElevationId, ExpectedIdentity, IdentityCheck, Reason, RoleSessionName, SessionTags, SourceIdentity, Ticket,
    check_identity,
};
use crate::domain::source::Source;
use crate::domain::text::Untrusted;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::ports::Ports;

/// What the permission set's credentials are asked for with.
pub const GET_ROLE_CREDENTIALS: &str = "GetRoleCredentials";

/// How long GetCallerIdentity is waited for.
const IDENTITY_TIMEOUT: Duration = Duration::from_secs(5);

/// What AWS gave, and what records say of it.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The credentials.
    pub credentials: RoleCredentials,
    /// What finds the calls again, and whose the credentials are.
    pub record: CallRecord,
    /// The user that AWS asserts, where it was asked.
    pub user: Option<Untrusted>,
    /// When AWS gave them.
    pub obtained: Stamp,
}

/// A role that an elevation assumes.
#[derive(Debug, Clone)]
pub struct Chain<'a> {
    /// The policy's text for the role.
    pub role: &'a str,
    /// The elevation.
    pub id: ElevationId,
    /// How long it still lasts.
    pub duration: SignedDuration,
    /// Why.
    pub reason: &'a Reason,
    /// The ticket.
    pub ticket: Option<&'a Ticket>,
}

/// The permission set's credentials for `source`; with `verify`, AWS is also asked whose they are.
///
/// # Errors
/// AWS refuses them or does not answer; or they are not those of the account.
pub async fn permission_set(
    ports: &Ports,
    source: &Source,
    token: &secrecy::SecretString,
    retry: RetryPolicy,
    verify: bool,
) -> Result<Issued> {
    let answered = with_retries(ports, retry, GET_ROLE_CREDENTIALS, || async {
        ports.identity_center.role_credentials(source.session(), token, source.target()).await
    })
    .await?;
    let (obtained, evidence) = (ports.stamp(), answered.evidence);
    let mut record = CallRecord {
        request_id: evidence.request_id.map(|id| id.to_string()),
        aws_date: evidence.aws_date,
        ..CallRecord::default()
    };
    let expected = ExpectedIdentity::PermissionSet { account: &source.target().account };
    let user = match verify {
        true => verified(ports, source, &answered.value, expected, &mut record).await?,
        false => None,
    };
    Ok(Issued { credentials: answered.value, record, user, obtained })
}

/// The credentials of the role that `chain` names, assumed with the permission set's, which `entry` has.
///
/// # Errors
/// As [`permission_set`]; or it is not known who the person is, which the role's session has to name.
pub async fn assumed_role(
    ports: &Ports,
    source: &Source,
    entry: Issued,
    chain: &Chain<'_>,
    user: Option<Untrusted>,
    retry: RetryPolicy,
) -> Result<Issued> {
    let (session, account) = (source.session(), &source.target().account);
    let role = RoleArn::of(chain.role, account, &session.region).map_err(Error::ChainedRole)?;
    let user = entry.user.or(user).ok_or(Error::UserUnknown)?;
    let request = AssumeRole {
        role,
        duration: ChainedDuration::nearest(chain.duration),
        session_name: RoleSessionName::of(chain.id),
        source_identity: SourceIdentity::of(&user),
        tags: SessionTags::new(chain.id, chain.ticket, chain.reason),
    };
    let assumed = with_retries(ports, retry, "AssumeRole", || async {
        ports.sts.assume_role(session, &entry.credentials, &request).await
    })
    .await
    .map_err(|error| match error.kind {
        AwsErrorKind::Forbidden => Error::RoleNotAssumed { role: request.role.as_str().into(), source: error },
        _ => Error::Aws(error),
    })?;
    let obtained = ports.stamp();
    let mut record = CallRecord {
        request_id: entry.record.request_id,
        assume_role_request_id: assumed.evidence.request_id.map(|id| id.to_string()),
        aws_date: assumed.evidence.aws_date.or(entry.record.aws_date),
        ..CallRecord::default()
    };
    let (name, session_name) = (request.role.name(), &request.session_name);
    let expected = ExpectedIdentity::AssumedRole { account, role: name, session_name };
    verified(ports, source, &assumed.value, expected, &mut record).await?;
    Ok(Issued { credentials: assumed.value, record, user: Some(user), obtained })
}

/// Asks AWS whose `credentials` are, and notes the answer in `record`; no answer in time leaves them unverified.
async fn verified(
    ports: &Ports,
    source: &Source,
    credentials: &RoleCredentials,
    expected: ExpectedIdentity<'_>,
    record: &mut CallRecord,
) -> Result<Option<Untrusted>> {
    let asked = ports.sts.caller_identity(source.session(), credentials);
    let answered = tokio::select! {
        answered = asked => answered
            .inspect_err(|error| tracing::warn!(%error, "AWS did not say whose credentials these are"))
            .ok(),
        () = ports.clock.sleep(IDENTITY_TIMEOUT) => None,
    };
    let Some(answered) = answered else {
        record.verification = Some(Verification::Unverified);
        return Ok(None);
    };
    record.identity_request_id = answered.evidence.request_id.map(|id| id.to_string());
    match check_identity(expected, &answered.value) {
        IdentityCheck::Verified { arn } => {
            record.verification = Some(Verification::Verified);
            record.arn = Some(arn.visible());
            Ok(answered.value.user())
        }
        IdentityCheck::WrongAccount { .. } | IdentityCheck::WrongRole { .. } | IdentityCheck::Malformed => {
            Err(Error::OtherIdentity { target: source.target().clone(), arn: answered.value.arn })
        }
    }
}
