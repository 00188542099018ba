//! What a sign-in asks for, and whether it is there already.

use crate::cli::context::Context;
use crate::cli::output::stderr;
use crate::domain::freshness::{TokenDecision, decide_token};
use crate::domain::sso_session::SsoSession;
use crate::flows::login::LoginRequest;
use crate::report::Result;

/// A sign-in to `session` as the settings and the policy have it.
pub(super) fn request(session: &SsoSession, context: &Context) -> LoginRequest {
    LoginRequest {
        session: session.clone(),
        flow: context.settings.flow.value,
        max_session: context.policy.max_session(),
        open_browser: context.settings.open_browser.value,
    }
}

/// Says once where the secrets are, where people should know.
pub(super) fn say_where_secrets_are(context: &Context) {
    if let Some(notice) = context.ports.store.notice() {
        stderr(&format!("daypass: {notice}"));
    }
}

/// Whether the keyring holds what the index promises: another program may have emptied or damaged it.
pub(super) fn keyring_agrees(session: &SsoSession, context: &Context) -> Result<bool> {
    let record = context.ports.store.load_session(&session.key())?.unwrap_or_default();
    Ok(decide_token(&record, context.ports.clock.now()) != TokenDecision::LoginNeeded)
}
