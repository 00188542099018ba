//! HTTP over TLS by rustls with ring; it trusts the system's roots or the bundle that AWS_CA_BUNDLE names.

use std::path::Path;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, ConnectorBuilder};

use aws_smithy_runtime_api::client::http::HttpConnectorSettings;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::files::read_bounded;

/// The largest file of certificates that is read; a system's whole bundle takes a fiftieth of it.
const LARGEST_CA_BUNDLE: u64 = 16 << 20;

/// What is trusted: the certificates in the file `ca_bundle`, or the system's.
///
/// # Errors
/// The bundle cannot be used; says why.
pub(super) fn tls_context(ca_bundle: Option<&str>) -> Result<TlsContext, String> {
    let roots = match ca_bundle {
        Some(path) => {
            let pem = read_bounded(Path::new(path), LARGEST_CA_BUNDLE).map_err(|why| why.with_cause())?;
            let pem = pem.ok_or_else(|| format!("the certificates that AWS_CA_BUNDLE names are not there: {path}"))?;
            TrustStore::empty().with_native_roots(false).with_pem_certificate(pem)
        }
        None => TrustStore::default(),
    };
    TlsContext::builder().with_trust_store(roots).build().map_err(|why| format!("cannot set TLS up: {why}"))
}

/// What makes connections, through `proxy` where that says so, with the SDK's settings where it is the SDK's.
pub(super) fn connector(
    tls: &TlsContext,
    proxy: &ProxyConfig,
    settings: Option<&HttpConnectorSettings>,
    components: Option<&RuntimeComponents>,
) -> Connector {
    let mut connector: ConnectorBuilder<_> = Connector::builder()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls.clone())
        .proxy_config(proxy.clone());
    connector.set_connector_settings(settings.cloned());
    connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
    connector.build()
}
