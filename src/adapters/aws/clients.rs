//! The SDK's clients, made when first needed: one set of clients a region, over one HTTP client.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::endpoints::Endpoints;
use super::offset::ClockOffset;
use crate::adapters::files::read_bounded;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::ids::Region;
use crate::domain::text::Untrusted;
use crate::ports::Clock;

/// The largest file of certificates that is read; a system's whole bundle takes a fiftieth of it.
const LARGEST_CA_BUNDLE: u64 = 16 << 20;

/// AWS, reached through its SDK.
pub struct Aws {
    endpoints: Endpoints,
    pub(super) offset: ClockOffset,
    clients: Mutex<HashMap<Region, Arc<Clients>>>,
}

/// The clients of one region.
pub(super) struct Clients {
    pub(super) oidc: aws_sdk_ssooidc::Client,
    pub(super) portal: aws_sdk_sso::Client,
    pub(super) sts: aws_sdk_sts::Client,
}

impl Aws {
    /// AWS at `endpoints`. Nothing is read or set up before the first call.
    pub fn new(endpoints: Endpoints, clock: Arc<dyn Clock>) -> Self {
        Aws { endpoints, offset: ClockOffset::new(clock), clients: Mutex::default() }
    }

    pub(super) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The clients of `region`, made for the first call.
    ///
    /// # Errors
    /// `Misconfigured` where TLS cannot be set up as the environment asks.
    pub(super) fn clients(&self, region: &Region) -> Result<Arc<Clients>, AwsError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = clients.get(region) {
            return Ok(Arc::clone(made));
        }
        let http = http_client(&self.endpoints).map_err(|why| AwsError {
            operation: "AWS",
            kind: AwsErrorKind::Misconfigured,
            detail: Untrusted::new(why),
        })?;
        let made = Arc::new(self.connect(region, &http));
        clients.insert(region.clone(), Arc::clone(&made));
        Ok(made)
    }

    fn connect(&self, region: &Region, http: &SharedHttpClient) -> Clients {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_timeout(Duration::from_secs(20))
            .build();
        /// The same settings for three config types that share no trait.
        macro_rules! client {
            ($service:ident, $endpoint:expr) => {{
                let config = $service::Config::builder()
                    .behavior_version($service::config::BehaviorVersion::latest())
                    .region($service::config::Region::new(region.as_str().to_owned()))
                    .http_client(http.clone())
                    .retry_config(RetryConfig::disabled())
                    .timeout_config(timeouts.clone())
                    .interceptor(self.offset.clone())
                    .use_fips(self.endpoints.fips)
                    .use_dual_stack(self.endpoints.dual_stack);
                let config = match $endpoint {
                    Some(url) => config.endpoint_url(url),
                    None => config,
                };
                $service::Client::from_conf(config.build())
            }};
        }
        Clients {
            oidc: client!(aws_sdk_ssooidc, &self.endpoints.sso_oidc),
            portal: client!(aws_sdk_sso, &self.endpoints.sso),
            sts: client!(aws_sdk_sts, &self.endpoints.sts),
        }
    }
}

/// One client for everything in a region: TLS by rustls with ring, the proxy of the environment, the system's roots or the
/// bundle that AWS_CA_BUNDLE names.
fn http_client(endpoints: &Endpoints) -> Result<SharedHttpClient, String> {
    let roots = match &endpoints.ca_bundle {
        Some(path) => {
            let pem = read_bounded(Path::new(path), LARGEST_CA_BUNDLE).map_err(|why| why.to_string())?;
            let pem = pem.ok_or_else(|| format!("the certificates that AWS_CA_BUNDLE names are not there: {path}"))?;
            TrustStore::empty().with_native_roots(false).with_pem_certificate(pem)
        }
        None => TrustStore::default(),
    };
    let tls =
        TlsContext::builder().with_trust_store(roots).build().map_err(|why| format!("cannot set TLS up: {why}"))?;
    let proxy = if endpoints.are_local() { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector: ConnectorBuilder<_> = aws_smithy_http_client::Connector::builder()
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(
            components.and_then(aws_smithy_runtime_api::client::runtime_components::RuntimeComponents::sleep_impl),
        );
        connector.build()
    }))
}
