//! The SSO portal: the listings, role credentials, signing out. Every call carries an access token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Shared;
use super::clock::millis;
use super::directory::Account;
use super::mint;
use super::state::RoleCredentials;
use super::wire::{Inbound, Refusal};

/// The header of the access token.
const BEARER: &str = "x-amz-sso_bearer_token";
/// The most entries a page may be asked for.
const MOST_ENTRIES: usize = 100;

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
pub(super) fn list_accounts(shared: &Shared, inbound: &Inbound, paging: Paging) -> Result<Value, Refusal> {
    signed_in_user(shared, inbound)?;
    let page = Page::asked(shared, inbound, "accounts", paging)?;
    let entry = |account: &Account| json!({"accountId": account.id, "accountName": account.name, "emailAddress": account.email});
    page.of(shared.directory.accounts(), "accountList", entry)
}

/// `ListAccountRoles`.
pub(super) fn list_account_roles(shared: &Shared, inbound: &Inbound, paging: Paging) -> Result<Value, Refusal> {
    signed_in_user(shared, inbound)?;
    let account = account(shared, inbound)?;
    let page = Page::asked(shared, inbound, &account.id, paging)?;
    page.of(&account.roles, "roleList", |role| json!({"roleName": role, "accountId": account.id}))
}

/// `GetRoleCredentials`.
pub(super) fn get_role_credentials(shared: &Shared, inbound: &Inbound) -> Result<Value, Refusal> {
    let user = signed_in_user(shared, inbound)?;
    let account = account(shared, inbound)?;
    let role = inbound.required_query("role_name")?;
    if !account.roles.iter().any(|assigned| assigned == role) {
        return Err(Refusal::new(403, "ForbiddenException", "No access"));
    }
    let own = shared.options.role_sessions.iter().find(|(name, _)| name == role).map(|(_, lifetime)| *lifetime);
    let expires = shared.clock.now().saturating_add(millis(own.unwrap_or(shared.options.role_session)));
    let mut state = shared.state();
    let access_key_id = state.mint.access_key_id();
    let secret_access_key = state.mint.secret("SIMSECRET", 40);
    let session_token = state.mint.secret("IQoJb3JpZ2luX2VjSIMSESSIONTOKEN", 720);
    let answer = json!({"roleCredentials": {
        "accessKeyId": access_key_id,
        "secretAccessKey": secret_access_key,
        "sessionToken": session_token,
        "expiration": expires,
    }});
    let record = RoleCredentials {
        session_token,
        account: account.id.clone(),
        role: format!("AWSReservedSSO_{role}_{}", mint::role_suffix(&account.id, role)),
        role_id: mint::role_id(&account.id, role),
        session_name: user,
        expires,
    };
    state.role_credentials.insert(access_key_id, record);
    Ok(answer)
}

/// `Logout`: ends the session with all its tokens. Role credentials live on, as at AWS.
pub(super) fn logout(shared: &Shared, inbound: &Inbound) -> Result<(), Refusal> {
    signed_in_user(shared, inbound)?;
    shared.state().end_session_of(inbound.header(BEARER).unwrap_or(""));
    Ok(())
}

fn signed_in_user(shared: &Shared, inbound: &Inbound) -> Result<String, Refusal> {
    let now = shared.clock.now();
    let state = shared.state();
    let user = inbound.header(BEARER).and_then(|token| state.bearer(token, now));
    user.map(str::to_owned)
        .ok_or_else(|| Refusal::new(401, "UnauthorizedException", "Session token not found or invalid"))
}

fn account<'a>(shared: &'a Shared, inbound: &Inbound) -> Result<&'a Account, Refusal> {
    let id = inbound.required_query("account_id")?;
    if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::new(400, "InvalidRequestException", "Invalid account id"));
    }
    shared
        .directory
        .account(id)
        .ok_or_else(|| Refusal::new(404, "ResourceNotFoundException", "The specified resource was not found"))
}

/// The part of a listing that was asked for.
struct Page<'a> {
    /// Whose entries they are; a token of one listing is no good in another.
    listing: &'a str,
    start: usize,
    size: usize,
    paging: Paging,
}

impl<'a> Page<'a> {
    fn asked(shared: &Shared, inbound: &Inbound, listing: &'a str, paging: Paging) -> Result<Self, Refusal> {
        let invalid = |name| Refusal::new(400, "InvalidRequestException", format!("Invalid {name}"));
        let size = match inbound.query("max_result") {
            None => shared.options.page_size.max(1),
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=MOST_ENTRIES).contains(size))
                .ok_or_else(|| invalid("max_result"))?,
        };
        let start = match inbound.query("next_token") {
            None => 0,
            Some(token) => start_of(token, listing).ok_or_else(|| invalid("next_token"))?,
        };
        Ok(Page { listing, start, size: if paging == Paging::Empty { 0 } else { size }, paging })
    }

    fn of<T>(&self, entries: &[T], member: &str, entry: impl Fn(&T) -> Value) -> Result<Value, Refusal> {
        let rest = entries.get(self.start..).unwrap_or(&[]);
        let shown: Vec<Value> = rest.iter().take(self.size).map(entry).collect();
        let mut answer = json!({ member: shown });
        let stays = self.paging == Paging::Repeated && self.start > 0;
        if stays || self.size < rest.len() {
            let next = format!("{}/{}", self.listing, if stays { self.start } else { self.start + self.size });
            answer["nextToken"] = Value::from(URL_SAFE_NO_PAD.encode(next));
        }
        Ok(answer)
    }
}

fn start_of(token: &str, listing: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(listing)?.strip_prefix('/')?.parse().ok()
}
