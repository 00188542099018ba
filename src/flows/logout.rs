//! Signing out: the token is revoked on the server, and the keyring holds nothing of the session afterwards.

use std::collections::BTreeSet;
use std::time::Duration;

use super::elevation::settle;
use super::elsewhere::signed_in_elsewhere;
use super::forget::{delete_secrets, note_deleted};
use super::locks::{SESSION_TIMEOUT, wait_for_session};
use super::record::load_record;
use super::retry::{RetryPolicy, with_retries};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::elevation::EndReason;
use crate::domain::index::Index;
use crate::domain::session::SessionRecord;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::error::{Error, Result};
use crate::ports::Ports;

/// What a sign-out found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Something that was kept for the session, which is gone now.
    SignIn,
    /// Nothing.
    Nothing,
}

/// Signs out of `session`. Each step is tried though another failed.
///
/// # Errors
/// `Keyring` where secrets remain, in this store or another one, `Unavailable` where AWS did not confirm the end of the
/// session.
pub async fn logout(ports: &Ports, session: &SsoSession) -> Result<Found> {
    let lock = wait_for_session(ports, session, SESSION_TIMEOUT).await?;
    let session = session.clone();
    let work = |ports: Ports, _| async move {
        let outcome = under_lock(&ports, &session).await;
        drop(lock);
        ports.keep_aws_time().await;
        outcome
    };
    ports.to_its_end(work).await
}

async fn under_lock(ports: &Ports, session: &SsoSession) -> Result<Found> {
    let record = match load_record(ports, session).await {
        // Nothing could be deleted, and each try would take as long again.
        Err(error) if error.is_silent_keyring() => return Err(secrets_remain(session, error)),
        record => record,
    };
    let revoked = match &record {
        Ok(record) => revoke(ports, session, record).await,
        Err(_) => Ok(()),
    };
    let named = record.as_ref().map(|record| record.targets.clone()).unwrap_or_default();
    let cleared = clear(ports, session, named).await;
    let anything_noted = cleared?;
    let record = record?;
    revoked?;
    let anything_kept = record.signed_in.is_some() || !record.targets.is_empty();
    Ok(if anything_kept || anything_noted { Found::SignIn } else { Found::Nothing })
}

/// Ends the session on the server, as far as we hold a token for it.
async fn revoke(ports: &Ports, session: &SsoSession, record: &SessionRecord) -> Result<()> {
    let Some(signed_in) = &record.signed_in else {
        return Ok(());
    };
    let retry = RetryPolicy::within(Duration::from_secs(10), ports);
    let answer = with_retries(ports, retry, "Logout", || async {
        ports.identity_center.logout(session, &signed_in.access_token).await
    })
    .await;
    match answer {
        Ok(()) => Ok(()),
        // The server has ended the session before us.
        Err(error) if error.kind == AwsErrorKind::SignedOut => Ok(()),
        Err(source) => Err(Error::LogoutUnconfirmed { session: session.name.clone(), source }),
    }
}

/// Deletes everything of the session from this store: what its record and the index name. Returns whether the index
/// noted anything there.
async fn clear(ports: &Ports, session: &SsoSession, named: BTreeSet<Target>) -> Result<bool> {
    let session = session.clone();
    let clear = move |ports: &Ports| {
        settle(ports);
        delete_secrets(ports, &session, &named).map_err(|error| secrets_remain(&session, error))?;
        let store = ports.store.name();
        let mut anything_noted = false;
        let mut note = |index: &mut Index| {
            let before = index.session(&session.key()).cloned();
            index.note_sign_out(&session, store);
            anything_noted = before.as_ref().is_some_and(|before| index.session(&session.key()) != Some(before));
        };
        note_deleted(ports, &session, EndReason::SignedOut, &mut note)?;
        match signed_in_elsewhere(ports, &session) {
            Some(store) => Err(Error::SignedInElsewhere { session: session.name.clone(), store }),
            None => Ok(anything_noted),
        }
    };
    ports.blocking(clear).await
}

fn secrets_remain(session: &SsoSession, error: Error) -> Error {
    Error::SecretsRemain { session: session.name.clone(), source: Box::new(error) }
}
