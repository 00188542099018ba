//! What AWS can answer instead of what was asked, in the terms that decide what to do about it.

use std::fmt;
use std::time::Duration;

use super::text::Untrusted;
use crate::error::{Error, Kind};

/// An AWS call that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation} {}", describe(reason, detail))]
pub struct AwsError {
    /// The API's name for the call.
    pub operation: &'static str,
    /// Why, as far as it decides what happens next.
    pub reason: Reason,
    /// AWS's own words from the fields its model gives them; never a raw body.
    pub detail: Untrusted,
}

/// Why an AWS call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
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
    /// 401: the access token is no longer good. Nothing else means signed out.
    SignedOut,
    /// 403: the role is not assigned.
    Forbidden,
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

impl Reason {
    /// Whether trying again may help.
    pub fn is_passing(self) -> bool {
        matches!(self, Reason::Throttled(_) | Reason::ServerTrouble | Reason::Unreachable)
    }
}

fn describe(reason: &Reason, detail: &Untrusted) -> String {
    let said = match reason {
        Reason::AuthorizationPending => "is still waiting for the confirmation",
        Reason::SlowDown => "was asked too often",
        Reason::CodeExpired => "answered that the code has expired",
        Reason::AccessDenied => "answered that access was denied",
        Reason::InvalidClient => "does not know this client registration",
        Reason::InvalidGrant => "does not accept the grant",
        Reason::OtherOauth => "was refused",
        Reason::SignedOut => "answered that the session has ended",
        Reason::Forbidden => "answered that access is forbidden",
        Reason::NotFound => "found nothing by that name",
        Reason::Throttled(_) => "was throttled",
        Reason::ServerTrouble => "met trouble on the server's side",
        Reason::Unreachable => "got no answer",
        Reason::Protocol(part) => return format!("gave an answer that makes no sense ({part})"),
        Reason::Misconfigured => "could not be asked",
    };
    if detail.raw().is_empty() { said.to_owned() } else { format!("{said} ({detail})") }
}

impl From<AwsError> for Error {
    fn from(error: AwsError) -> Error {
        let (kind, message, hint) = match error.reason {
            Reason::SignedOut | Reason::InvalidGrant => {
                (Kind::LoginNeeded, "the SSO session has ended", "daypass login")
            }
            Reason::CodeExpired => (Kind::LoginNeeded, "the sign-in was not confirmed in time", "daypass login"),
            Reason::AccessDenied => (Kind::Denied, "the sign-in was declined", "daypass login"),
            Reason::Forbidden => {
                (Kind::Denied, "the role is not assigned to you", "daypass roles --refresh   shows what is")
            }
            Reason::NotFound => {
                (Kind::Denied, "no such account or role", "daypass roles --refresh   shows what there is")
            }
            Reason::Throttled(_) => (
                Kind::Unavailable,
                "AWS is throttling requests",
                "try again in a minute; cached credentials stay usable",
            ),
            Reason::ServerTrouble => {
                (Kind::Unavailable, "AWS answers with errors", "try again; cached credentials stay usable")
            }
            Reason::Unreachable => (
                Kind::Unavailable,
                "AWS cannot be reached",
                "check the network, HTTPS_PROXY and the region; cached credentials stay usable",
            ),
            Reason::Protocol(_) => (
                Kind::Failed,
                "AWS gave an answer that makes no sense",
                "check the region and any AWS_ENDPOINT_URL variables",
            ),
            Reason::Misconfigured => (
                Kind::Usage,
                "AWS cannot be asked with this environment",
                "AWS_CA_BUNDLE must name a readable PEM file",
            ),
            Reason::InvalidClient | Reason::OtherOauth | Reason::AuthorizationPending | Reason::SlowDown => {
                (Kind::Failed, "the sign-in was refused", "daypass login")
            }
        };
        Error::new(kind, message).because(error).hint(hint)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&describe(self, &Untrusted::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_401_or_a_spent_grant_asks_for_a_login() {
        let asks = |reason| {
            let error = AwsError { operation: "ListAccounts", reason, detail: Untrusted::default() };
            Error::from(error).kind() == Kind::LoginNeeded
        };
        assert!(asks(Reason::SignedOut));
        assert!(asks(Reason::InvalidGrant));
        for reason in [
            Reason::Throttled(None),
            Reason::Forbidden,
            Reason::ServerTrouble,
            Reason::Unreachable,
            Reason::NotFound,
            Reason::Protocol("body"),
        ] {
            assert!(!asks(reason), "{reason:?}");
        }
    }

    #[test]
    fn what_aws_says_is_made_safe() {
        let error = AwsError { operation: "CreateToken", reason: Reason::OtherOauth, detail: "\u{1b}]0;x\u{7}".into() };
        assert!(!Error::from(error).report().contains('\u{1b}'));
    }
}
