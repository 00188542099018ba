//! From the SDK's errors to the reasons that decide what happens next.
//!
//! The typed error code decides where there is one, the HTTP status otherwise. A body is never quoted: only
//! the fields that AWS's model names as message or description, and those without secrets.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::masking::masked;
use super::retry_after::retry_after;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::text::Untrusted;

/// Turns a failed `operation` that has `sent` these secrets into its kind. `description` reads OAuth's own description
/// off the typed error.
pub(super) fn classify<E: ProvideErrorMetadata>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    sent: &[&str],
    description: impl Fn(&E) -> Option<&str>,
) -> AwsError {
    let (kind, said) = match error {
        SdkError::ServiceError(service) => {
            let said = description(service.err()).or_else(|| service.err().message());
            (by_answer(service.err().code(), service.raw()), said.unwrap_or_default().to_owned())
        }
        SdkError::ResponseError(response) => (by_broken_answer(response.raw()), String::new()),
        SdkError::TimeoutError(_) => (AwsErrorKind::Unreachable, "timed out".to_owned()),
        SdkError::DispatchFailure(failure) => (AwsErrorKind::Unreachable, dispatch_detail(failure)),
        _ => (AwsErrorKind::Protocol("request"), String::new()),
    };
    AwsError { operation, kind, detail: Untrusted::new(masked(&said, sent)) }
}

/// An answer that says no.
fn by_answer(code: Option<&str>, raw: &HttpResponse) -> AwsErrorKind {
    if is_html(raw) {
        return AwsErrorKind::ServerTrouble;
    }
    let by_code = code.and_then(|code| match code.rsplit('#').next().unwrap_or(code) {
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
        "UnauthorizedException" => Some(AwsErrorKind::SignedOut),
        "ForbiddenException" => Some(AwsErrorKind::Forbidden),
        "ResourceNotFoundException" => Some(AwsErrorKind::NotFound),
        "TooManyRequestsException" | "ThrottlingException" => Some(AwsErrorKind::Throttled(retry_after(raw.headers()))),
        "InternalServerException" => Some(AwsErrorKind::ServerTrouble),
        _ => None,
    });
    by_code.unwrap_or_else(|| by_status(raw))
}

fn by_status(raw: &HttpResponse) -> AwsErrorKind {
    match raw.status().as_u16() {
        401 => AwsErrorKind::SignedOut,
        403 => AwsErrorKind::Forbidden,
        404 => AwsErrorKind::NotFound,
        429 => AwsErrorKind::Throttled(retry_after(raw.headers())),
        500.. => AwsErrorKind::ServerTrouble,
        400..=499 => AwsErrorKind::OtherOauth,
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
