//! SSO-OIDC: registering, device authorization, tokens. Numbers and links are checked before anyone sees them.

use std::time::Duration;

use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::clients::Aws;
use super::errors::{classify_oidc, protocol};
use crate::domain::aws_error::AwsError;
use crate::domain::ids::{is_https_or_loopback, is_loopback};
use crate::domain::issued::OauthSecret;
use crate::domain::pkce::{Attempt, REGISTERED_REDIRECT};
use crate::domain::session::{ClientRegistration, Flow, IssuedToken};
use crate::domain::sso_session::SsoSession;
use crate::domain::text::Untrusted;
use crate::error::{Error, Result};
use crate::ports::{DeviceAuthorization, Grant};

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CODE_GRANT: &str = "authorization_code";
const REFRESH_GRANT: &str = "refresh_token";
/// The longest link that a person is shown or a browser opens, in bytes.
const LONGEST_LINK: usize = 2_048;
/// The longest life of a token or code that makes sense: 90 days.
const LONGEST: i64 = 90 * 24 * 3600;

/// Reads the OAuth description off each operation's typed error.
macro_rules! described {
    ($operation:expr, $error:expr, $sent:expr, $kind:ident, $($variant:ident),+) => {
        classify_oidc($operation, &$error, $sent, |error: &$kind| match error {
            $($kind::$variant(inner) => inner.error_description(),)+
            _ => None,
        })
    };
}

impl Aws {
    pub(super) async fn register(
        &self,
        session: &SsoSession,
        flow: Flow,
    ) -> Result<(String, SecretString, Timestamp), AwsError> {
        use aws_sdk_ssooidc::operation::register_client::RegisterClientError as Refused;
        const OPERATION: &str = "RegisterClient";
        let request = self
            .clients(session)?
            .oidc
            .register_client()
            .client_name("daypass")
            .client_type("public")
            .set_scopes(Some(session.scopes.iter().map(ToString::to_string).collect()));
        let request = match flow {
            Flow::Device => request,
            Flow::Pkce => request
                .grant_types(CODE_GRANT)
                .grant_types(REFRESH_GRANT)
                .redirect_uris(REGISTERED_REDIRECT)
                .issuer_url(session.start_url.as_str()),
        };
        let answer = request.send().await.map_err(|error| {
            described!(
                OPERATION,
                error,
                &[],
                Refused,
                InvalidClientMetadataException,
                InvalidRequestException,
                InvalidScopeException,
                InvalidRedirectUriException,
                UnsupportedGrantTypeException,
                InternalServerException
            )
        })?;
        let id = issued(OPERATION, "clientId", answer.client_id)?.expose_secret().to_owned();
        let secret = issued(OPERATION, "clientSecret", answer.client_secret)?;
        let expires_at = Timestamp::from_second(answer.client_secret_expires_at)
            .map_err(|_| protocol(OPERATION, "clientSecretExpiresAt"))?;
        Ok((id, secret.into(), expires_at))
    }

