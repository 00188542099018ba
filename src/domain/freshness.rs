//! What the time left decides: whether the access token is used, refreshed or over, and whether role credentials that
//! are valid are handed out or fetched anew. Which credentials are valid is not decided here.

use jiff::SignedDuration;

use super::credentials::CachedCredentials;
use super::session::{SessionRecord, SignedIn};
use super::time::Now;

/// An access token with less than this left is refreshed.
const TOKEN_MARGIN: SignedDuration = SignedDuration::from_mins(15);
/// Role credentials with less than this left, or than a third of their life, are fetched again. The SDKs
/// come back from 15 minutes before expiry on, so what is handed out has more.
const ROLE_MARGIN: SignedDuration = SignedDuration::from_mins(20);
/// After a refresh failed, the next try waits this long.
pub const REFRESH_PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// What to do about the portal's access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenDecision {
    /// Use it as it is.
    Use,
    /// Refresh it; `still_valid` tells whether the old one may serve should that fail.
    Refresh {
        /// Whether the old token is still good.
        still_valid: bool,
    },
    /// A person must sign in.
    LoginNeeded,
}

/// Decides about the access token of `record` at `now`.
pub fn decide_token(record: &SessionRecord, now: Now) -> TokenDecision {
    let Some(signed_in) = &record.signed_in else {
        return TokenDecision::LoginNeeded;
    };
    if signed_in.ceiling_left(now).is_zero() {
        return TokenDecision::LoginNeeded;
    }
    let left = signed_in.token.left(now);
    // A token that outlives our ceiling gains nothing from a refresh.
    if left > TOKEN_MARGIN || left >= signed_in.ceiling_left(now) {
        return TokenDecision::Use;
    }
    if is_refreshable(record, signed_in, now) {
        return TokenDecision::Refresh { still_valid: !left.is_zero() };
    }
    if left.is_zero() { TokenDecision::LoginNeeded } else { TokenDecision::Use }
}

/// Whether a refresh can be tried now: an unsent refresh token, a live registration, no recent failure.
fn is_refreshable(record: &SessionRecord, signed_in: &SignedIn, now: Now) -> bool {
    let registered = record.registration(signed_in.flow).is_some_and(|registration| registration.is_usable(now));
    let paused = signed_in.refresh_not_before.is_some_and(|until| signed_in.token.obtained().aws_time(now) < until);
    signed_in.refresh_token.is_some() && registered && !paused
}

