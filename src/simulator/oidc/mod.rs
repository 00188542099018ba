//! SSO-OIDC: client registration, device authorization, browser authorization, tokens.

pub(super) mod authorize;
mod callback_uri;
pub(super) mod device;
mod grant_type;
pub(super) mod register;
pub(super) mod token;