    pub(super) async fn start_device(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
    ) -> Result<DeviceAuthorization, AwsError> {
        use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationError as Refused;
        const OPERATION: &str = "StartDeviceAuthorization";
        let answer = self
            .clients(session)?
            .oidc
            .start_device_authorization()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose_secret())
            .start_url(session.start_url.as_str())
            .send()
            .await
            .map_err(|error| {
                described!(
                    OPERATION,
                    error,
                    &[registration.client_secret.expose_secret()],
                    Refused,
                    InvalidClientException,
                    InvalidRequestException,
                    UnauthorizedClientException,
                    SlowDownException,
                    InternalServerException
                )
            })?;
        let user_code =
            answer.user_code.filter(|code| !code.is_empty()).ok_or_else(|| protocol(OPERATION, "userCode"))?;
        let device_code = issued(OPERATION, "deviceCode", answer.device_code)?;
        let verification_uri = self
            .link(session, answer.verification_uri.as_deref())
            .await
            .ok_or_else(|| protocol(OPERATION, "verificationUri"))?;
        let verification_uri_complete = match answer.verification_uri_complete.as_deref() {
            None | Some("") => None,
            given => {
                Some(self.link(session, given).await.ok_or_else(|| protocol(OPERATION, "verificationUriComplete"))?)
            }
        };
        let expires_in = sensible_life(answer.expires_in.into()).ok_or_else(|| protocol(OPERATION, "expiresIn"))?;
        Ok(DeviceAuthorization {
            device_code: device_code.into(),
            user_code: Untrusted::new(user_code),
            verification_uri,
            verification_uri_complete,
            expires_in: Duration::from_secs(expires_in.unsigned_abs()),
            interval: Some(answer.interval.into()),
        })
    }

    /// A link that a browser may open: https, or this machine when the endpoint itself is on this machine. Without a
    /// user's name, which reads like the host that the link leads to.
    async fn link(&self, session: &SsoSession, given: Option<&str>) -> Option<Url> {
        let url = given.filter(|link| link.len() <= LONGEST_LINK).and_then(|link| Url::parse(link).ok())?;
        if !url.username().is_empty() || url.password().is_some() || url.as_str().len() > LONGEST_LINK {
            return None;
        }
        let allowed = url.scheme() == "https"
            || is_loopback(&url) && self.oidc_endpoint(session).await.is_ok_and(|endpoint| is_loopback(&endpoint));
        (allowed && is_https_or_loopback(&url)).then_some(url)
    }

    pub(super) async fn token(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
        grant: Grant<'_>,
    ) -> Result<IssuedToken, AwsError> {
        use aws_sdk_ssooidc::operation::create_token::CreateTokenError as Refused;
        const OPERATION: &str = "CreateToken";
        let request = self
            .clients(session)?
            .oidc
            .create_token()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose_secret());
        let request = match grant {
            Grant::DeviceCode(code) => request.grant_type(DEVICE_GRANT).device_code(code.expose_secret()),
            Grant::AuthorizationCode { code, attempt } => request
                .grant_type(CODE_GRANT)
                .code(code.expose_secret())
                .redirect_uri(attempt.redirect_uri())
                .code_verifier(attempt.verifier().expose_secret()),
            Grant::Refresh(token) => request.grant_type(REFRESH_GRANT).refresh_token(token.expose_secret()),
        };
        let mut sent = vec![registration.client_secret.expose_secret()];
        match grant {
            Grant::DeviceCode(secret) | Grant::Refresh(secret) => sent.push(secret.expose_secret()),
            Grant::AuthorizationCode { code, attempt } => {
                sent.extend([code.expose_secret(), attempt.verifier().expose_secret()]);
            }
        }
        let answer = request.send().await.map_err(|error| {
            described!(
                OPERATION,
                error,
                &sent,
                Refused,
                AccessDeniedException,
                AuthorizationPendingException,
                ExpiredTokenException,
                InternalServerException,
                InvalidClientException,
                InvalidGrantException,
                InvalidRequestException,
                InvalidScopeException,
                SlowDownException,
                UnauthorizedClientException,
                UnsupportedGrantTypeException
            )
        })?;
        let access_token = issued(OPERATION, "accessToken", answer.access_token)?;
        let refresh_token = answer.refresh_token.filter(|token| !token.is_empty());
        let expires_in = sensible_life(answer.expires_in.into()).ok_or_else(|| protocol(OPERATION, "expiresIn"))?;
        Ok(IssuedToken {
            access_token: access_token.into(),
            refresh_token: match refresh_token {
                None => None,
                given => Some(issued(OPERATION, "refreshToken", given)?.into()),
            },
            expires_in: SignedDuration::from_secs(expires_in),
        })
    }

    pub(super) async fn authorize(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
        attempt: &Attempt,
    ) -> Result<Url> {
        let endpoint = self
            .oidc_endpoint(session)
            .await
            .map_err(|why| Error::NoSignInEndpoint { region: session.region.clone(), why: Untrusted::new(why) })?;
        Ok(attempt.authorize_url(&endpoint, &registration.client_id, &session.scopes))
    }

    /// The endpoint that the SDK itself would use.
    async fn oidc_endpoint(&self, session: &SsoSession) -> std::result::Result<Url, String> {
        let override_url = session.endpoints.oidc.as_ref().map(|endpoint| endpoint.url().as_str().to_owned());
        let params = Params::builder()
            .region(session.region.as_str())
            .use_fips(self.options.fips)
            .use_dual_stack(self.options.dual_stack)
            .set_endpoint(override_url)
            .build()
            .map_err(|error| error.to_string())?;
        let endpoint = DefaultResolver::new().resolve_endpoint(&params).await.map_err(|error| error.to_string())?;
        Url::parse(endpoint.url()).map_err(|error| error.to_string())
    }
}

/// A secret of SSO-OIDC that is one.
fn issued(operation: &'static str, part: &'static str, text: Option<String>) -> Result<OauthSecret, AwsError> {
    OauthSecret::parse(text.unwrap_or_default()).map_err(|_| protocol(operation, part))
}

/// A life in seconds that makes sense.
fn sensible_life(seconds: i64) -> Option<i64> {
    (1..=LONGEST).contains(&seconds).then_some(seconds)
}
