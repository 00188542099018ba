//! The simulator driven as its users drive it: by the AWS SDK's own clients, and by raw HTTP where an SDK
//! would not send or hide what is tested.

mod faults;
mod http;
mod pages;
mod portal;
mod sign_in;
mod sts;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_ssooidc::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_smithy_http_client::Builder as HttpClient;

use super::*;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SCOPE: &str = "sso:account:access";

/// A simulator whose clock moves only when it is advanced.
fn start(options: Options) -> Simulator {
    let time = TimeSource::new(|| UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    Simulator::start(Options { time, ..options }).unwrap()
}

/// The SDK's clients, without retries, so that each call is one request.
struct Sdk {
    oidc: aws_sdk_ssooidc::Client,
    portal: aws_sdk_sso::Client,
    sts: aws_sdk_sts::config::Builder,
}

fn sdk(simulator: &Simulator) -> Sdk {
    // The three builders have the same methods and no common type.
    macro_rules! config {
        ($sdk:ident) => {
            $sdk::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("us-east-1"))
                .endpoint_url(simulator.url())
                .http_client(HttpClient::new().build_http())
                .retry_config(RetryConfig::disabled())
        };
    }
    Sdk {
        oidc: aws_sdk_ssooidc::Client::from_conf(config!(aws_sdk_ssooidc).build()),
        portal: aws_sdk_sso::Client::from_conf(config!(aws_sdk_sso).build()),
        sts: config!(aws_sdk_sts),
    }
}

/// A registered client's id and secret.
struct Registered {
    id: String,
    secret: String,
}

/// Tokens as `CreateToken` gave them.
struct Tokens {
    access: String,
    refresh: String,
}

impl Sdk {
    async fn register(&self) -> Registered {
        let call = self.oidc.register_client().client_name("daypass").client_type("public").scopes(SCOPE);
        let response = call.send().await.unwrap();
        Registered { id: response.client_id.unwrap(), secret: response.client_secret.unwrap() }
    }

    async fn start_device(
        &self,
        client: &Registered,
    ) -> aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput {
        let call = self.oidc.start_device_authorization().client_id(&client.id).client_secret(&client.secret);
        call.start_url("https://acme.awsapps.com/start").send().await.unwrap()
    }

    fn token(
        &self,
        client: &Registered,
        grant: &str,
    ) -> aws_sdk_ssooidc::operation::create_token::builders::CreateTokenFluentBuilder {
        self.oidc.create_token().client_id(&client.id).client_secret(&client.secret).grant_type(grant)
    }

    /// One poll; the error is OAuth's name for it.
    async fn poll(&self, client: &Registered, device_code: &str) -> Result<Tokens, String> {
        finished(self.token(client, DEVICE_CODE).device_code(device_code).send().await)
    }

    async fn refresh(&self, client: &Registered, token: &str) -> Result<Tokens, String> {
        finished(self.token(client, "refresh_token").refresh_token(token).send().await)
    }

    /// A complete sign-in by device code.
    async fn sign_in(&self, simulator: &Simulator) -> (Registered, Tokens) {
        let client = self.register().await;
        let device = self.start_device(&client).await;
        assert!(simulator.approve(device.user_code().unwrap()));
        let tokens = self.poll(&client, device.device_code().unwrap()).await.unwrap();
        (client, tokens)
    }

    async fn role_credentials(
        &self,
        token: &str,
        account: &str,
        role: &str,
    ) -> Result<aws_sdk_sso::types::RoleCredentials, String> {
        let call = self.portal.get_role_credentials().access_token(token).account_id(account).role_name(role);
        call.send().await.map(|response| response.role_credentials.unwrap()).map_err(code)
    }

    fn sts(&self, credentials: &aws_sdk_sso::types::RoleCredentials) -> aws_sdk_sts::Client {
        let (key, secret) = (credentials.access_key_id().unwrap(), credentials.secret_access_key().unwrap());
        self.sts_with(key, secret, credentials.session_token().unwrap())
    }

    fn sts_with(&self, key: &str, secret: &str, token: &str) -> aws_sdk_sts::Client {
        let credentials = aws_sdk_sts::config::Credentials::new(key, secret, Some(token.to_owned()), None, "test");
        aws_sdk_sts::Client::from_conf(self.sts.clone().credentials_provider(credentials).build())
    }
}

fn finished(
    response: Result<
        aws_sdk_ssooidc::operation::create_token::CreateTokenOutput,
        aws_sdk_ssooidc::error::SdkError<aws_sdk_ssooidc::operation::create_token::CreateTokenError>,
    >,
) -> Result<Tokens, String> {
    let response = response.map_err(code)?;
    Ok(Tokens {
        access: response.access_token.unwrap_or_default(),
        refresh: response.refresh_token.unwrap_or_default(),
    })
}

/// The service's error code, or what kind of failure it was without one.
fn code<E: aws_sdk_ssooidc::error::ProvideErrorMetadata>(error: aws_sdk_ssooidc::error::SdkError<E>) -> String {
    use aws_sdk_ssooidc::error::SdkError;
    match &error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("no code").to_owned(),
        SdkError::ResponseError(_) => "response".to_owned(),
        SdkError::DispatchFailure(_) => "dispatch".to_owned(),
        _ => "other".to_owned(),
    }
}

/// Sends `request` as it is on a connection of its own and reads all that comes back.
fn raw(simulator: &Simulator, request: &str) -> String {
    let mut stream = TcpStream::connect(simulator.url().strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    // A connection reset after the response still leaves the response.
    let _ = stream.read_to_end(&mut response);
    String::from_utf8_lossy(&response).into_owned()
}

fn get(simulator: &Simulator, target: &str) -> String {
    raw(simulator, &format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"))
}

fn post_form(simulator: &Simulator, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    raw(
        simulator,
        &format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{headers}\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
        ),
    )
}

/// The status line's number.
fn status(response: &str) -> u16 {
    response.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The text between `before` and the next quote.
fn quoted_after<'a>(text: &'a str, before: &str) -> &'a str {
    text.split_once(before).and_then(|(_, rest)| rest.split('"').next()).unwrap()
}
