//! The SDK's clients, made when first needed: one set a region and its endpoints.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::TlsContext;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::body_limit::BodyLimit;
use super::environment::ClientOptions;
use super::offset::ClockOffset;
use crate::adapters::https;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::endpoint::{Endpoint, Endpoints};
use crate::domain::ids::Region;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::Untrusted;
use crate::ports::{Clock, LONGEST_CALL};

/// AWS, reached through its SDK.
pub struct Aws {
    pub(super) options: ClientOptions,
    pub(super) offset: ClockOffset,
    clients: Mutex<HashMap<Place, Arc<Clients>>>,
}

/// A region, and where it is reached.
type Place = (Region, Arc<Endpoints>);

/// The clients of one region, at one set of endpoints.
pub(super) struct Clients {
    pub(super) oidc: aws_sdk_ssooidc::Client,
    pub(super) portal: aws_sdk_sso::Client,
    pub(super) sts: aws_sdk_sts::Client,
}

impl Aws {
    /// AWS as `options` say. Nothing is read or set up before the first call.
    pub fn new(options: ClientOptions, clock: Arc<dyn Clock>) -> Self {
        Aws { options, offset: ClockOffset::new(clock), clients: Mutex::default() }
    }

    /// The clients for `session`, made for the first call. They reach the session's own endpoints and no others.
    ///
    /// # Errors
    /// `Misconfigured` where TLS cannot be set up as the environment asks.
    pub(super) fn clients(&self, session: &SsoSession) -> Result<Arc<Clients>, AwsError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (session.region.clone(), Arc::clone(&session.endpoints));
        if let Some(made) = clients.get(&place) {
            return Ok(Arc::clone(made));
        }
        let made = self.connect(&place.0, &place.1).map_err(|why| AwsError {
            operation: "AWS",
            kind: AwsErrorKind::Misconfigured,
            detail: Untrusted::new(why),
        })?;
        let made = Arc::new(made);
        clients.insert(place, Arc::clone(&made));
        Ok(made)
    }

    fn connect(&self, region: &Region, endpoints: &Endpoints) -> Result<Clients, String> {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).operation_timeout(LONGEST_CALL).build();
        let mut http = HttpClients::new(&self.options)?;
        /// The same settings for three config types that share no trait.
        macro_rules! client {
            ($service:ident, $endpoint:expr) => {{
                let config = $service::Config::builder()
                    .behavior_version($service::config::BehaviorVersion::latest())
                    .region($service::config::Region::new(region.as_str().to_owned()))
                    .http_client(http.for_endpoint($endpoint.as_ref()))
                    .retry_config(RetryConfig::disabled())
                    .timeout_config(timeouts.clone())
                    .interceptor(self.offset.clone())
                    .interceptor(BodyLimit)
                    .use_fips(self.options.fips)
                    .use_dual_stack(self.options.dual_stack);
                let config = match &$endpoint {
                    Some(endpoint) => config.endpoint_url(endpoint.url().as_str()),
                    None => config,
                };
                $service::Client::from_conf(config.build())
            }};
        }
        Ok(Clients {
            oidc: client!(aws_sdk_ssooidc, endpoints.oidc),
            portal: client!(aws_sdk_sso, endpoints.portal),
            sts: client!(aws_sdk_sts, endpoints.sts),
        })
    }
}

/// The HTTP clients of one set of endpoints.
struct HttpClients {
    tls: TlsContext,
    through_proxy: Option<SharedHttpClient>,
    direct: Option<SharedHttpClient>,
}

impl HttpClients {
    fn new(options: &ClientOptions) -> Result<Self, String> {
        let tls = https::tls_context(options.ca_bundle.as_deref())?;
        Ok(HttpClients { tls, through_proxy: None, direct: None })
    }

    /// The client for a service. What is on this machine is reached directly: plain http through a proxy would show
    /// the proxy every token.
    fn for_endpoint(&mut self, endpoint: Option<&Endpoint>) -> SharedHttpClient {
        let (kept, proxy): (_, fn() -> ProxyConfig) = match endpoint {
            Some(endpoint) if endpoint.is_loopback() => (&mut self.direct, ProxyConfig::disabled),
            _ => (&mut self.through_proxy, ProxyConfig::from_env),
        };
        kept.get_or_insert_with(|| http_client(&self.tls, &proxy())).clone()
    }
}

fn http_client(tls: &TlsContext, proxy: &ProxyConfig) -> SharedHttpClient {
    let (tls, proxy) = (tls.clone(), proxy.clone());
    Builder::new()
        .build_with_connector_fn(move |settings, components| https::connector(&tls, &proxy, settings, components))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use secrecy::SecretString;

    use super::*;
    use crate::adapters::clock::SystemClock;
    use crate::domain::ids::{SessionName, StartUrl};
    use crate::ports::IdentityCenter as _;

    #[tokio::test(start_paused = true)]
    async fn a_call_that_nobody_answers_ends_in_time() {
        // Connections are accepted by the system, and nobody reads them.
        let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = Endpoint::parse(&format!("http://{}", deaf.local_addr().unwrap())).unwrap();
        let name = SessionName::parse("acme").unwrap();
        let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
        let session = SsoSession::new(name, start_url, Region::parse("us-east-1").unwrap());
        let session = session.at(Endpoints { portal: Some(endpoint), ..Endpoints::default() });
        let folder = tempfile::tempdir().unwrap();
        let aws = Aws::new(ClientOptions::default(), Arc::new(SystemClock::new(folder.path())));
        let started = tokio::time::Instant::now();
        let failed = aws.logout(&session, &SecretString::from("token")).await.unwrap_err();
        assert_eq!((failed.kind, failed.detail.raw()), (AwsErrorKind::Unreachable, "timed out"));
        assert!(started.elapsed() <= LONGEST_CALL + Duration::from_secs(1), "{:?}", started.elapsed());
    }
}
