//! The authorization code flow with PKCE (RFC 7636, RFC 8252): what to send to the browser, and what to
//! believe of what comes back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;

use super::sso_session::Scope;
use super::text::Untrusted;

/// The path that AWS redirects to; registered without a port, as native clients are (RFC 8252, section 7.3).
pub const CALLBACK_PATH: &str = "/oauth/callback";
/// The redirect URI as it is registered.
pub const REGISTERED_REDIRECT: &str = "http://127.0.0.1/oauth/callback";

/// One try at the flow: its verifier and its state, new each time.
#[derive(Debug)]
pub struct Attempt {
    verifier: SecretString,
    state: SecretString,
    port: u16,
}

impl Attempt {
    /// A try whose verifier and state come from 64 random bytes and whose callback listens on `port`.
    pub fn new(random: &[u8; 64], port: u16) -> Self {
        let (verifier, state) = random.split_at(32);
        Attempt { verifier: URL_SAFE_NO_PAD.encode(verifier).into(), state: URL_SAFE_NO_PAD.encode(state).into(), port }
    }

    /// The verifier, to be sent with the code (43 characters).
    pub fn verifier(&self) -> &SecretString {
        &self.verifier
    }

    /// The redirect URI with the port of this try.
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{CALLBACK_PATH}", self.port)
    }

    /// The URL to open in a browser. AWS spells the scopes' parameter `scopes`, comma-separated.
    pub fn authorize_url(&self, oidc_endpoint: &Url, client_id: &str, scopes: &[Scope]) -> Url {
        let mut url = oidc_endpoint.clone();
        url.set_path("/authorize");
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose_secret()));
        url.query_pairs_mut()
            .clear()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("state", self.state.expose_secret())
            .append_pair("code_challenge_method", "S256")
            .append_pair("scopes", &scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(","))
            .append_pair("code_challenge", &challenge);
        url
    }

    /// Checks one request to the listener.
    pub fn check(&self, request: &Request<'_>) -> CallbackOutcome {
        let path = request.target.split('?').next().unwrap_or_default();
        if path != CALLBACK_PATH {
            return CallbackOutcome::Stray(404);
        }
        if request.method != "GET" {
            return CallbackOutcome::Stray(405);
        }
        if request.host != Some(format!("127.0.0.1:{}", self.port).as_str()) {
            return CallbackOutcome::Stray(403);
        }
        let query = request.target.get(path.len() + 1..).unwrap_or_default();
        let mut answer = Answer::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            answer.take(&name, value.into_owned());
        }
        answer.outcome(self.state.expose_secret())
    }
}

/// What the listener saw of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The Host header.
    pub host: Option<&'a str>,
}

/// What a request to the listener means.
#[derive(Debug)]
pub enum CallbackOutcome {
    /// AWS's answer: the authorization code.
    Code(SecretString),
    /// AWS's answer: no. The error code, and its description if any.
    Refused(Untrusted),
    /// Not AWS's answer: turn it away with this status, and go on waiting.
    Stray(u16),
}

/// The callback's parameters; one sent twice spoils the request.
#[derive(Default)]
struct Answer {
    code: Option<SecretString>,
    state: Option<SecretString>,
    error: Option<String>,
    description: Option<String>,
    twice: bool,
}

impl Answer {
    fn take(&mut self, name: &str, value: String) {
        self.twice |= match name {
            "code" => self.code.replace(value.into()).is_some(),
            "state" => self.state.replace(value.into()).is_some(),
            "error" => self.error.replace(value).is_some(),
            "error_description" => self.description.replace(value).is_some(),
            _ => false,
        };
    }

