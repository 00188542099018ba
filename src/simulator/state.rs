//! What the simulated Identity Center stores: clients, sign-ins in progress, sessions, tokens, role credentials; and
//! the rules for issuing, refreshing and ending them.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::call_log::CallLog;
use super::clock::{Millis, millis, seconds};
use super::fault::FaultScript;
use super::generator::Generator;
use super::operation::Operation;
use super::options::Options;
use super::rate_limit::TokenBucket;
use super::response_override::ResponseOverride;

/// Everything that changes while the simulator runs.
pub(super) struct State {
    pub(super) generator: Generator,
    pub(super) calls: CallLog,
    pub(super) faults: FaultScript,
    pub(super) overrides: Vec<ResponseOverride>,
    pub(super) rate_limit: TokenBucket,
    pub(super) auto_approve: Option<Duration>,
    pub(super) clients: HashMap<String, Client>,
    /// Device grants by user code.
    pub(super) devices: HashMap<String, DeviceGrant>,
    /// Browser sign-ins that wait for consent, by the id in the consent page's form.
    pub(super) browser_sign_ins: HashMap<String, BrowserSignIn>,
    /// Authorization codes not yet redeemed.
    pub(super) codes: HashMap<String, AuthorizationCode>,
    pub(super) role_credentials: HashMap<String, RoleCredentials>,
    sessions: Vec<Session>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
}

/// A registered client.
pub(super) struct Client {
    pub(super) name: String,
    pub(super) secret: String,
    pub(super) expires: Millis,
    pub(super) scopes: Vec<String>,
    pub(super) grant_types: Vec<String>,
    pub(super) redirect_uris: Vec<String>,
}

/// A device authorization.
pub(super) struct DeviceGrant {
    pub(super) device_code: String,
    pub(super) client_id: String,
    /// The CSRF token of the approval page's form.
    pub(super) csrf_token: String,
    pub(super) started: Millis,
    pub(super) expires: Millis,
    pub(super) last_poll: Option<Millis>,
    pub(super) decision: Decision,
}

/// Whether a device authorization was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    Pending,
    Approved {
        user: String,
    },
    Denied,
    /// Its tokens were issued.
    Redeemed,
}

/// A browser sign-in that waits for consent.
pub(super) struct BrowserSignIn {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) challenge: String,
    pub(super) started: Millis,
}

/// The code of a browser sign-in that was consented to; it can be redeemed once.
pub(super) struct AuthorizationCode {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) user: String,
    pub(super) expires: Millis,
}

/// Credentials that STS accepts.
pub(super) struct RoleCredentials {
    pub(super) session_token: String,
    pub(super) account: String,
    /// The role's name in the ARN.
    pub(super) role: String,
    pub(super) role_id: String,
    pub(super) session_name: String,
    pub(super) expires: Millis,
}

/// A signed-in session; signing out or revoking ends it for all of its tokens.
struct Session {
    user: String,
    started: Millis,
    ended: bool,
}

struct AccessToken {
    session: usize,
    expires: Millis,
}

struct RefreshToken {
    session: usize,
    client_id: String,
    used: bool,
}

impl State {
    pub(super) fn new(options: &Options, now: Millis) -> io::Result<Self> {
        Ok(State {
            generator: Generator::new()?,
            calls: CallLog::default(),
            faults: FaultScript::default(),
            overrides: Vec::new(),
            rate_limit: TokenBucket::new(options.rate_limit, now),
            auto_approve: options.auto_approve,
            clients: HashMap::new(),
            devices: HashMap::new(),
            browser_sign_ins: HashMap::new(),
            codes: HashMap::new(),
            role_credentials: HashMap::new(),
            sessions: Vec::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
        })
    }

    /// The client of that id, if the secret is right and the registration has not expired.
    pub(super) fn client(&self, id: &str, secret: &str, now: Millis) -> Result<&Client, ApiError> {
        self.clients
            .get(id)
            .filter(|client| client.secret == secret && now < client.expires)
            .ok_or_else(|| ApiError::oauth("invalid_client", "Invalid client provided"))
    }

