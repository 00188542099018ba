//! Who signed in: known only from the ARN that role credentials carry, and remembered beside the session.

use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::credentials::CachedCredentials;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::Untrusted;
use crate::error::Result;
use crate::ports::Ports;

/// Asks STS who `cached` belongs to and remembers the answer for `session`.
pub async fn learn_user(ports: &Ports, session: &SsoSession, cached: &CachedCredentials) -> Result<Untrusted> {
    let answer = ports.sts.caller_identity(session, cached.credentials()).await;
    ports.keep_aws_time().await;
    let user = answer?.value.user().ok_or_else(no_role_session)?;
    note_user(ports, session, cached.login_id(), &user).await?;
    Ok(user)
}

/// Remembers for `session` that `user` signed in with `login_id`, where that is not known yet.
pub(super) async fn note_user(ports: &Ports, session: &SsoSession, login_id: u64, user: &Untrusted) -> Result<()> {
    let (session, user) = (session.clone(), user.clone());
    let note = move |ports: &Ports| {
        let index = ports.state.index();
        if index.session(&session.key()).and_then(|note| note.user.as_ref()) == Some(&user) {
            return Ok(());
        }
        ports.state.update_index(&mut |index| index.note_user(&session, login_id, &user))
    };
    ports.blocking(note).await
}

/// Role credentials whose ARN is not that of a role's session.
fn no_role_session() -> AwsError {
    AwsError { operation: "GetCallerIdentity", kind: AwsErrorKind::Protocol("Arn"), detail: Untrusted::default() }
}
