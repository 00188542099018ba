//! Signing out: the token is revoked on the server, and the keyring holds nothing of the session afterwards.

use std::time::Duration;

use super::retry::{Patience, persist};
use super::token::lock_session;
use crate::domain::aws_error::Reason;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::error::{Error, Kind, Result};
use crate::ports::Ports;

const LOCK_PATIENCE: Duration = Duration::from_secs(15);

/// Signs out of `session`. Each step is tried though another failed.
///
/// # Errors
/// `Keyring` where secrets remain, `Unavailable` where AWS did not confirm the end of the session.
pub async fn logout(ports: &Ports, session: &SsoSession) -> Result<()> {
    let _lock = lock_session(ports, session, LOCK_PATIENCE).await?;
    let revoked = revoke(ports, session).await;
    let cleared = clear(ports, session).await;
    cleared?;
    revoked
}

/// Ends the session on the server, as far as we hold a token for it.
async fn revoke(ports: &Ports, session: &SsoSession) -> Result<()> {
    let key = session.key();
    let Some(signed_in) =
        ports.blocking(move |ports| ports.store.load_session(&key)).await?.and_then(|record| record.signed_in)
    else {
        return Ok(());
    };
    let patience = Patience::within(Duration::from_secs(10), ports);
    let answer =
        persist(ports, patience, async || ports.identity_center.logout(session, &signed_in.access_token).await).await;
    match answer {
        Ok(()) => Ok(()),
        // The server has ended the session before us.
        Err(error) if error.reason == Reason::SignedOut => Ok(()),
        Err(error) => Err(Error::new(
            Kind::Unavailable,
            format!("`{}` is signed out here, but AWS did not confirm the end of the session", session.name),
        )
        .because(error)
        .hint("sign out in the AWS access portal as well")),
    }
}

/// Deletes everything of the session from the keyring; the index says what there is.
async fn clear(ports: &Ports, session: &SsoSession) -> Result<()> {
    let session = session.clone();
    ports
        .blocking(move |ports| {
            let key = session.key();
            let targets: Vec<Target> = ports
                .state
                .index()
                .session(&key)
                .map(|note| note.targets.values().map(|target| target.target.clone()).collect())
                .unwrap_or_default();
            let mut first_error = ports.store.delete_session(&key).err();
            for target in &targets {
                if let Err(error) = ports.store.delete_role(&key, target) {
                    first_error.get_or_insert(error);
                }
            }
            if let Some(error) = first_error {
                return Err(Error::new(Kind::Keyring, format!("secrets remain in the keyring for `{}`", session.name))
                    .because(error)
                    .hint(format!("unlock the keyring, then: daypass logout {}", session.name)));
            }
            ports.state.update_index(&mut |index| index.note_sign_out(&session))
        })
        .await
}