/// Whether role credentials can be handed out at `now` without fetching new ones first.
pub fn is_fresh(cached: &CachedCredentials, now: Now) -> bool {
    let life = cached.life();
    let left = life.left(now);
    let margin = ROLE_MARGIN.min(life.total() / 3);
    // Where an end of ours comes before AWS's, new credentials would end at the same moment.
    let ours_ends_first = life.ends_at() < cached.credentials().expires_at;
    left > margin || (ours_ends_first && !left.is_zero())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::credentials::{Issue, RoleCredentials};
    use crate::domain::issued::{AccessKeyId, SecretKey, SessionToken};
    use crate::domain::session::{ClientRegistration, Flow, IssuedToken};
    use crate::domain::time::{BootReading, Stamp};

    /// Both clocks, `seconds` after the beginning.
    fn after(seconds: i64) -> Now {
        Now {
            wall: Timestamp::from_second(1_000_000 + seconds).unwrap(),
            boot: Some(BootReading { boot_id: 1, millis: u64::try_from(seconds).unwrap() * 1000 }),
            latest_aws_time: None,
        }
    }

    fn start() -> Stamp {
        Stamp { at: after(0), aws_offset: None }
    }

    struct Given {
        token: i64,
        ceiling: i64,
        registration: i64,
        refreshable: bool,
        paused_until: Option<i64>,
    }

    impl Given {
        fn record(&self) -> SessionRecord {
            let token = IssuedToken {
                access_token: "a".into(),
                refresh_token: self.refreshable.then(|| "r".into()),
                expires_in: SignedDuration::from_secs(self.token),
            };
            let ceiling = SignedDuration::from_secs(self.ceiling);
            let mut signed_in = SignedIn::begin(1, Flow::Device, token, start(), ceiling).unwrap();
            signed_in.refresh_not_before = self.paused_until.map(|seconds| after(seconds).wall);
            let registration = ClientRegistration {
                client_id: "c".into(),
                client_secret: "s".into(),
                expires_at: after(self.registration).wall,
                obtained: start(),
            };
            SessionRecord { device: Some(registration), signed_in: Some(signed_in), ..SessionRecord::default() }
        }
    }

    const HOUR: i64 = 3600;
    const USUAL: Given =
        Given { token: HOUR, ceiling: 8 * HOUR, registration: 90 * 24 * HOUR, refreshable: true, paused_until: None };

    #[test]
    fn tokens_are_refreshed_from_fifteen_minutes_before_their_end() {
        use TokenDecision::{LoginNeeded, Refresh, Use};
        let quarter = 15 * 60;
        let table = [
            ("15:01 left", USUAL, HOUR - quarter - 1, Use),
            ("15:00 left", USUAL, HOUR - quarter, Refresh { still_valid: true }),
            ("14:59 left", USUAL, HOUR - quarter + 1, Refresh { still_valid: true }),
            ("expired", USUAL, HOUR, Refresh { still_valid: false }),
            ("not refreshable, valid", Given { refreshable: false, ..USUAL }, HOUR - 1, Use),
            ("not refreshable, expired", Given { refreshable: false, ..USUAL }, HOUR, LoginNeeded),
            ("registration over, valid", Given { registration: 60, ..USUAL }, HOUR - 1, Use),
            ("registration over, expired", Given { registration: 60, ..USUAL }, HOUR, LoginNeeded),
            ("failed just now", Given { paused_until: Some(HOUR - 30), ..USUAL }, HOUR - 60, Use),
            (
                "failed a while ago",
                Given { paused_until: Some(HOUR - 60), ..USUAL },
                HOUR - 30,
                Refresh { still_valid: true },
            ),
            (
                "the pause is over",
                Given { paused_until: Some(HOUR - 60), ..USUAL },
                HOUR - 60,
                Refresh { still_valid: true },
            ),
            ("failed just now, expired", Given { paused_until: Some(HOUR + 9), ..USUAL }, HOUR, LoginNeeded),
            ("our ceiling comes first", Given { token: HOUR, ceiling: HOUR / 2, ..USUAL }, HOUR / 2 - 1, Use),
            ("past our ceiling", Given { token: HOUR, ceiling: HOUR / 2, ..USUAL }, HOUR / 2, LoginNeeded),
        ];
        for (name, given, seconds, expected) in table {
            assert_eq!(decide_token(&given.record(), after(seconds)), expected, "{name}");
        }
    }

    #[test]
    fn no_refresh_extends_our_ceiling() {
        let record = USUAL.record();
        let mut signed_in = record.signed_in.clone().unwrap();
        for hour in 1..20 {
            let stamp = Stamp { at: after(hour * HOUR), aws_offset: None };
            let token = IssuedToken {
                access_token: "a".into(),
                refresh_token: Some("r".into()),
                expires_in: SignedDuration::from_hours(1),
            };
            signed_in = signed_in.refreshed(token, stamp).unwrap();
        }
        let record = SessionRecord { signed_in: Some(signed_in), ..record };
        assert_eq!(decide_token(&record, after(8 * HOUR)), TokenDecision::LoginNeeded);
        assert_eq!(decide_token(&record, after(20 * HOUR)), TokenDecision::LoginNeeded);
    }

    #[test]
    fn a_clock_that_steps_back_keeps_nothing_alive() {
        let stepped_back = Now { wall: after(0).wall, ..after(2 * HOUR) };
        assert_eq!(decide_token(&USUAL.record(), stepped_back), TokenDecision::Refresh { still_valid: false });
        assert!(!is_fresh(&cached(HOUR, None), stepped_back));
    }

    /// Credentials that AWS gave for `lifetime` seconds and we hand out for `ours`.
    fn cached(lifetime: i64, ours: Option<i64>) -> CachedCredentials {
        let credentials = RoleCredentials {
            access_key_id: AccessKeyId::parse("ASIAEXAMPLEEXAMPLE00").unwrap(),
            secret_access_key: SecretKey::parse("s").unwrap(),
            session_token: SessionToken::parse("t").unwrap(),
            expires_at: after(lifetime).wall,
        };
        let session_ends_at = after(ours.unwrap_or(24 * HOUR)).wall;
        let issue = Issue { obtained: start(), login_id: 1, session_ends_at, elevation: None };
        CachedCredentials::new("123456789012/Admin".parse().unwrap(), credentials, issue).unwrap()
    }

    #[test]
    fn role_credentials_are_renewed_before_the_sdks_come_back() {
        let minute = 60;
        let table = [
            ("an hour, 20:01 left", cached(HOUR, None), 40 * minute - 1, true),
            ("an hour, 20:00 left", cached(HOUR, None), 40 * minute, false),
            ("an hour, 19:59 left", cached(HOUR, None), 40 * minute + 1, false),
            ("15 minutes, 6 left", cached(15 * minute, None), 9 * minute, true),
            ("15 minutes, 4 left", cached(15 * minute, None), 11 * minute, false),
            ("twelve hours, 20:01 left", cached(12 * HOUR, None), 12 * HOUR - 20 * minute - 1, true),
            ("expired", cached(HOUR, None), HOUR, false),
            ("our end first, a minute left", cached(HOUR, Some(HOUR / 2)), HOUR / 2 - 60, true),
            ("our end passed", cached(HOUR, Some(HOUR / 2)), HOUR / 2, false),
        ];
        for (name, cached, seconds, expected) in table {
            assert_eq!(is_fresh(&cached, after(seconds)), expected, "{name}");
        }
    }

    #[test]
    fn what_ends_before_it_begins_does_not_exist() {
        let credentials = RoleCredentials {
            access_key_id: AccessKeyId::parse("ASIAEXAMPLEEXAMPLE00").unwrap(),
            secret_access_key: SecretKey::parse("s").unwrap(),
            session_token: SessionToken::parse("t").unwrap(),
            expires_at: after(HOUR).wall,
        };
        let make = |obtained: Stamp, ceiling: i64| {
            let issue = Issue { obtained, login_id: 1, session_ends_at: after(ceiling).wall, elevation: None };
            CachedCredentials::new("123456789012/Admin".parse().unwrap(), credentials.clone(), issue)
        };
        // Our clock is an hour slow, or two hours fast, and AWS's answer said so.
        let offset = |hours| Stamp { at: after(0), aws_offset: Some(SignedDuration::from_hours(hours)) };
        assert!(make(offset(1), 8 * HOUR).is_none());
        assert!(make(offset(0), 0).is_none());
        assert_eq!(make(offset(-2), 8 * HOUR).unwrap().life().total(), SignedDuration::from_hours(3));
        assert_eq!(make(offset(0), HOUR / 2).unwrap().life().total(), SignedDuration::from_mins(30));
    }

    #[test]
    fn nine_hours_of_sleep_end_everything() {
        assert_eq!(decide_token(&USUAL.record(), after(9 * HOUR)), TokenDecision::LoginNeeded);
        assert!(!is_fresh(&cached(HOUR, None), after(9 * HOUR)));
    }
}
