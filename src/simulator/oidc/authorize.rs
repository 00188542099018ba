//! The browser's part of the authorization-code flow: `GET /authorize`, the consent page, the redirect.

use hyper::{Method, StatusCode};
use url::Url;

use super::callback_uri::is_loopback_callback;
use super::grant_type::AUTHORIZATION_CODE;
use crate::simulator::clock::millis;
use crate::simulator::pages;
use crate::simulator::request::HttpRequest;
use crate::simulator::response::HttpResponse;
use crate::simulator::shared::Shared;
use crate::simulator::state::{AuthorizationCode, BrowserSignIn, Client, State};

/// How long a code can be redeemed.
const CODE_LIFETIME_MS: i64 = 60_000;

/// Starts a browser sign-in: shows the consent page, or redirects back at once where approval is immediate.
pub(crate) fn start(shared: &Shared, request: &HttpRequest) -> HttpResponse {
    let now = shared.clock.now();
    let mut state = shared.state();
    let sign_in = match parse(&state, request, now) {
        Ok(sign_in) => sign_in,
        Err(problem) => return pages::problem(StatusCode::BAD_REQUEST, problem),
    };
    if state.auto_approve.is_some_and(|after| after.is_zero()) {
        return consent(shared, &mut state, sign_in);
    }
    let id = state.generator.id();
    let page = consent_page(shared, &state, &id, &sign_in, now);
    state.browser_sign_ins.insert(id, sign_in);
    page
}

/// Handles the decision of the consent page, or the page's refresh while it waits for automatic approval.
pub(crate) fn decide(shared: &Shared, request: &HttpRequest) -> HttpResponse {
    let unknown = || pages::problem(StatusCode::GONE, "This sign-in is over. Start it again.");
    let form = request.form();
    let id = form.get("request").unwrap_or("");
    let now = shared.clock.now();
    let mut state = shared.state();
    let Some(sign_in) = state.browser_sign_ins.remove(id) else { return unknown() };
    if request.method == Method::GET {
        let due = state.auto_approve.is_some_and(|after| now >= sign_in.started.saturating_add(millis(after)));
        if !due {
            let page = consent_page(shared, &state, id, &sign_in, now);
            state.browser_sign_ins.insert(id.to_owned(), sign_in);
            return page;
        }
        return consent(shared, &mut state, sign_in);
    }
    if !pages::is_own_form(shared, request) {
        return pages::problem(StatusCode::FORBIDDEN, "This form was sent from another page.");
    }
    match form.get("decision") {
        Some("allow") => consent(shared, &mut state, sign_in),
        _ => redirect_back(&sign_in, &[("error", "access_denied"), ("error_description", "The user declined")]),
    }
}

fn parse(state: &State, request: &HttpRequest, now: i64) -> Result<BrowserSignIn, &'static str> {
    let parameter = |name| request.query(name).filter(|value| !value.is_empty());
    let client_id = parameter("client_id").ok_or("client_id is missing.")?;
    let client = state.clients.get(client_id).filter(|client| now < client.expires).ok_or("Unknown client_id.")?;
    let redirect_uri = parameter("redirect_uri").ok_or("redirect_uri is missing.")?;
    if !is_registered(client, redirect_uri) {
        return Err("redirect_uri is not one that this client registered.");
    }
    if !client.grant_types.iter().any(|grant| grant == AUTHORIZATION_CODE) {
        return Err("This client did not register the authorization_code grant.");
    }
    if parameter("response_type") != Some("code") {
        return Err("response_type must be code.");
    }
    if parameter("code_challenge_method") != Some("S256") {
        return Err("code_challenge_method must be S256.");
    }
    let challenge = parameter("code_challenge").filter(|text| text.len() == 43).ok_or("code_challenge is not S256.")?;
    Ok(BrowserSignIn {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: parameter("state").map(str::to_owned),
        challenge: challenge.to_owned(),
        started: now,
    })
}

/// Whether the client registered `uri`, leaving the port aside as RFC 8252 section 7.3 asks for loopback.
fn is_registered(client: &Client, uri: &str) -> bool {
    let Ok(uri) = Url::parse(uri) else { return false };
    let same = |registered: &String| {
        Url::parse(registered).is_ok_and(|registered| {
            (registered.scheme(), registered.host_str(), registered.path())
                == (uri.scheme(), uri.host_str(), uri.path())
        })
    };
    is_loopback_callback(&uri) && client.redirect_uris.iter().any(same)
}

fn consent_page(shared: &Shared, state: &State, id: &str, sign_in: &BrowserSignIn, now: i64) -> HttpResponse {
    let client = state.clients.get(&sign_in.client_id).map_or("", |client| client.name.as_str());
    let wait = state.auto_approve.map(|after| sign_in.started.saturating_add(millis(after)) - now);
    pages::consent(id, client, &shared.options.user, wait)
}

fn consent(shared: &Shared, state: &mut State, sign_in: BrowserSignIn) -> HttpResponse {
    let code = state.generator.plain_secret("SIMAUTHCODE");
    let response = redirect_back(&sign_in, &[("code", &code)]);
    let record = AuthorizationCode {
        client_id: sign_in.client_id,
        redirect_uri: sign_in.redirect_uri,
        challenge: sign_in.challenge,
        user: shared.options.user.clone(),
        expires: shared.clock.now().saturating_add(CODE_LIFETIME_MS),
    };
    state.codes.insert(code, record);
    response
}

fn redirect_back(sign_in: &BrowserSignIn, parameters: &[(&str, &str)]) -> HttpResponse {
    let Ok(mut to) = Url::parse(&sign_in.redirect_uri) else {
        return HttpResponse::status_only(StatusCode::BAD_REQUEST);
    };
    to.query_pairs_mut().extend_pairs(parameters);
    if let Some(state) = &sign_in.state {
        to.query_pairs_mut().append_pair("state", state);
    }
    HttpResponse::redirect(to.as_str())
}
