//! The browser's part of the authorization-code flow: `GET /authorize`, the consent page, the redirect.

use hyper::{Method, StatusCode};
use url::Url;

use super::super::Shared;
use super::super::clock::millis;
use super::super::pages;
use super::super::state::{AuthorizationCode, AuthorizeRequest, Client, State};
use super::super::wire::{Inbound, Reply};
use super::is_loopback_callback;
use super::token::AUTHORIZATION_CODE;

/// How long a code can be exchanged.
const CODE_LIFETIME_MS: i64 = 60_000;

/// Starts a browser sign-in: shows the consent page, or goes straight back where sign-ins approve themselves.
pub(in super::super) fn start(shared: &Shared, inbound: &Inbound) -> Reply {
    let now = shared.clock.now();
    let mut state = shared.state();
    let request = match read(&state, inbound, now) {
        Ok(request) => request,
        Err(problem) => return pages::problem(StatusCode::BAD_REQUEST, problem),
    };
    if state.auto_approve.is_some_and(|after| after.is_zero()) {
        return consent(shared, &mut state, request);
    }
    let id = state.mint.id();
    let page = waiting_page(shared, &state, &id, &request, now);
    state.requests.insert(id, request);
    page
}

/// Takes the decision of the consent page, or lets the page wait for the sign-in to approve itself.
pub(in super::super) fn decide(shared: &Shared, inbound: &Inbound) -> Reply {
    let unknown = || pages::problem(StatusCode::GONE, "This sign-in is over. Start it again.");
    let form = inbound.form();
    let id = form.get("request").unwrap_or("");
    let now = shared.clock.now();
    let mut state = shared.state();
    let Some(request) = state.requests.remove(id) else { return unknown() };
    if inbound.method == Method::GET {
        let due = state.auto_approve.is_some_and(|after| now >= request.started.saturating_add(millis(after)));
        if !due {
            let page = waiting_page(shared, &state, id, &request, now);
            state.requests.insert(id.to_owned(), request);
            return page;
        }
        return consent(shared, &mut state, request);
    }
    if !pages::is_own_form(shared, inbound) {
        return pages::problem(StatusCode::FORBIDDEN, "This form was sent from another page.");
    }
    match form.get("decision") {
        Some("allow") => consent(shared, &mut state, request),
        _ => send_back(&request, &[("error", "access_denied"), ("error_description", "The user declined")]),
    }
}

fn read(state: &State, inbound: &Inbound, now: i64) -> Result<AuthorizeRequest, &'static str> {
    let parameter = |name| inbound.query(name).filter(|value| !value.is_empty());
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
    Ok(AuthorizeRequest {
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

fn waiting_page(shared: &Shared, state: &State, id: &str, request: &AuthorizeRequest, now: i64) -> Reply {
    let client = state.clients.get(&request.client_id).map_or("", |client| client.name.as_str());
    let wait = state.auto_approve.map(|after| request.started.saturating_add(millis(after)) - now);
    pages::consent(id, client, &shared.options.user, wait)
}

fn consent(shared: &Shared, state: &mut State, request: AuthorizeRequest) -> Reply {
    let code = state.mint.plain_secret("SIMAUTHCODE");
    let reply = send_back(&request, &[("code", &code)]);
    let record = AuthorizationCode {
        client_id: request.client_id,
        redirect_uri: request.redirect_uri,
        challenge: request.challenge,
        user: shared.options.user.clone(),
        expires: shared.clock.now().saturating_add(CODE_LIFETIME_MS),
    };
    state.codes.insert(code, record);
    reply
}

fn send_back(request: &AuthorizeRequest, parameters: &[(&str, &str)]) -> Reply {
    let Ok(mut to) = Url::parse(&request.redirect_uri) else { return Reply::bare(StatusCode::BAD_REQUEST) };
    to.query_pairs_mut().extend_pairs(parameters);
    if let Some(state) = &request.state {
        to.query_pairs_mut().append_pair("state", state);
    }
    Reply::redirect(to.as_str())
}
