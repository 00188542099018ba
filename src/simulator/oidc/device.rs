//! `StartDeviceAuthorization` and the page on which a person approves it.

use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::simulator::api_error::ApiError;
use crate::simulator::clock::{millis, seconds};
use crate::simulator::pages;
use crate::simulator::request::HttpRequest;
use crate::simulator::response::HttpResponse;
use crate::simulator::shared::Shared;
use crate::simulator::state::{Decision, DeviceGrant, State};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    client_id: String,
    client_secret: String,
    start_url: String,
}

/// Starts a device authorization.
pub(crate) fn start(shared: &Shared, request: &HttpRequest) -> Result<Value, ApiError> {
    let input: Input = request.json()?;
    let now = shared.clock.now();
    let mut state = shared.state();
    state.client(&input.client_id, &input.client_secret, now)?;
    if !Url::parse(&input.start_url).is_ok_and(|url| url.has_host()) {
        return Err(ApiError::oauth("invalid_request", "Invalid start URL provided"));
    }
    let device_code = state.generator.plain_secret("SIMDEVICECODE");
    let user_code = fresh_user_code(&mut state);
    let mut response = json!({
        "deviceCode": device_code,
        "userCode": user_code,
        "verificationUri": format!("{}/device", shared.url),
        "verificationUriComplete": format!("{}/device?user_code={user_code}", shared.url),
        "expiresIn": seconds(shared.options.expires_in),
    });
    if let Some(interval) = shared.options.interval {
        response["interval"] = Value::from(interval);
    }
    let grant = DeviceGrant {
        device_code,
        client_id: input.client_id,
        csrf_token: state.generator.id(),
        started: now,
        expires: now.saturating_add(millis(shared.options.expires_in)),
        last_poll: None,
        decision: Decision::Pending,
    };
    state.devices.insert(user_code, grant);
    Ok(response)
}

fn fresh_user_code(state: &mut State) -> String {
    loop {
        let code = state.generator.user_code();
        if !state.devices.contains_key(&code) {
            return code;
        }
    }
}

/// The page `/device`: asks for a code, shows one, or handles the decision about one.
pub(crate) fn page(shared: &Shared, request: &HttpRequest) -> HttpResponse {
    match request.method {
        Method::GET | Method::HEAD => match request.query("user_code").map(normalised) {
            Some(code) if !code.is_empty() => show(shared, &code),
            _ => pages::enter_code(StatusCode::OK, ""),
        },
        Method::POST if pages::is_own_form(shared, request) => decide(shared, request),
        Method::POST => pages::problem(StatusCode::FORBIDDEN, "This form was sent from another page."),
        _ => HttpResponse::status_only(StatusCode::METHOD_NOT_ALLOWED),
    }
}

fn show(shared: &Shared, code: &str) -> HttpResponse {
    let now = shared.clock.now();
    let user = &shared.options.user;
    let mut state = shared.state();
    state.approve_if_due(code, user, now);
    let Some(grant) = state.devices.get(code) else {
        return pages::enter_code(StatusCode::NOT_FOUND, "There is no sign-in with this code.");
    };
    match &grant.decision {
        Decision::Pending if now >= grant.expires => {
            pages::enter_code(StatusCode::GONE, "This code has expired. Start the sign-in again.")
        }
        Decision::Pending => {
            let client = state.clients.get(&grant.client_id).map_or("", |client| client.name.as_str());
            let wait = state.auto_approve.map(|after| grant.started.saturating_add(millis(after)) - now);
            pages::confirm_code(code, client, user, &grant.csrf_token, wait)
        }
        Decision::Denied => pages::denied(),
        Decision::Approved { .. } | Decision::Redeemed => pages::approved(),
    }
}

fn decide(shared: &Shared, request: &HttpRequest) -> HttpResponse {
    let form = request.form();
    let code = normalised(form.get("user_code").unwrap_or(""));
    let now = shared.clock.now();
    let mut state = shared.state();
    if state.devices.get(&code).is_none_or(|grant| form.get("csrf_token") != Some(&grant.csrf_token)) {
        return pages::problem(
            StatusCode::FORBIDDEN,
            "This form does not belong to this sign-in. Open its link again.",
        );
    }
    let allowed = form.get("decision") == Some("allow");
    let decision = if allowed { Decision::Approved { user: shared.options.user.clone() } } else { Decision::Denied };
    match (state.decide(&code, decision, now), allowed) {
        (true, true) => pages::approved(),
        (true, false) => pages::denied(),
        (false, _) => pages::problem(StatusCode::GONE, "This sign-in was decided before, or its code has expired."),
    }
}

/// A user code in the form it was issued in, however it was typed.
pub(crate) fn normalised(typed: &str) -> String {
    let mut code: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    if code.len() > 4 {
        code.insert(4, '-');
    }
    code
}
