//! A calendar from a server, by one GET. Redirects are not followed: they lead where nobody checked.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use url::Url;

use crate::adapters::https;
use crate::domain::ids::is_loopback;
use crate::domain::on_call::{LARGEST_ROTA, check_url};
use crate::domain::text::Untrusted;
use crate::error::RotaFault;

/// What is at `url`. Dropped, the request is given up.
pub(super) async fn get(url: &str, ca_bundle: Option<&str>) -> Result<Vec<u8>, RotaFault> {
    let mut url = Url::parse(url).map_err(|_| RotaFault::Unreachable)?;
    check_url(&url).map_err(|_| RotaFault::Unreachable)?;
    url.set_fragment(None);
    let tls = https::tls_context(ca_bundle).map_err(|why| RotaFault::Tls(Untrusted::new(why)))?;
    // Plain http through a proxy would show the proxy the address.
    let proxy = if is_loopback(&url) { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_uri(String::from(url)).map_err(|_| RotaFault::Unreachable)?;
    request.headers_mut().insert("accept", "text/calendar");
    request.headers_mut().insert("user-agent", concat!("daypass/", env!("CARGO_PKG_VERSION")));
    let connector = https::connector(&tls, &proxy, None, None);
    let response = connector.call(request).await.map_err(|_| RotaFault::Unreachable)?;
    if response.status().as_u16() != 200 {
        return Err(RotaFault::Status(response.status().as_u16()));
    }
    match Limited::new(response.into_body(), LARGEST_ROTA).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(RotaFault::TooLarge),
        Err(_) => Err(RotaFault::CutOff),
    }
}