    /// Starts a session for `user`; returns the `CreateToken` response with its first tokens.
    pub(super) fn sign_in(&mut self, client_id: &str, user: &str, options: &Options, now: Millis) -> Value {
        self.sessions.push(Session { user: user.to_owned(), started: now, ended: false });
        self.issue(self.sessions.len() - 1, client_id, options, now)
    }

    /// Exchanges a refresh token, which works once, for new tokens of the same session.
    pub(super) fn refresh(
        &mut self,
        token: &str,
        client_id: &str,
        options: &Options,
        now: Millis,
    ) -> Result<Value, ApiError> {
        let invalid = || ApiError::oauth("invalid_grant", "Invalid refresh token provided");
        let record = self.refresh_tokens.get_mut(token).ok_or_else(invalid)?;
        let session = self.sessions.get(record.session).ok_or_else(invalid)?;
        let too_old = now >= session.started.saturating_add(millis(options.sign_in_lifetime));
        if record.used || record.client_id != client_id || session.ended || too_old {
            return Err(invalid());
        }
        record.used = true;
        let session = record.session;
        Ok(self.issue(session, client_id, options, now))
    }

    fn issue(&mut self, session: usize, client_id: &str, options: &Options, now: Millis) -> Value {
        let access = self.generator.plain_secret("aoaSIMACCESSTOKEN");
        let expires = now.saturating_add(millis(options.token_lifetime));
        self.access_tokens.insert(access.clone(), AccessToken { session, expires });
        let mut response = json!({
            "accessToken": access,
            "expiresIn": seconds(options.token_lifetime),
            "tokenType": "Bearer",
        });
        // Like AWS: a client that registered no scopes is of the older kind and gets no refresh token.
        let scoped = self.clients.get(client_id).is_some_and(|client| !client.scopes.is_empty());
        if options.refresh_tokens && scoped {
            let refresh = self.generator.plain_secret("aorSIMREFRESHTOKEN");
            let record = RefreshToken { session, client_id: client_id.to_owned(), used: false };
            self.refresh_tokens.insert(refresh.clone(), record);
            response["refreshToken"] = Value::from(refresh);
        }
        response
    }

    /// The user that a valid access token was issued to.
    pub(super) fn bearer(&self, token: &str, now: Millis) -> Option<&str> {
        let record = self.access_tokens.get(token).filter(|record| now < record.expires)?;
        let session = self.sessions.get(record.session).filter(|session| !session.ended)?;
        Some(&session.user)
    }

    /// Ends the session that an access token belongs to, with all its tokens.
    pub(super) fn end_session_of(&mut self, token: &str) {
        let session = self.access_tokens.get(token).map(|record| record.session);
        if let Some(session) = session.and_then(|index| self.sessions.get_mut(index)) {
            session.ended = true;
        }
    }

    pub(super) fn end_all_sessions(&mut self) {
        self.sessions.iter_mut().for_each(|session| session.ended = true);
    }

    /// Expires every access token now; refresh tokens stay valid.
    pub(super) fn expire_access_tokens(&mut self, now: Millis) {
        self.access_tokens.values_mut().for_each(|token| token.expires = token.expires.min(now));
    }

    /// Decides a device authorization that is still pending; returns whether there was one.
    pub(super) fn decide(&mut self, user_code: &str, decision: Decision, now: Millis) -> bool {
        let pending =
            self.devices.get_mut(user_code).filter(|grant| grant.decision == Decision::Pending && now < grant.expires);
        pending.map(|grant| grant.decision = decision).is_some()
    }

    /// Approves the device authorization of that code if it is pending and due for automatic approval.
    pub(super) fn approve_if_due(&mut self, user_code: &str, user: &str, now: Millis) {
        let due = self
            .auto_approve
            .zip(self.devices.get(user_code))
            .is_some_and(|(after, grant)| now >= grant.started.saturating_add(millis(after)));
        if due {
            self.decide(user_code, Decision::Approved { user: user.to_owned() }, now);
        }
    }

    /// Applies the overrides for `operation` to its response.
    pub(super) fn override_response(&self, operation: Operation, response: &mut Value) {
        for change in self.overrides.iter().filter(|change| change.operation == operation) {
            change.apply(response);
        }
    }
}
