//! Which redirect URIs the authorization-code flow allows.

use url::Url;

/// Whether `uri` is a loopback callback as the authorization-code flow allows it.
pub(super) fn is_loopback_callback(uri: &Url) -> bool {
    uri.scheme() == "http"
        && uri.host_str() == Some("127.0.0.1")
        && uri.path() == "/oauth/callback"
        && uri.query().is_none()
        && uri.fragment().is_none()
        && uri.username().is_empty()
        && uri.password().is_none()
}
