//! A signed-in SSO session: client registrations and tokens, as they are kept in the keyring.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::target::Target;
use super::time::{Lifespan, Now, Stamp};

/// How a sign-in is authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// Device authorization (RFC 8628): a code is confirmed in any browser, on any machine.
    #[default]
    Device,
    /// Authorization code with PKCE (RFC 7636): a browser on this machine comes back by itself.
    Pkce,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flow::Device => "device",
            Flow::Pkce => "pkce",
        })
    }
}

/// What RegisterClient gave.
#[derive(Debug, Clone)]
pub struct ClientRegistration {
    /// The public part.
    pub client_id: String,
    /// The secret part.
    pub client_secret: SecretString,
    /// When AWS forgets the registration (AWS's clock).
    pub expires_at: Timestamp,
    /// When it was made.
    pub obtained: Stamp,
}

impl ClientRegistration {
    /// Whether the registration can still be used, with a minute to spare.
    pub fn is_usable(&self, now: Now) -> bool {
        self.obtained.left_until(self.expires_at, now) > SignedDuration::from_mins(1)
    }
}

/// What CreateToken gave, after its numbers were checked.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The portal's bearer token.
    pub access_token: SecretString,
    /// Single-use; absent where the scopes do not grant one, or where the old one stays in force.
    pub refresh_token: Option<SecretString>,
    /// How long the access token lives.
    pub expires_in: SignedDuration,
}

/// The tokens of a sign-in that succeeded.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// A random number for this sign-in: tells a later sign-in or a logout apart from this one.
    pub login_id: u64,
    /// Which flow, and so which registration, the tokens belong to.
    pub flow: Flow,
    /// The portal's bearer token.
    pub access_token: SecretString,
    /// The refresh token that has not been sent yet.
    pub refresh_token: Option<SecretString>,
    /// From when to when the access token may be used.
    pub token: Lifespan,
    /// From the person's sign-in to our own ceiling; no refresh moves its end.
    pub session: Lifespan,
    /// After a refresh failed: not before this moment again (AWS's clock).
    pub refresh_not_before: Option<Timestamp>,
}

impl SignedIn {
    /// A fresh sign-in at `stamp` that lives at most `max_session`; none where the token has no lifetime.
    pub fn begin(
        login_id: u64,
        flow: Flow,
        token: IssuedToken,
        stamp: Stamp,
        max_session: SignedDuration,
    ) -> Option<Self> {
        Some(SignedIn {
            login_id,
            flow,
            access_token: token.access_token,
            refresh_token: token.refresh_token,
            token: Lifespan::lasting(stamp, token.expires_in)?,
            session: Lifespan::lasting(stamp, max_session)?,
            refresh_not_before: None,
        })
    }

    /// The same sign-in with a refreshed token; the ceiling stays.
    pub fn refreshed(self, token: IssuedToken, stamp: Stamp) -> Option<Self> {
        Some(SignedIn {
            access_token: token.access_token,
            refresh_token: token.refresh_token.or(self.refresh_token),
            token: Lifespan::lasting(stamp, token.expires_in)?,
            refresh_not_before: None,
            ..self
        })
    }

    /// How long until our own ceiling ends the session.
    pub fn ceiling_left(&self, now: Now) -> SignedDuration {
        self.session.left(now)
    }
}

/// Everything the keyring holds of one SSO session.
#[derive(Debug, Clone, Default)]
pub struct SessionRecord {
    /// The registration for device authorization.
    pub device: Option<ClientRegistration>,
    /// The registration for the authorization code flow; it has redirect URIs, so the two are kept apart.
    pub pkce: Option<ClientRegistration>,
    /// The tokens, while signed in.
    pub signed_in: Option<SignedIn>,
    /// The targets whose credentials were kept with this session; so a logout finds them without the index.
    pub targets: BTreeSet<Target>,
}

impl SessionRecord {
    /// The registration that belongs to `flow`.
    pub fn registration(&self, flow: Flow) -> Option<&ClientRegistration> {
        match flow {
            Flow::Device => self.device.as_ref(),
            Flow::Pkce => self.pkce.as_ref(),
        }
    }

    /// Keeps or drops the registration that belongs to `flow`.
    pub fn set_registration(&mut self, flow: Flow, registration: Option<ClientRegistration>) {
        match flow {
            Flow::Device => self.device = registration,
            Flow::Pkce => self.pkce = registration,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Now {
        Now { wall: Timestamp::from_second(second).unwrap(), boot: None, latest_aws_time: None }
    }

    #[test]
    fn a_registration_is_used_up_to_a_minute_before_its_end() {
        let registration = ClientRegistration {
            client_id: "id".into(),
            client_secret: "secret".into(),
            expires_at: at(1000).wall,
            obtained: Stamp { at: at(0), aws_offset: None },
        };
        assert!(registration.is_usable(at(939)));
        assert!(!registration.is_usable(at(940)));
    }

    #[test]
    fn a_refresh_ends_the_pause_after_one_that_failed_and_keeps_a_token_that_stays_in_force() {
        let stamp = Stamp { at: at(0), aws_offset: None };
        let token = |refresh: Option<&str>| IssuedToken {
            access_token: "access".into(),
            refresh_token: refresh.map(Into::into),
            expires_in: SignedDuration::from_hours(1),
        };
        let eight_hours = SignedDuration::from_hours(8);
        let mut signed_in = SignedIn::begin(7, Flow::Pkce, token(Some("one")), stamp, eight_hours).unwrap();
        signed_in.refresh_not_before = Some(at(60).wall);
        let refreshed = signed_in.refreshed(token(None), stamp).unwrap();
        assert_eq!((refreshed.refresh_not_before, refreshed.login_id, refreshed.flow), (None, 7, Flow::Pkce));
        assert!(refreshed.refresh_token.is_some());
    }

    #[test]
    fn debug_shows_no_secret() {
        let now = Now { wall: Timestamp::UNIX_EPOCH, boot: None, latest_aws_time: None };
        let at = Stamp { at: now, aws_offset: None };
        let token = IssuedToken {
            access_token: "CANARY-access".into(),
            refresh_token: Some("CANARY-refresh".into()),
            expires_in: SignedDuration::from_hours(1),
        };
        let registration = ClientRegistration {
            client_id: "id".into(),
            client_secret: "CANARY-client".into(),
            expires_at: Timestamp::UNIX_EPOCH,
            obtained: at,
        };
        let shown_token = format!("{token:?}");
        let signed_in = SignedIn::begin(1, Flow::Device, token, at, SignedDuration::from_hours(8));
        assert!(signed_in.is_some());
        let record = SessionRecord { device: Some(registration), signed_in, ..SessionRecord::default() };
        assert!(!format!("{record:?}{shown_token}").contains("CANARY"));
    }
}
