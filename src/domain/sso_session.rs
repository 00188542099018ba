//! What identifies an Identity Center a person can sign in to: one `[sso-session]` in checked types.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::endpoint::{Endpoint, Endpoints};
use super::ids::{InvalidName, Region, SessionName, StartUrl};
use super::replica::Replica;
use super::text::{hex, visible};

/// An OAuth scope, such as `sso:account:access`; safe to write into a comma list of a config file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(String);

impl Scope {
    /// The scope that lists accounts and fetches role credentials; what AWS assumes where none is named.
    pub const ACCOUNT_ACCESS: &'static str = "sso:account:access";

    /// Checks `text`: 1 to 128 printable ASCII characters (RFC 6749 §3.3) other than comma and brackets.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        let fits = (1..=128).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\,[]".contains(&byte));
        if fits { Ok(Scope(text.to_owned())) } else { Err(InvalidScope(text.chars().take(80).collect())) }
    }

    /// That scope, checked.
    pub(super) fn account_access() -> Self {
        Scope(Scope::ACCOUNT_ACCESS.to_owned())
    }

    /// The scope as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, InvalidScope> {
        Scope::parse(&text)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Why a scope was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("scope `{}` is not 1 to 128 printable characters without comma or brackets", visible(.0))]
pub struct InvalidScope(String);

/// An SSO session as it is configured; whether someone is signed in to it is another matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SsoSession {
    /// What people call it and what keyring entries are filed under.
    pub name: SessionName,
    /// Where its Identity Center is.
    pub start_url: StartUrl,
    /// The region its Identity Center runs in; not the region of the work done with it.
    pub region: Region,
    /// What a sign-in asks for.
    pub scopes: Vec<Scope>,
    /// Where AWS is reached, if not at its own addresses. Part of the session, so that its tokens go nowhere else.
    pub endpoints: Arc<Endpoints>,
}

impl SsoSession {
    /// A session that asks for access to accounts and nothing else, as AWS does by default, at AWS's own addresses.
    pub fn new(name: SessionName, start_url: StartUrl, region: Region) -> Self {
        let scopes = vec![Scope::account_access()];
        SsoSession { name, start_url, region, scopes, endpoints: Arc::default() }
    }

    /// The same session, reached at `endpoints`.
    #[must_use]
    pub fn at(self, endpoints: impl Into<Arc<Endpoints>>) -> Self {
        SsoSession { endpoints: endpoints.into(), ..self }
    }

    /// The same Identity Center at `replica`: a session of its own, because AWS takes no token in another region than the
    /// one it was issued in. A portal's address that names the session's region is that of the replica afterwards.
    #[must_use]
    pub fn in_region(&self, replica: &Replica) -> Self {
        let moved = || self.start_url.in_region(&self.region, &replica.region);
        let start_url = replica.start_url.clone().or_else(moved).unwrap_or_else(|| self.start_url.clone());
        SsoSession { start_url, region: replica.region.clone(), ..self.clone() }
    }

    /// A session that is named after its portal's host, or `sso` where the host makes no name.
    pub fn named_after_portal(start_url: StartUrl, region: Region) -> Result<Self, InvalidName> {
        let name = SessionName::parse(&start_url.short_name()).or_else(|_| SessionName::parse("sso"))?;
        Ok(SsoSession::new(name, start_url, region))
    }

    /// The key under which secrets, catalog and locks of this session are kept.
    ///
    /// It changes with start URL, region, scopes and the endpoints that take tokens, so that a token is never used
    /// for another portal that happens to have the same session name, nor sent to another address than the one it
    /// came from. STS takes no token of the session, so its endpoint is left out.
    pub fn key(&self) -> SessionKey {
        let mut hash = Sha256::new();
        let parts = [self.start_url.as_str(), self.region.as_str()];
        for part in parts.into_iter().chain(self.scopes.iter().map(Scope::as_str)) {
            hash.update(part);
            hash.update([0]);
        }
        // A scope cannot begin with these bytes.
        for (service, endpoint) in [(1, &self.endpoints.oidc), (2, &self.endpoints.portal)] {
            if let Some(endpoint) = endpoint.as_ref().map(Endpoint::url) {
                hash.update([service]);
                hash.update(endpoint.as_str());
                hash.update([0]);
            }
        }
        let short = hex(&hash.finalize()[..6]);
        SessionKey(format!("{}-{short}", self.name))
    }
}

/// Names one SSO session in the store, the state and the locks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionKey(String);

impl SessionKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_written_as_it_was_read() {
        let scope = Scope::parse(Scope::ACCOUNT_ACCESS).unwrap();
        assert_eq!(
            (scope.to_string(), String::from(scope)),
            ("sso:account:access".into(), "sso:account:access".into())
        );
    }

    #[test]
    fn the_same_name_with_another_portal_has_another_key() {
        let key = |url: &str| {
            let name = SessionName::parse("acme").unwrap();
            SsoSession::new(name, StartUrl::parse(url).unwrap(), Region::parse("us-east-1").unwrap()).key()
        };
        assert_ne!(key("https://one.awsapps.com/start"), key("https://two.awsapps.com/start"));
        assert!(key("https://one.awsapps.com/start").as_str().starts_with("acme-"));
    }

    #[test]
    fn the_same_session_at_another_endpoint_has_another_key_unless_only_sts_moved() {
        let endpoint = |port: u16| Endpoint::parse(&format!("http://127.0.0.1:{port}")).ok();
        let key = |oidc, portal, sts| {
            let (name, region) = (SessionName::parse("acme").unwrap(), Region::parse("us-east-1").unwrap());
            let session = SsoSession::new(name, StartUrl::parse("https://one.awsapps.com/start").unwrap(), region);
            session.at(Endpoints { oidc, portal, sts }).key()
        };
        let own = key(None, None, None);
        let moved = [
            key(endpoint(1), None, None),
            key(None, endpoint(1), None),
            key(endpoint(1), endpoint(1), None),
            key(endpoint(1), endpoint(2), None),
            key(endpoint(2), endpoint(1), None),
        ];
        for (at, one) in moved.iter().enumerate() {
            assert!(*one != own && !moved[..at].contains(one), "{at}");
        }
        assert_eq!(key(None, None, endpoint(1)), own);
        assert_eq!(own.as_str(), "acme-58f659770a95", "what people are signed in to today keeps its key");
    }

    #[test]
    fn scopes_that_could_break_out_of_a_list_are_refused() {
        for good in ["sso:account:access", "codewhisperer:completions", "openid"] {
            assert!(Scope::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a,b", "a b", "a\nb", "[x]", "é", &"x".repeat(129)] {
            assert!(Scope::parse(bad).is_err(), "{bad}");
        }
    }
}
