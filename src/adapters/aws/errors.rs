//! From the SDK's errors to the reasons that decide what happens next.
//!
//! The typed error code decides where there is one, the HTTP status otherwise. A body is never quoted: only
//! the fields that AWS's model names as message or description, and those without secrets.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::body_limit::is_too_large;
use super::masking::masked;
use super::retry_after::retry_after;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::text::Untrusted;

/// Turns a failed `operation` of SSO-OIDC that has `sent` these secrets into its kind. `description` reads OAuth's own
/// description off the typed error.
pub(super) fn classify_oidc<E: ProvideErrorMetadata + Error + 'static>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    sent: &[&str],
    description: impl Fn(&E) -> Option<&str>,
) -> AwsError {
    let error = by_kind(operation, error, sent, oauth_kind, description);
    match error.kind {
        AwsErrorKind::BadRequest => AwsError { kind: AwsErrorKind::OtherOauth, ..error },
        _ => error,
    }
}

/// The same for STS.
pub(super) fn classify_sts<E: ProvideErrorMetadata + Error + 'static>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    sent: &[&str],
) -> AwsError {
    by_kind(operation, error, sent, sts_kind, |_| None)
}

/// The same for the portal, which knows nothing of OAuth.
pub(super) fn classify<E: ProvideErrorMetadata + Error + 'static>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    sent: &[&str],
) -> AwsError {
    by_kind(operation, error, sent, |_| None, |_| None)
}

fn by_kind<E: ProvideErrorMetadata + Error + 'static>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    sent: &[&str],
    kind_of_code: fn(&str) -> Option<AwsErrorKind>,
    description: impl Fn(&E) -> Option<&str>,
) -> AwsError {
    let (kind, said) = match error {
        SdkError::ServiceError(service) => {
            let said = description(service.err()).or_else(|| service.err().message());
            let kind = by_answer(service.err().code(), service.raw(), kind_of_code);
            (kind, said.unwrap_or_default().to_owned())
        }
        _ if is_too_large(error) => (AwsErrorKind::Protocol("larger than 4 MiB"), String::new()),
        SdkError::ResponseError(response) => (by_broken_answer(response.raw()), String::new()),
        SdkError::TimeoutError(_) => (AwsErrorKind::Unreachable, "timed out".to_owned()),
        SdkError::DispatchFailure(failure) => (AwsErrorKind::Unreachable, dispatch_detail(failure)),
        _ => (AwsErrorKind::Protocol("request"), String::new()),
    };
    AwsError { operation, kind, detail: Untrusted::new(masked(&said, sent)) }
}

/// An answer that says no.
fn by_answer(code: Option<&str>, raw: &HttpResponse, kind_of_code: fn(&str) -> Option<AwsErrorKind>) -> AwsErrorKind {
    if is_html(raw) {
        return AwsErrorKind::ServerTrouble;
    }
    let code = code.map(|code| code.rsplit('#').next().unwrap_or(code));
    let by_code = code.and_then(|code| match code {
        "UnauthorizedException" => Some(AwsErrorKind::SignedOut),
        "ForbiddenException" => Some(AwsErrorKind::Forbidden),
        "ResourceNotFoundException" => Some(AwsErrorKind::NotFound),
        "TooManyRequestsException" | "ThrottlingException" | "Throttling" => {
            Some(AwsErrorKind::Throttled(retry_after(raw.headers())))
        }
        "InternalServerException" => Some(AwsErrorKind::ServerTrouble),
        other => kind_of_code(other),
    });
    by_code.unwrap_or_else(|| by_status(raw))
}

/// What SSO-OIDC says of a sign-in.
fn oauth_kind(code: &str) -> Option<AwsErrorKind> {
    match code {
        "AuthorizationPendingException" | "authorization_pending" => Some(AwsErrorKind::AuthorizationPending),
        "SlowDownException" | "slow_down" => Some(AwsErrorKind::SlowDown),
        "ExpiredTokenException" | "expired_token" => Some(AwsErrorKind::CodeExpired),
        "AccessDeniedException" | "access_denied" => Some(AwsErrorKind::AccessDenied),
        "InvalidClientException" | "invalid_client" => Some(AwsErrorKind::InvalidClient),
        "InvalidGrantException" | "invalid_grant" => Some(AwsErrorKind::InvalidGrant),
        "InvalidRequestException"
        | "InvalidScopeException"
        | "InvalidClientMetadataException"
        | "InvalidRedirectUriException"
        | "InvalidRequestRegionException"
        | "UnauthorizedClientException"
        | "UnsupportedGrantTypeException" => Some(AwsErrorKind::OtherOauth),
        _ => None,
    }
}

/// What STS says of a request and of the credentials that it is signed with. It answers most of it with 403, which by
/// itself would say that the role may not be assumed.
fn sts_kind(code: &str) -> Option<AwsErrorKind> {
    match code {
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "MissingAuthenticationToken"
        | "RequestExpired"
        | "SignatureDoesNotMatch" => Some(AwsErrorKind::CredentialsRefused),
        "AccessDenied" | "AccessDeniedException" => Some(AwsErrorKind::Forbidden),
        "MalformedPolicyDocument" | "PackedPolicyTooLarge" | "RegionDisabledException" | "ValidationError" => {
            Some(AwsErrorKind::BadRequest)
        }
        _ => None,
    }
}

fn by_status(raw: &HttpResponse) -> AwsErrorKind {
    match raw.status().as_u16() {
        401 => AwsErrorKind::SignedOut,
        403 => AwsErrorKind::Forbidden,
        404 => AwsErrorKind::NotFound,
        429 => AwsErrorKind::Throttled(retry_after(raw.headers())),
        500.. => AwsErrorKind::ServerTrouble,
        400..=499 => AwsErrorKind::BadRequest,
        // A success whose body could not be read comes back as an error, too.
        _ => AwsErrorKind::Protocol("body"),
    }
}

/// An answer that could not be read.
fn by_broken_answer(raw: &HttpResponse) -> AwsErrorKind {
    match raw.status().as_u16() {
        _ if is_html(raw) => AwsErrorKind::ServerTrouble,
        200..=299 => AwsErrorKind::Protocol("body"),
        _ => by_status(raw),
    }
}

/// A page for people comes from a proxy or a load balancer, not from the service.
fn is_html(raw: &HttpResponse) -> bool {
    raw.headers().get("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
}

fn dispatch_detail(failure: &aws_smithy_runtime_api::client::result::DispatchFailure) -> String {
    // The innermost cause is the one that says what happened ("connection refused"), and holds no URL.
    let mut cause = failure.as_connector_error().and_then(std::error::Error::source);
    let mut said = String::new();
    while let Some(error) = cause {
        said = error.to_string();
        cause = error.source();
    }
    said
}

/// The error for an answer that lacks something or says nonsense.
pub(super) fn protocol(operation: &'static str, part: &'static str) -> AwsError {
    AwsError { operation, kind: AwsErrorKind::Protocol(part), detail: Untrusted::default() }
}
