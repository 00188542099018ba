//! Role credentials as an answer brings them, checked before anything else sees them.

use jiff::Timestamp;
use secrecy::SecretString;

use super::errors::protocol;
use crate::domain::aws_error::AwsError;
use crate::domain::credentials::RoleCredentials;
use crate::domain::issued::{AccessKeyId, SecretKey, SessionToken};

/// An expiration before this one, in 1973, was written in seconds instead of milliseconds.
const EARLIEST: i64 = 100_000_000_000;

/// The key triple and its end, in milliseconds, as `operation` answered them.
pub(super) struct Issued {
    pub(super) operation: &'static str,
    pub(super) access_key_id: String,
    pub(super) secret_access_key: SecretString,
    pub(super) session_token: SecretString,
    pub(super) expiration: i64,
}

impl Issued {
    /// The credentials, where all of their parts are such as AWS issues.
    pub(super) fn checked(self) -> Result<RoleCredentials, AwsError> {
        let wrong = |part| move |_| protocol(self.operation, part);
        Ok(RoleCredentials {
            access_key_id: AccessKeyId::parse(self.access_key_id).map_err(wrong("accessKeyId"))?,
            secret_access_key: SecretKey::parse(self.secret_access_key).map_err(wrong("secretAccessKey"))?,
            session_token: SessionToken::parse(self.session_token).map_err(wrong("sessionToken"))?,
            expires_at: moment(self.expiration).ok_or_else(|| protocol(self.operation, "expiration"))?,
        })
    }
}

/// The moment that an expiration in milliseconds names.
fn moment(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millis).ok().filter(|_| millis >= EARLIEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiration_is_a_moment_in_milliseconds_or_none() {
        assert_eq!(moment(1_800_000_000_123), Timestamp::from_millisecond(1_800_000_000_123).ok());
        for nonsense in [0, -1, i64::MIN, i64::MAX, 1_800_000_000, 1_800_000_000_000_000] {
            assert_eq!(moment(nonsense), None, "{nonsense}");
        }
    }
}
