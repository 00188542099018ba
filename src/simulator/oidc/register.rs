//! `RegisterClient`.

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::callback_uri::is_loopback_callback;
use super::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};
use crate::simulator::api_error::ApiError;
use crate::simulator::clock::millis;
use crate::simulator::request::HttpRequest;
use crate::simulator::shared::Shared;
use crate::simulator::state::Client;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    client_name: String,
    client_type: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    grant_types: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

/// Registers a public client.
pub(crate) fn register_client(shared: &Shared, request: &HttpRequest) -> Result<Value, ApiError> {
    let input: Input = request.json()?;
    check(&input)?;
    let now = shared.clock.now();
    let expires = now.saturating_add(millis(shared.options.registration_lifetime));
    let mut state = shared.state();
    let id = format!("simclient-{}", state.generator.id());
    let secret = state.generator.plain_secret("SIMCLIENTSECRET");
    let response = json!({
        "clientId": id,
        "clientSecret": secret,
        "clientIdIssuedAt": now.div_euclid(1000),
        "clientSecretExpiresAt": expires.div_euclid(1000),
        "authorizationEndpoint": format!("{}/authorize", shared.url),
        "tokenEndpoint": format!("{}/token", shared.url),
    });
    let client = Client {
        name: input.client_name,
        secret,
        expires,
        scopes: input.scopes,
        grant_types: input.grant_types,
        redirect_uris: input.redirect_uris,
    };
    state.clients.insert(id, client);
    Ok(response)
}

fn check(input: &Input) -> Result<(), ApiError> {
    if input.client_name.is_empty() {
        return Err(ApiError::oauth("invalid_client_metadata", "clientName is required"));
    }
    if input.client_type != "public" {
        return Err(ApiError::oauth("invalid_client_metadata", "Only public clients can be registered"));
    }
    let known = [AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN];
    if input.grant_types.iter().any(|grant| !known.contains(&grant.as_str())) {
        return Err(ApiError::oauth("unsupported_grant_type", "Unknown grant type"));
    }
    let loopback = |uri: &String| Url::parse(uri).is_ok_and(|uri| is_loopback_callback(&uri));
    if !input.redirect_uris.iter().all(loopback) {
        let message = "Redirect URIs must be http://127.0.0.1/oauth/callback";
        return Err(ApiError::oauth("invalid_redirect_uri", message));
    }
    Ok(())
}
