//! `CreateToken` with its three grants.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};
use crate::simulator::api_error::ApiError;
use crate::simulator::clock::Millis;
use crate::simulator::operation::Grant;
use crate::simulator::request::HttpRequest;
use crate::simulator::shared::Shared;
use crate::simulator::state::{Decision, State};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    client_id: String,
    client_secret: String,
    grant_type: String,
    device_code: Option<String>,
    code: Option<String>,
    code_verifier: Option<String>,
    redirect_uri: Option<String>,
    refresh_token: Option<String>,
}

/// Exchanges a device code, an authorization code or a refresh token for tokens.
pub(crate) fn create_token(shared: &Shared, request: &HttpRequest) -> Result<Value, ApiError> {
    let input: Input = request.json()?;
    let now = shared.clock.now();
    let mut state = shared.state();
    state.client(&input.client_id, &input.client_secret, now)?;
    match grant_of(&input.grant_type) {
        Grant::DeviceCode => by_device_code(shared, &mut state, &input, now),
        Grant::AuthorizationCode => by_authorization_code(shared, &mut state, &input, now),
        Grant::RefreshToken => {
            let token = required(input.refresh_token.as_deref(), "refreshToken")?;
            state.refresh(token, &input.client_id, &shared.options, now)
        }
        Grant::Other => Err(ApiError::oauth("unsupported_grant_type", "Unsupported grant type provided")),
    }
}

/// The grant type of a `CreateToken` request, for the call counts.
pub(crate) fn grant(request: &HttpRequest) -> Grant {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Named {
        grant_type: String,
    }
    request.json::<Named>().map_or(Grant::Other, |named| grant_of(&named.grant_type))
}

fn grant_of(name: &str) -> Grant {
    match name {
        DEVICE_CODE => Grant::DeviceCode,
        AUTHORIZATION_CODE => Grant::AuthorizationCode,
        REFRESH_TOKEN => Grant::RefreshToken,
        _ => Grant::Other,
    }
}

fn by_device_code(shared: &Shared, state: &mut State, input: &Input, now: Millis) -> Result<Value, ApiError> {
    let device_code = required(input.device_code.as_deref(), "deviceCode")?;
    let invalid = || ApiError::oauth("invalid_grant", "Invalid device code provided");
    let user_code = state
        .devices
        .iter()
        .find(|(_, grant)| grant.device_code == device_code && grant.client_id == input.client_id)
        .map(|(user_code, _)| user_code.clone())
        .ok_or_else(invalid)?;
    state.approve_if_due(&user_code, &shared.options.user, now);
    let grant = state.devices.get_mut(&user_code).ok_or_else(invalid)?;
    let last_poll = grant.last_poll.replace(now);
    if now >= grant.expires {
        return Err(ApiError::oauth("expired_token", "Expired device code provided"));
    }
    if shared.options.enforce_interval && too_soon(last_poll, shared.options.interval, now) {
        return Err(ApiError::oauth("slow_down", "Polling faster than the interval"));
    }
    match &grant.decision {
        Decision::Pending => Err(ApiError::oauth("authorization_pending", "Authorization is still pending")),
        Decision::Denied => Err(ApiError::oauth("access_denied", "The user declined the request")),
        Decision::Redeemed => Err(invalid()),
        Decision::Approved { user } => {
            let user = user.clone();
            grant.decision = Decision::Redeemed;
            Ok(state.sign_in(&input.client_id, &user, &shared.options, now))
        }
    }
}

/// Whether a poll comes before the interval has passed since the last one; RFC 8628 says 5 s where none is named.
fn too_soon(last_poll: Option<Millis>, interval: Option<i64>, now: Millis) -> bool {
    let interval = interval.filter(|&seconds| seconds > 0).unwrap_or(5);
    last_poll.is_some_and(|last| now.saturating_sub(last) < interval.saturating_mul(1000))
}

fn by_authorization_code(shared: &Shared, state: &mut State, input: &Input, now: Millis) -> Result<Value, ApiError> {
    let code = required(input.code.as_deref(), "code")?;
    let verifier = required(input.code_verifier.as_deref(), "codeVerifier")?;
    let redirect_uri = required(input.redirect_uri.as_deref(), "redirectUri")?;
    // Removed even if the check fails: a code can be tried once.
    let record = state.codes.remove(code);
    let user = record
        .filter(|code| {
            code.client_id == input.client_id
                && code.redirect_uri == redirect_uri
                && now < code.expires
                && (43..=128).contains(&verifier.len())
                && code.challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
        })
        .map(|code| code.user)
        .ok_or_else(|| ApiError::oauth("invalid_grant", "Invalid authorization code provided"))?;
    Ok(state.sign_in(&input.client_id, &user, &shared.options, now))
}

fn required<'a>(value: Option<&'a str>, name: &str) -> Result<&'a str, ApiError> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| ApiError::oauth("invalid_request", format!("Missing parameter {name}")))
}
