//! SSO-OIDC: clients, device authorization, the browser's authorization, and the tokens they lead to.

pub(super) mod authorize;
pub(super) mod device;
pub(super) mod register;
pub(super) mod token;

use url::Url;

/// Whether `uri` is a loopback callback as the authorization-code flow allows it.
fn is_loopback_callback(uri: &Url) -> bool {
    uri.scheme() == "http"
        && uri.host_str() == Some("127.0.0.1")
        && uri.path() == "/oauth/callback"
        && uri.query().is_none()
        && uri.fragment().is_none()
        && uri.username().is_empty()
        && uri.password().is_none()
}
