use super::*;
use crate::domain::ids::StartUrl;
use crate::domain::index::Index;
use crate::domain::session::Flow;
use crate::domain::time::{Lifespan, Stamp};

const HOUR: i64 = 3600;

fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

fn at(second: i64) -> Now {
    Now { wall: Timestamp::from_second(1_000_000 + second).unwrap(), boot: None, latest_aws_time: None }
}

fn session(start_url: &str) -> SsoSession {
    let name = SessionName::parse("acme").unwrap();
    SsoSession::new(name, StartUrl::parse(start_url).unwrap(), region("us-east-1"))
}

fn replicas(entries: &[&str]) -> Replicas {
    let entries = entries.iter().map(|entry| Replica::parse(entry).unwrap()).collect();
    [(SessionName::parse("acme").unwrap(), entries)].into_iter().collect()
}

/// The note of a session that was signed in to for `length` seconds from `begun` on, or never.
fn note(sign_in: Option<(i64, i64)>, out_since: Option<i64>) -> SessionNote {
    let session = session("https://acme.awsapps.com/start");
    let mut index = Index::default();
    let note = index.session_mut(&session);
    note.signed_in = sign_in.map(|(begun, length)| {
        let obtained = Stamp { at: at(begun), aws_offset: None };
        let life = Lifespan::lasting(obtained, SignedDuration::from_secs(length)).unwrap();
        SignInNote { login_id: 1, flow: Flow::Device, token: life, session: life, refreshable: true, store: None }
    });
    note.out_since = out_since.map(|second| at(second).wall);
    note.clone()
}

#[test]
fn only_silence_and_trouble_mean_that_a_region_is_out() {
    let answers = [
        AwsErrorKind::AuthorizationPending,
        AwsErrorKind::SlowDown,
        AwsErrorKind::CodeExpired,
        AwsErrorKind::AccessDenied,
        AwsErrorKind::InvalidClient,
        AwsErrorKind::InvalidGrant,
        AwsErrorKind::OtherOauth,
        AwsErrorKind::BadRequest,
        AwsErrorKind::SignedOut,
        AwsErrorKind::Forbidden,
        AwsErrorKind::NotFound,
        AwsErrorKind::Throttled(None),
        AwsErrorKind::Throttled(Some(Duration::from_secs(1))),
        AwsErrorKind::Protocol("expiration"),
        AwsErrorKind::Misconfigured,
    ];
    assert!(!answers.into_iter().any(means_out));
    assert!([AwsErrorKind::Unreachable, AwsErrorKind::ServerTrouble].into_iter().all(means_out));
}

#[test]
fn a_standby_sign_in_serves_while_it_lasts_and_is_no_older_than_the_sessions_own() {
    let own = |begun| Some(note(Some((begun, 8 * HOUR)), None));
    let table = [
        ("made after the own one", own(0), Some((60, 8 * HOUR)), HOUR, true),
        ("made at the same moment", own(60), Some((60, 8 * HOUR)), HOUR, true),
        ("made before the own one", own(61), Some((60, 8 * HOUR)), HOUR, false),
        ("made before one that has expired", Some(note(Some((61, 120)), None)), Some((60, 8 * HOUR)), HOUR, false),
        ("no own one", Some(note(None, None)), Some((60, 8 * HOUR)), HOUR, true),
        ("nothing is noted of the session", None, Some((60, 8 * HOUR)), HOUR, true),
        ("it has expired", own(0), Some((60, HOUR)), 60 + HOUR, false),
        ("nobody is signed in", own(0), None, HOUR, false),
    ];
    for (name, primary, standby, now, expected) in table {
        let standby = note(standby, None);
        assert_eq!(usable(primary.as_ref(), Some(&standby), at(now)).is_some(), expected, "{name}");
    }
    assert!(usable(own(0).as_ref(), None, at(HOUR)).is_none());
}

#[test]
fn a_region_that_was_out_is_left_aside_for_a_minute_or_until_somebody_signs_in() {
    let signed_in = Some((0, 8 * HOUR));
    let table = [
        ("it was never out", signed_in, None, 100, false),
        ("just now", signed_in, Some(100), 100, true),
        ("within the minute", signed_in, Some(100), 159, true),
        ("after the minute", signed_in, Some(100), 160, false),
        ("the clock was set back", signed_in, Some(100), 99, false),
        ("nobody is signed in", None, Some(100), 100 + HOUR, true),
        ("the sign-in has expired", signed_in, Some(100), 9 * HOUR, true),
        ("nobody is signed in, and it was never out", None, None, 100, false),
    ];
    for (name, sign_in, out_since, now, expected) in table {
        assert_eq!(is_left_aside(Some(&note(sign_in, out_since)), at(now)), expected, "{name}");
    }
    assert!(!is_left_aside(None, at(0)));
}

#[test]
fn whoever_is_asked_first_gets_half_of_the_time_and_never_more_than_patience() {
    let [second, patience] = [1, 8].map(Duration::from_secs);
    let table = [(None, patience), (Some(4 * second), 2 * second), (Some(60 * second), patience)];
    for (left, expected) in table {
        assert_eq!(share(left, patience), expected, "{left:?}");
    }
    assert_eq!(share(Some(Duration::ZERO), patience), Duration::ZERO);
}

#[test]
fn a_session_has_one_standby_for_each_replica_in_their_order_each_with_a_key_of_its_own() {
    let own = session("https://ssoins-1a.us-east-1.portal.amazonaws.com");
    let standbys = replicas(&["us-west-2", "us-east-1", "eu-west-1"]).standbys_of(&own);
    let addresses: Vec<_> = standbys.iter().map(|standby| standby.start_url.as_str()).collect();
    let expected = ["us-west-2", "eu-west-1"].map(|region| format!("https://ssoins-1a.{region}.portal.amazonaws.com"));
    assert_eq!(addresses, expected);
    assert!(standbys.iter().all(|standby| standby.name == own.name && standby.scopes == own.scopes));
    assert!(standbys[0].key() != own.key() && standbys[1].key() != own.key() && standbys[0].key() != standbys[1].key());
    let other = SsoSession { name: SessionName::parse("beta").unwrap(), ..own };
    assert_eq!(replicas(&["us-west-2"]).standbys_of(&other), []);
}

#[test]
fn a_portal_under_awsapps_keeps_its_address_unless_the_replicas_own_is_named() {
    let own = session("https://acme.awsapps.com/start");
    let named = "https://ssoins-1a.portal.eu-west-1.app.aws";
    let standbys = replicas(&["eu-west-1", named]).standbys_of(&own);
    let found: Vec<_> = standbys.iter().map(|standby| (standby.region.as_str(), standby.start_url.as_str())).collect();
    assert_eq!(found, [("eu-west-1", own.start_url.as_str()), ("eu-west-1", named)]);
}
