//! The SSO portal: the listings, role credentials, signing out. Every call carries an access token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::api_error::ApiError;
use super::clock::millis;
use super::directory::Account;
use super::generator;
use super::request::HttpRequest;
use super::shared::Shared;
use super::state::RoleCredentials;

/// The header of the access token.
const BEARER: &str = "x-amz-sso_bearer_token";
/// The largest `max_result`.
const MAX_PAGE_SIZE: usize = 100;

/// How a listing is cut into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    Usual,
    /// A page without entries, with a token that leads to what it should have held.
    Empty,
    /// A page whose token is the one it was asked for with; the first one leads on.
    Repeated,
}

/// `ListAccounts`.
pub(super) fn list_accounts(shared: &Shared, request: &HttpRequest, paging: Paging) -> Result<Value, ApiError> {
    signed_in_user(shared, request)?;
    let page = Page::requested(shared, request, "accounts", paging)?;
    let entry = |account: &Account| json!({"accountId": account.id, "accountName": account.name, "emailAddress": account.email});
    page.of(shared.directory.accounts(), "accountList", entry)
}

/// `ListAccountRoles`.
pub(super) fn list_account_roles(shared: &Shared, request: &HttpRequest, paging: Paging) -> Result<Value, ApiError> {
    signed_in_user(shared, request)?;
    let account = account(shared, request)?;
    let page = Page::requested(shared, request, &account.id, paging)?;
    page.of(&account.roles, "roleList", |role| json!({"roleName": role, "accountId": account.id}))
}

/// `GetRoleCredentials`.
pub(super) fn get_role_credentials(shared: &Shared, request: &HttpRequest) -> Result<Value, ApiError> {
    let user = signed_in_user(shared, request)?;
    let account = account(shared, request)?;
    let role = request.required_query("role_name")?;
    if !account.roles.iter().any(|assigned| assigned == role) {
        return Err(ApiError::new(403, "ForbiddenException", "No access"));
    }
    let lifetime = shared.options.role_sessions.iter().find(|(name, _)| name == role).map(|(_, lifetime)| *lifetime);
    let expires = shared.clock.now().saturating_add(millis(lifetime.unwrap_or(shared.options.role_session)));
    let mut state = shared.state();
    let access_key_id = state.generator.access_key_id();
    let secret_access_key = state.generator.secret("SIMSECRET", 40);
    let session_token = state.generator.secret("IQoJb3JpZ2luX2VjSIMSESSIONTOKEN", 720);
    let response = json!({"roleCredentials": {
        "accessKeyId": access_key_id,
        "secretAccessKey": secret_access_key,
        "sessionToken": session_token,
        "expiration": expires,
    }});
    let record = RoleCredentials {
        session_token,
        account: account.id.clone(),
        role: format!("AWSReservedSSO_{role}_{}", generator::role_suffix(&account.id, role)),
        role_id: generator::role_id(&account.id, role),
        session_name: user,
        expires,
    };
    state.role_credentials.insert(access_key_id, record);
    Ok(response)
}

/// `Logout`: ends the session with all its tokens. Role credentials stay valid, as at AWS.
pub(super) fn logout(shared: &Shared, request: &HttpRequest) -> Result<(), ApiError> {
    signed_in_user(shared, request)?;
    shared.state().end_session_of(request.header(BEARER).unwrap_or(""));
    Ok(())
}

fn signed_in_user(shared: &Shared, request: &HttpRequest) -> Result<String, ApiError> {
    let now = shared.clock.now();
    let state = shared.state();
    let user = request.header(BEARER).and_then(|token| state.bearer(token, now));
    user.map(str::to_owned)
        .ok_or_else(|| ApiError::new(401, "UnauthorizedException", "Session token not found or invalid"))
}

fn account<'a>(shared: &'a Shared, request: &HttpRequest) -> Result<&'a Account, ApiError> {
    let id = request.required_query("account_id")?;
    if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::new(400, "InvalidRequestException", "Invalid account id"));
    }
    shared
        .directory
        .account(id)
        .ok_or_else(|| ApiError::new(404, "ResourceNotFoundException", "The specified resource was not found"))
}

/// The requested part of a listing.
struct Page<'a> {
    /// Which listing it is; a token of one listing is invalid in another.
    listing: &'a str,
    start: usize,
    size: usize,
    paging: Paging,
}

impl<'a> Page<'a> {
    fn requested(shared: &Shared, request: &HttpRequest, listing: &'a str, paging: Paging) -> Result<Self, ApiError> {
        let invalid = |name| ApiError::new(400, "InvalidRequestException", format!("Invalid {name}"));
        let size = match request.query("max_result") {
            None => shared.options.page_size.max(1),
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=MAX_PAGE_SIZE).contains(size))
                .ok_or_else(|| invalid("max_result"))?,
        };
        let start = match request.query("next_token") {
            None => 0,
            Some(token) => start_of(token, listing).ok_or_else(|| invalid("next_token"))?,
        };
        Ok(Page { listing, start, size: if paging == Paging::Empty { 0 } else { size }, paging })
    }

    fn of<T>(&self, entries: &[T], member: &str, entry: impl Fn(&T) -> Value) -> Result<Value, ApiError> {
        let rest = entries.get(self.start..).unwrap_or(&[]);
        let shown: Vec<Value> = rest.iter().take(self.size).map(entry).collect();
        let mut response = json!({ member: shown });
        let stays = self.paging == Paging::Repeated && self.start > 0;
        if stays || self.size < rest.len() {
            let next = format!("{}/{}", self.listing, if stays { self.start } else { self.start + self.size });
            response["nextToken"] = Value::from(URL_SAFE_NO_PAD.encode(next));
        }
        Ok(response)
    }
}

fn start_of(token: &str, listing: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(listing)?.strip_prefix('/')?.parse().ok()
}