    fn outcome(self, state: &str) -> CallbackOutcome {
        let ours = self.state.is_some_and(|given| same_text(given.expose_secret(), state));
        if !ours || self.twice {
            return CallbackOutcome::Stray(400);
        }
        match (self.code, self.error) {
            (_, Some(error)) => CallbackOutcome::Refused(Untrusted::new(match self.description {
                Some(description) => format!("{error}: {description}"),
                None => error,
            })),
            (Some(code), None) if !code.expose_secret().is_empty() => CallbackOutcome::Code(code),
            _ => CallbackOutcome::Stray(400),
        }
    }
}

/// Compares in a time that does not depend on where the texts differ, by comparing their digests.
fn same_text(left: &str, right: &str) -> bool {
    Sha256::digest(left) == Sha256::digest(right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn attempt() -> Attempt {
        Attempt::new(&std::array::from_fn(|index| u8::try_from(index).unwrap()), 4321)
    }

    fn check(method: &str, target: &str, host: Option<&str>) -> CallbackOutcome {
        attempt().check(&Request { method, target, host })
    }

    #[test]
    fn the_verifier_has_the_length_the_rfc_asks_for() {
        let length = attempt().verifier().expose_secret().len();
        assert!((43..=128).contains(&length), "{length}");
    }

    #[test]
    fn the_challenge_is_the_verifiers_digest() {
        let endpoint = Url::parse("https://oidc.us-east-1.amazonaws.com").unwrap();
        let url = attempt().authorize_url(&endpoint, "client", &[Scope::parse(Scope::ACCOUNT_ACCESS).unwrap()]);
        let pairs: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
        let digest = Sha256::digest(attempt().verifier().expose_secret());
        assert_eq!(pairs["code_challenge"], URL_SAFE_NO_PAD.encode(digest));
        assert_eq!(pairs["code_challenge_method"], "S256");
        assert_eq!(pairs["redirect_uri"], "http://127.0.0.1:4321/oauth/callback");
        assert_eq!(pairs["scopes"], "sso:account:access");
        assert!(!url.as_str().contains(attempt().verifier().expose_secret()));
    }

    #[test]
    fn only_the_true_callback_is_believed() {
        let state = attempt().state.expose_secret().to_owned();
        let host = Some("127.0.0.1:4321");
        let good = format!("/oauth/callback?code=abc&state={state}");
        assert!(matches!(check("GET", &good, host), CallbackOutcome::Code(code) if code.expose_secret() == "abc"));
        let refused = format!("/oauth/callback?error=access_denied&state={state}");
        assert!(matches!(check("GET", &refused, host), CallbackOutcome::Refused(why) if why.raw() == "access_denied"));
        let described = format!("{refused}&error_description=not+now");
        let outcome = check("GET", &described, host);
        assert!(
            matches!(&outcome, CallbackOutcome::Refused(why) if why.raw() == "access_denied: not now"),
            "{outcome:?}"
        );
        let table = [
            ("POST", good.clone(), host, 405),
            ("GET", format!("/other?code=abc&state={state}"), host, 404),
            ("GET", good.clone(), Some("evil.example:4321"), 403),
            ("GET", good.clone(), Some("127.0.0.1.nip.io:4321"), 403),
            ("GET", good.clone(), None, 403),
            ("GET", "/oauth/callback?code=abc&state=wrong".into(), host, 400),
            ("GET", "/oauth/callback?error=access_denied".into(), host, 400),
            ("GET", format!("/oauth/callback?state={state}"), host, 400),
            ("GET", format!("/oauth/callback?code=&state={state}"), host, 400),
            ("GET", format!("{good}&code=other"), host, 400),
            ("GET", format!("{described}&error_description=other"), host, 400),
        ];
        for (method, target, host, status) in table {
            let outcome = check(method, &target, host);
            assert!(
                matches!(outcome, CallbackOutcome::Stray(given) if given == status),
                "{method} {target} {outcome:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_request_without_the_state_is_believed(method in any::<String>(), target in any::<String>()) {
            let request = Request { method: &method, target: &target, host: Some("127.0.0.1:4321") };
            prop_assert!(matches!(attempt().check(&request), CallbackOutcome::Stray(_)));
        }
    }
}
