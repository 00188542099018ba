//! `RegisterClient`.

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::super::Shared;
use super::super::clock::millis;
use super::super::state::Client;
use super::super::wire::{Inbound, Refusal};
use super::is_loopback_callback;
use super::token::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};

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
pub(in super::super) fn register_client(shared: &Shared, inbound: &Inbound) -> Result<Value, Refusal> {
    let input: Input = inbound.json()?;
    check(&input)?;
    let now = shared.clock.now();
    let expires = now.saturating_add(millis(shared.options.registration_lifetime));
    let mut state = shared.state();
    let id = format!("simclient-{}", state.mint.id());
    let secret = state.mint.plain_secret("SIMCLIENTSECRET");
    let answer = json!({
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
    Ok(answer)
}

fn check(input: &Input) -> Result<(), Refusal> {
    if input.client_name.is_empty() {
        return Err(Refusal::oauth("invalid_client_metadata", "clientName is required"));
    }
    if input.client_type != "public" {
        return Err(Refusal::oauth("invalid_client_metadata", "Only public clients can be registered"));
    }
    let known = [AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN];
    if input.grant_types.iter().any(|grant| !known.contains(&grant.as_str())) {
        return Err(Refusal::oauth("unsupported_grant_type", "Unknown grant type"));
    }
    let loopback = |uri: &String| Url::parse(uri).is_ok_and(|uri| is_loopback_callback(&uri));
    if !input.redirect_uris.iter().all(loopback) {
        let message = "Redirect URIs must be http://127.0.0.1/oauth/callback";
        return Err(Refusal::oauth("invalid_redirect_uri", message));
    }
    Ok(())
}
