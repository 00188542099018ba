//! From the SDK's errors to the reasons that decide what happens next.
//!
//! The typed error code decides where there is one, the HTTP status otherwise. A body is never quoted: only
//! the fields that AWS's model names as message or description.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::domain::aws_error::{AwsError, Reason};
use crate::domain::text::Untrusted;

/// Turns a failed `operation` into its reason. `description` reads OAuth's own description off the typed error.
pub(super) fn classify<E: ProvideErrorMetadata>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    description: impl Fn(&E) -> Option<&str>,
) -> AwsError {
    let (reason, detail) = match error {
        SdkError::ServiceError(service) => {
            let detail = description(service.err()).or_else(|| service.err().message());
            (by_answer(service.err().code(), service.raw()), detail.map(Untrusted::new).unwrap_or_default())
        }
        SdkError::ResponseError(response) => (by_broken_answer(response.raw()), Untrusted::default()),
        SdkError::TimeoutError(_) => (Reason::Unreachable, "timed out".into()),
        SdkError::DispatchFailure(failure) => (Reason::Unreachable, dispatch_detail(failure)),
        _ => (Reason::Protocol("request"), Untrusted::default()),
    };
    AwsError { operation, reason, detail }
}

/// An answer that says no.
fn by_answer(code: Option<&str>, raw: &HttpResponse) -> Reason {
    if is_html(raw) {
        return Reason::ServerTrouble;
    }
    let by_code = code.and_then(|code| match code.rsplit('#').next().unwrap_or(code) {
        "AuthorizationPendingException" | "authorization_pending" => Some(Reason::AuthorizationPending),
        "SlowDownException" | "slow_down" => Some(Reason::SlowDown),
        "ExpiredTokenException" | "expired_token" => Some(Reason::CodeExpired),
        "AccessDeniedException" | "access_denied" => Some(Reason::AccessDenied),
        "InvalidClientException" | "invalid_client" => Some(Reason::InvalidClient),
        "InvalidGrantException" | "invalid_grant" => Some(Reason::InvalidGrant),
        "InvalidRequestException"
        | "InvalidScopeException"
        | "InvalidClientMetadataException"
        | "InvalidRedirectUriException"
        | "InvalidRequestRegionException"
        | "UnauthorizedClientException"
        | "UnsupportedGrantTypeException" => Some(Reason::OtherOauth),
        "UnauthorizedException" => Some(Reason::SignedOut),
        "ForbiddenException" => Some(Reason::Forbidden),
        "ResourceNotFoundException" => Some(Reason::NotFound),
        "TooManyRequestsException" | "ThrottlingException" => Some(Reason::Throttled(retry_after(raw))),
        "InternalServerException" => Some(Reason::ServerTrouble),
        _ => None,
    });
    by_code.unwrap_or_else(|| by_status(raw))
}

fn by_status(raw: &HttpResponse) -> Reason {
    match raw.status().as_u16() {
        401 => Reason::SignedOut,
        403 => Reason::Forbidden,
        404 => Reason::NotFound,
        429 => Reason::Throttled(retry_after(raw)),
        500.. => Reason::ServerTrouble,
        400..=499 => Reason::OtherOauth,
        // A success whose body could not be read comes back as an error, too.
        _ => Reason::Protocol("body"),
    }
}

/// An answer that could not be read.
fn by_broken_answer(raw: &HttpResponse) -> Reason {
    match raw.status().as_u16() {
        _ if is_html(raw) => Reason::ServerTrouble,
        200..=299 => Reason::Protocol("body"),
        _ => by_status(raw),
    }
}

/// A page for people comes from a proxy or a load balancer, not from the service.
fn is_html(raw: &HttpResponse) -> bool {
    raw.headers().get("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
}

/// The wait that AWS asks for, in seconds, or in milliseconds in its own header.
fn retry_after(raw: &HttpResponse) -> Option<Duration> {
    let number = |name: &str| raw.headers().get(name).and_then(|value| value.trim().parse::<u64>().ok());
    number("x-amz-retry-after").map(Duration::from_millis).or_else(|| number("retry-after").map(Duration::from_secs))
}

fn dispatch_detail(failure: &aws_smithy_runtime_api::client::result::DispatchFailure) -> Untrusted {
    // The innermost cause is the one that says what happened ("connection refused"), and holds no URL.
    let mut cause = failure.as_connector_error().and_then(std::error::Error::source);
    let mut said = String::new();
    while let Some(error) = cause {
        said = error.to_string();
        cause = error.source();
    }
    Untrusted::new(said)
}

/// The error for an answer that lacks something or says nonsense.
pub(super) fn protocol(operation: &'static str, part: &'static str) -> AwsError {
    AwsError { operation, reason: Reason::Protocol(part), detail: Untrusted::default() }
}
