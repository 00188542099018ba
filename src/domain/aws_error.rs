//! What AWS can answer instead of what was asked, in the terms that decide what to do about it.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

use super::text::Untrusted;
use super::time::left_words;

/// An AWS call that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation} {}", describe(kind, detail))]
pub struct AwsError {
    /// The API's name for the call.
    pub operation: &'static str,
    /// Why, as far as it decides what happens next.
    pub kind: AwsErrorKind,
    /// AWS's own words from the fields its model gives them; never a raw body.
    pub detail: Untrusted,
}

/// Why an AWS call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsErrorKind {
    /// The person has not confirmed the code yet.
    AuthorizationPending,
    /// The same, and polls come too fast.
    SlowDown,
    /// The device code's time is over.
    CodeExpired,
    /// The person, or the organisation, declined.
    AccessDenied,
    /// AWS does not know our client registration any more.
    InvalidClient,
    /// The refresh token or code is spent, revoked or wrong.
    InvalidGrant,
    /// Some other OAuth error; retrying cannot help.
    OtherOauth,
    /// 4xx that nothing else here names: AWS does not take such a request.
    BadRequest,
    /// 401: the access token is no longer good. Nothing else means signed out.
    SignedOut,
    /// 403: the role is not assigned, or may not be assumed.
    Forbidden,
    /// STS does not take the role credentials that the request was signed with: they have expired, or are none.
    CredentialsRefused,
    /// 404: no such account or role.
    NotFound,
    /// 429: too many requests, with the wait AWS asked for, if it did.
    Throttled(Option<Duration>),
    /// 5xx, or an answer from something that is not AWS.
    ServerTrouble,
    /// No connection, or none in time.
    Unreachable,
    /// An answer that makes no sense; says which part.
    Protocol(&'static str),
    /// The call could not even be made as the environment sets it up; the detail says why.
    Misconfigured,
}

impl AwsErrorKind {
    /// Whether trying again may help.
    pub fn is_passing(self) -> bool {
        matches!(self, AwsErrorKind::Throttled(_) | AwsErrorKind::ServerTrouble | AwsErrorKind::Unreachable)
    }
}

fn describe(kind: &AwsErrorKind, detail: &Untrusted) -> String {
    let said = match kind {
        AwsErrorKind::AuthorizationPending => "is still waiting for the confirmation",
        AwsErrorKind::SlowDown => "was asked too often",
        AwsErrorKind::CodeExpired => "answered that the code has expired",
        AwsErrorKind::AccessDenied => "answered that access was denied",
        AwsErrorKind::InvalidClient => "does not know this client registration",
        AwsErrorKind::InvalidGrant => "does not accept the grant",
        AwsErrorKind::OtherOauth | AwsErrorKind::BadRequest => "was refused",
        AwsErrorKind::SignedOut => "answered that the session has ended",
        AwsErrorKind::Forbidden => "answered that access is forbidden",
        AwsErrorKind::CredentialsRefused => "did not accept the role credentials",
        AwsErrorKind::NotFound => "found nothing by that name",
        AwsErrorKind::Throttled(asked) => match asked.and_then(wait_words) {
            Some(wait) => return with_detail(format!("was throttled and asks to wait {wait}"), detail),
            None => "was throttled",
        },
        AwsErrorKind::ServerTrouble => "met trouble on the server's side",
        AwsErrorKind::Unreachable => "got no answer",
        AwsErrorKind::Protocol(part) => {
            return with_detail(format!("gave an answer that makes no sense ({part})"), detail);
        }
        AwsErrorKind::Misconfigured => "could not be asked",
    };
    with_detail(said.to_owned(), detail)
}

fn with_detail(said: String, detail: &Untrusted) -> String {
    if detail.raw().is_empty() { said } else { format!("{said} ({detail})") }
}

/// A wait that AWS asks for, in words; none where it asks for no time at all.
pub(crate) fn wait_words(wait: Duration) -> Option<String> {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    if wait > DAY {
        return Some("more than a day".to_owned());
    }
    let seconds = i64::try_from(wait.as_secs()).unwrap_or_default();
    (seconds > 0).then(|| left_words(SignedDuration::from_secs(seconds)))
}

impl fmt::Display for AwsErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&describe(self, &Untrusted::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_words_unless_it_is_none() {
        let table = [
            (0, None),
            (1, Some("1s")),
            (90, Some("1m 30s")),
            (24 * 3600, Some("24h 00m")),
            (24 * 3600 + 1, Some("more than a day")),
            (u64::MAX, Some("more than a day")),
        ];
        for (seconds, words) in table {
            assert_eq!(wait_words(Duration::from_secs(seconds)).as_deref(), words, "{seconds}");
        }
    }

    #[test]
    fn a_kind_of_error_is_told_as_an_error_without_details_is() {
        let detail = Untrusted::default();
        let error = AwsError { operation: "CreateToken", kind: AwsErrorKind::OtherOauth, detail };
        assert!(error.to_string().contains(&AwsErrorKind::OtherOauth.to_string()), "{error}");
        assert!(!AwsErrorKind::OtherOauth.to_string().is_empty());
    }

    #[test]
    fn what_aws_says_is_made_safe() {
        let error =
            AwsError { operation: "CreateToken", kind: AwsErrorKind::OtherOauth, detail: "\u{1b}]0;x\u{7}".into() };
        assert!(!error.to_string().contains('\u{1b}'), "{error}");
    }
}
