//! The portal's access token: used while good, refreshed by one process at a time, never asked of a person here.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;

use super::elsewhere::signed_in_elsewhere;
use super::locks::{SESSION_TIMEOUT, wait_for_session};
use super::record::{change_record, load_record, save_record};
use super::retry::{RetryPolicy, with_retries_until_cancelled};
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::freshness::{REFRESH_PAUSE, TokenDecision, decide_token};
use crate::domain::session::{IssuedToken, SessionRecord, SignedIn};
use crate::domain::sso_session::SsoSession;
use crate::domain::time::later;
use crate::error::{Error, Result};
use crate::ports::{Grant, Ports};

/// An access token that may be used now, and the sign-in it belongs to.
#[derive(Debug, Clone)]
pub struct Access {
    /// The bearer token.
    pub token: SecretString,
    /// The sign-in.
    pub login_id: u64,
    /// When the sign-in ends by our own ceiling (AWS's clock).
    pub session_ends_at: Timestamp,
}

impl From<SignedIn> for Access {
    fn from(signed_in: SignedIn) -> Self {
        Access {
            login_id: signed_in.login_id,
            session_ends_at: signed_in.session.ends_at(),
            token: signed_in.access_token,
        }
    }
}

/// The error for a session that a person must sign in to.
pub async fn login_needed(ports: &Ports, session: &SsoSession) -> Error {
    let looked_up = session.clone();
    let elsewhere = ports.blocking(move |ports| Ok(signed_in_elsewhere(ports, &looked_up))).await;
    Error::LoginNeeded { session: session.name.clone(), elsewhere: elsewhere.unwrap_or(None), source: None }
}

/// The same where AWS has said so.
pub fn signed_out_by(session: &SsoSession, source: AwsError) -> Error {
    Error::LoginNeeded { session: session.name.clone(), elsewhere: None, source: Some(source) }
}

/// An access token for `session`, refreshed if that is due and possible.
pub async fn access_token(ports: &Ports, session: &SsoSession, retry: RetryPolicy) -> Result<Access> {
    let record = load_record(ports, session).await?;
    access_token_of(ports, session, record, retry).await
}

/// The same for a caller that has just read the session's `record`. A refresh token serves once, so a refresh that has
/// begun goes on until its successor is kept, though the caller has gone.
pub async fn access_token_of(
    ports: &Ports,
    session: &SsoSession,
    record: SessionRecord,
    retry: RetryPolicy,
) -> Result<Access> {
    match (decide_token(&record, ports.clock.now()), record.signed_in) {
        (TokenDecision::Use, Some(signed_in)) => return Ok(signed_in.into()),
        (TokenDecision::Refresh { .. }, _) => {}
        _ => return Err(login_needed(ports, session).await),
    }

    let lock = wait_for_session(ports, session, retry.left(ports, SESSION_TIMEOUT)).await?;
    let session = session.clone();
    let work = move |ports: Ports, cancelled: CancellationToken| async move {
        let access = under_lock(&ports, &session, retry, &cancelled).await;
        drop(lock);
        access
    };
    ports.to_its_end(work).await
}

/// Decides again: whoever held the lock may have refreshed, so what was read before counts no more.
async fn under_lock(
    ports: &Ports,
    session: &SsoSession,
    retry: RetryPolicy,
    cancelled: &CancellationToken,
) -> Result<Access> {
    let record = load_record(ports, session).await?;
    match (decide_token(&record, ports.clock.now()), record.signed_in.clone()) {
        (TokenDecision::Use, Some(signed_in)) => Ok(signed_in.into()),
        (TokenDecision::Refresh { still_valid }, Some(signed_in)) => {
            refresh(ports, session, record, signed_in, still_valid, retry, cancelled).await
        }
        _ => Err(login_needed(ports, session).await),
    }
}

/// Refreshes with the token just read; the session's lock is held.
async fn refresh(
    ports: &Ports,
    session: &SsoSession,
    record: SessionRecord,
    signed_in: SignedIn,
    still_valid: bool,
    retry: RetryPolicy,
    cancelled: &CancellationToken,
) -> Result<Access> {
    let (Some(registration), Some(refresh_token)) = (record.registration(signed_in.flow), &signed_in.refresh_token)
    else {
        return Err(login_needed(ports, session).await);
    };
    let answer = with_retries_until_cancelled(ports, retry, "CreateToken", cancelled, || async {
        ports.identity_center.create_token(session, registration, Grant::Refresh(refresh_token)).await
    })
    .await;
    match answer {
        Ok(token) => keep_refreshed(ports, session, record, signed_in, token).await,
        Err(error)
            if matches!(
                error.kind,
                AwsErrorKind::InvalidGrant | AwsErrorKind::InvalidClient | AwsErrorKind::CodeExpired
            ) =>
        {
            refresh_token_is_spent(ports, session, &signed_in, still_valid).await
        }
        Err(error) if still_valid => {
            tracing::warn!(kind = %error.kind, "the refresh failed; the old token still serves");
            let pause = later(ports.stamp().aws_time_then(), REFRESH_PAUSE);
            let paused = SignedIn { refresh_not_before: Some(pause), ..signed_in };
            save_record(ports, session, SessionRecord { signed_in: Some(paused.clone()), ..record }).await?;
            Ok(paused.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn keep_refreshed(
    ports: &Ports,
    session: &SsoSession,
    record: SessionRecord,
    signed_in: SignedIn,
    token: IssuedToken,
) -> Result<Access> {
    let refreshed = signed_in.refreshed(token, ports.stamp()).ok_or_else(no_lifetime)?;
    save_record(ports, session, SessionRecord { signed_in: Some(refreshed.clone()), ..record }).await?;
    Ok(refreshed.into())
}

/// AWS answered with a token that has ended.
pub fn no_lifetime() -> AwsError {
    AwsError { operation: "CreateToken", kind: AwsErrorKind::Protocol("expiresIn"), detail: "".into() }
}

/// AWS does not take the refresh token. If the store holds another one by now, that counts; otherwise this one
/// is dropped, so that it is never sent again.
async fn refresh_token_is_spent(
    ports: &Ports,
    session: &SsoSession,
    sent: &SignedIn,
    still_valid: bool,
) -> Result<Access> {
    let record = load_record(ports, session).await?;
    let Some(current) = record.signed_in.clone() else {
        return Err(login_needed(ports, session).await);
    };
    if current.access_token.expose_secret() != sent.access_token.expose_secret() {
        return Ok(current.into());
    }
    let dropped = SignedIn { refresh_token: None, ..current };
    save_record(ports, session, SessionRecord { signed_in: Some(dropped.clone()), ..record }).await?;
    if still_valid { Ok(dropped.into()) } else { Err(login_needed(ports, session).await) }
}

/// AWS answered 401 to `access`: unless another sign-in took its place, the session counts as signed out.
pub async fn forget_access(ports: &Ports, session: &SsoSession, access: &Access) -> Result<()> {
    let rejected = access.token.clone();
    let forget = move |_: &Ports, record: SessionRecord| {
        let kept = record.signed_in.as_ref().map(|signed_in| signed_in.access_token.expose_secret());
        let is_rejected = kept == Some(rejected.expose_secret());
        Ok(is_rejected.then(|| SessionRecord { signed_in: None, ..record }))
    };
    change_record(ports, session, forget).await
}
