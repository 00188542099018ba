//! How secrets look inside the keyring: versioned JSON, one item a session, one for the credentials
//! of each source, one for the elevation of a source that has one, one for the address of a rota's calendar.
//!
//! The schema is spelled out here and converted by hand, so that no secret type is serializable by accident.
//! A record from an older version is migrated as it is read, one from a newer version refused and left alone.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::domain::credentials::{CachedCredentials, RoleCredentials};
use crate::domain::elevation::{ElevationId, GrantedElevation};
use crate::domain::issued::{AccessKeyId, Malformed, SecretKey, SessionToken};
use crate::domain::on_call::SecretUrl;
use crate::domain::session::{ClientRegistration, Flow, SessionRecord, SignedIn};
use crate::domain::source::SourceKey;
use crate::domain::target::Target;
use crate::domain::time::{Lifespan, Now, Stamp, later};
use crate::domain::wiped;

/// The version that is written. Version 1 knew no client registration but the one of its flow; up to version 2
/// credentials did not know when their sign-in ends.
pub(super) const VERSION: u32 = 3;

/// Why a record could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not a record, or one that was damaged.
    #[error("the record is damaged")]
    Damaged,
    /// Written by a newer daypass.
    #[error("the record was written by a newer daypass (schema {0}; this one knows {VERSION})")]
    Newer(u32),
}

/// A text that is wiped when dropped and borrowed from nobody.
type Text = Zeroizing<String>;

#[derive(Deserialize)]
struct Envelope {
    v: u32,
}

#[derive(Serialize, Deserialize)]
struct SessionWire {
    v: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<RegistrationWire>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pkce: Option<RegistrationWire>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed_in: Option<SignedInWire>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    targets: BTreeSet<Target>,
}

#[derive(Serialize, Deserialize)]
struct RegistrationWire {
    client_id: String,
    client_secret: Text,
    expires_at: Timestamp,
    obtained: Stamp,
}

#[derive(Serialize, Deserialize)]
struct SignedInWire {
    login_id: u64,
    flow: Flow,
    access_token: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Text>,
    obtained: Stamp,
    expires_at: Timestamp,
    logged_in: Stamp,
    ceiling: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_not_before: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct CredentialsWire {
    v: u32,
    target: Target,
    access_key_id: String,
    secret_access_key: Text,
    session_token: Text,
    expires_at: Timestamp,
    obtained: Stamp,
    ends_at: Timestamp,
    login_id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    elevation: Option<ElevationId>,
}

#[derive(Serialize, Deserialize)]
struct ElevationWire {
    v: u32,
    source: SourceKey,
    active: GrantedElevation,
}

#[derive(Serialize, Deserialize)]
struct RotaUrlWire {
    v: u32,
    rota: String,
    url: Text,
}

/// What version 1 held of a session: one registration beside the tokens, and no ceiling.
#[derive(Deserialize)]
struct SessionWireV1 {
    registration: RegistrationWireV1,
    flow: Flow,
    login_id: u64,
    access_token: Text,
    #[serde(default)]
    refresh_token: Option<Text>,
    obtained_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct RegistrationWireV1 {
    client_id: String,
    client_secret: Text,
    expires_at: Timestamp,
}

/// The ceiling that version 1 applied to every session.
const V1_CEILING: SignedDuration = SignedDuration::from_hours(8);

/// Writes a session's record.
pub fn encode_session(record: &SessionRecord) -> Zeroizing<Vec<u8>> {
    let wire = SessionWire {
        v: VERSION,
        device: record.device.as_ref().map(RegistrationWire::of),
        pkce: record.pkce.as_ref().map(RegistrationWire::of),
        signed_in: record.signed_in.as_ref().map(SignedInWire::of),
        targets: record.targets.clone(),
    };
    to_json(&wire)
}

/// Reads a session's record. A sign-in that ends before it begins is none.
pub fn decode_session(bytes: &[u8]) -> Result<SessionRecord, Unreadable> {
    match version(bytes)? {
        1 => from_json::<SessionWireV1>(bytes).map(SessionWireV1::migrated),
        _ => from_json::<SessionWire>(bytes).map(|wire| SessionRecord {
            device: wire.device.map(RegistrationWire::into_domain),
            pkce: wire.pkce.map(RegistrationWire::into_domain),
            signed_in: wire.signed_in.and_then(SignedInWire::into_domain),
            targets: wire.targets,
        }),
    }
}

/// Writes a source's credentials.
pub fn encode_credentials(cached: &CachedCredentials) -> Zeroizing<Vec<u8>> {
    let credentials = cached.credentials();
    to_json(&CredentialsWire {
        v: VERSION,
        target: cached.target().clone(),
        access_key_id: credentials.access_key_id.to_string(),
        secret_access_key: Zeroizing::new(credentials.secret_access_key.expose_secret().to_owned()),
        session_token: Zeroizing::new(credentials.session_token.expose_secret().to_owned()),
        expires_at: credentials.expires_at,
        obtained: cached.life().obtained(),
        ends_at: cached.life().ends_at(),
        login_id: cached.login_id(),
        elevation: cached.elevation(),
    })
}

/// Reads a source's credentials. Those of an older version do not know when they are to end, and what ends before
/// it begins is no credential: both read as none and are fetched anew.
pub fn decode_credentials(bytes: &[u8]) -> Result<Option<CachedCredentials>, Unreadable> {
    if version(bytes)? < VERSION {
        return Ok(None);
    }
    let wire = from_json::<CredentialsWire>(bytes)?;
    let damaged = |_: Malformed| Unreadable::Damaged;
    let credentials = RoleCredentials {
        access_key_id: AccessKeyId::parse(wire.access_key_id).map_err(damaged)?,
        secret_access_key: SecretKey::parse(secret(wire.secret_access_key)).map_err(damaged)?,
        session_token: SessionToken::parse(secret(wire.session_token)).map_err(damaged)?,
        expires_at: wire.expires_at,
    };
    let life = Lifespan::new(wire.obtained, wire.ends_at);
    Ok(life.and_then(|life| CachedCredentials::kept(wire.target, credentials, life, wire.login_id, wire.elevation)))
}

/// Writes the elevation of `source`.
pub fn encode_elevation(source: &SourceKey, active: &GrantedElevation) -> Zeroizing<Vec<u8>> {
    to_json(&ElevationWire { v: VERSION, source: source.clone(), active: active.clone() })
}

/// Reads an elevation and the source it is for.
pub fn decode_elevation(bytes: &[u8]) -> Result<Option<(SourceKey, GrantedElevation)>, Unreadable> {
    version(bytes)?;
    from_json::<ElevationWire>(bytes).map(|wire| Some((wire.source, wire.active)))
}

/// Writes the address of the calendar of `rota`.
pub fn encode_rota_url(rota: &str, url: &SecretUrl) -> Zeroizing<Vec<u8>> {
    to_json(&RotaUrlWire { v: VERSION, rota: rota.to_owned(), url: Zeroizing::new(url.expose().to_owned()) })
}

/// Reads the address of a calendar and the rota it is for.
pub fn decode_rota_url(bytes: &[u8]) -> Result<Option<(String, SecretUrl)>, Unreadable> {
    version(bytes)?;
    let wire = from_json::<RotaUrlWire>(bytes)?;
    let url = SecretUrl::parse(&wire.url).map_err(|_| Unreadable::Damaged)?;
    Ok(Some((wire.rota, url)))
}

/// The version of a record this daypass can read.
pub(super) fn version(bytes: &[u8]) -> Result<u32, Unreadable> {
    match from_json::<Envelope>(bytes)?.v {
        0 => Err(Unreadable::Damaged),
        newer if newer > VERSION => Err(Unreadable::Newer(newer)),
        known => Ok(known),
    }
}

pub(super) fn from_json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Unreadable> {
    // The parser's error would quote the text.
    serde_json::from_slice(bytes).map_err(|_| Unreadable::Damaged)
}

pub(super) fn to_json(wire: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // Writing strings, numbers and times to memory cannot fail; an empty record would read as corrupt.
    wiped::to_json(wire).unwrap_or_default()
}

fn text(secret: &SecretString) -> Text {
    Zeroizing::new(secret.expose_secret().to_owned())
}

fn secret(text: Text) -> SecretString {
    SecretString::from(text.as_str())
}

impl RegistrationWire {
    fn of(registration: &ClientRegistration) -> Self {
        RegistrationWire {
            client_id: registration.client_id.clone(),
            client_secret: text(&registration.client_secret),
            expires_at: registration.expires_at,
            obtained: registration.obtained,
        }
    }

    fn into_domain(self) -> ClientRegistration {
        ClientRegistration {
            client_id: self.client_id,
            client_secret: secret(self.client_secret),
            expires_at: self.expires_at,
            obtained: self.obtained,
        }
    }
}

impl SignedInWire {
    fn of(signed_in: &SignedIn) -> Self {
        SignedInWire {
            login_id: signed_in.login_id,
            flow: signed_in.flow,
            access_token: text(&signed_in.access_token),
            refresh_token: signed_in.refresh_token.as_ref().map(text),
            obtained: signed_in.token.obtained(),
            expires_at: signed_in.token.ends_at(),
            logged_in: signed_in.session.obtained(),
            ceiling: signed_in.session.ends_at(),
            refresh_not_before: signed_in.refresh_not_before,
        }
    }

    fn into_domain(self) -> Option<SignedIn> {
        Some(SignedIn {
            login_id: self.login_id,
            flow: self.flow,
            access_token: secret(self.access_token),
            refresh_token: self.refresh_token.map(secret),
            token: Lifespan::new(self.obtained, self.expires_at)?,
            session: Lifespan::new(self.logged_in, self.ceiling)?,
            refresh_not_before: self.refresh_not_before,
        })
    }
}

impl SessionWireV1 {
    fn migrated(self) -> SessionRecord {
        let now = Now { wall: self.obtained_at, boot: None, latest_aws_time: None };
        let obtained = Stamp { at: now, aws_offset: None };
        let mut record = SessionRecord::default();
        let registration = ClientRegistration {
            client_id: self.registration.client_id,
            client_secret: secret(self.registration.client_secret),
            expires_at: self.registration.expires_at,
            obtained,
        };
        record.set_registration(self.flow, Some(registration));
        let signed_in = SignedInWire {
            login_id: self.login_id,
            flow: self.flow,
            access_token: self.access_token,
            refresh_token: self.refresh_token,
            obtained,
            expires_at: self.expires_at,
            logged_in: obtained,
            ceiling: later(self.obtained_at, V1_CEILING),
            refresh_not_before: None,
        };
        record.signed_in = signed_in.into_domain();
        record
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const V1: &str = r#"{"v":1,"registration":{"client_id":"c","client_secret":"s","expires_at":"2026-12-01T00:00:00Z"},
        "flow":"device","login_id":7,"access_token":"a","refresh_token":"r",
        "obtained_at":"2026-11-21T08:00:00Z","expires_at":"2026-11-21T09:00:00Z"}"#;

    #[test]
    fn a_version_one_session_is_migrated() {
        let record = decode_session(V1.as_bytes()).unwrap();
        let signed_in = record.signed_in.clone().unwrap();
        assert_eq!(signed_in.access_token.expose_secret(), "a");
        assert_eq!(signed_in.session.ends_at().to_string(), "2026-11-21T16:00:00Z");
        assert!(record.device.is_some() && record.pkce.is_none());
        let again = decode_session(&encode_session(&record)).unwrap();
        assert_eq!(again.signed_in.unwrap().refresh_token.unwrap().expose_secret(), "r");
    }

    #[test]
    fn a_newer_record_is_refused_as_such() {
        for decode in [
            |bytes: &[u8]| decode_session(bytes).err(),
            |bytes: &[u8]| decode_credentials(bytes).err(),
            |bytes: &[u8]| decode_elevation(bytes).err(),
        ] {
            assert_eq!(decode(br#"{"v":9,"anything":[]}"#), Some(Unreadable::Newer(9)));
        }
    }

    const OBTAINED: &str = r#""obtained":{"at":{"wall":"2026-11-21T09:00:00Z","boot":null},"aws_offset":"PT0S"}"#;

    fn credentials(version: u32, ends_at: &str, expires_at: &str) -> Option<CachedCredentials> {
        let json = format!(
            r#"{{"v":{version},"target":"123456789012/Admin","access_key_id":"ASIAEXAMPLEEXAMPLE00","secret_access_key":"s",
            "session_token":"t","expires_at":"{expires_at}",{OBTAINED},"ends_at":"{ends_at}","login_id":1}}"#
        );
        decode_credentials(
            json.replace("\"123456789012/Admin\"", r#"{"account":"123456789012","role":"Admin"}"#).as_bytes(),
        )
        .unwrap()
    }

    #[test]
    fn credentials_without_a_positive_life_read_as_none() {
        let (before, at, after) = ("2026-11-21T08:59:59Z", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z");
        for (ends_at, expires_at, reads) in [
            (after, after, true),
            (before, after, false),
            (at, after, false),
            (after, before, false),
            (after, "1970-01-20T00:00:00Z", false),
        ] {
            assert_eq!(credentials(3, ends_at, expires_at).is_some(), reads, "{ends_at} {expires_at}");
        }
        assert!(credentials(2, after, after).is_none(), "an older version knows no end of ours");
    }

    #[test]
    fn the_address_of_a_calendar_is_read_as_it_was_written() {
        let url = SecretUrl::parse("https://c.example/private-1/basic.ics?token=CANARY").unwrap();
        let (rota, read) = decode_rota_url(&encode_rota_url("pay", &url)).unwrap().unwrap();
        assert_eq!((rota.as_str(), read.expose()), ("pay", url.expose()));
        for bytes in [&br#"{"v":3,"rota":"pay","url":"http://c.example/CANARY"}"#[..], br#"{"v":3,"rota":"pay"}"#] {
            let error = decode_rota_url(bytes).unwrap_err();
            assert!(error == Unreadable::Damaged && !error.to_string().contains("CANARY"));
        }
    }

    #[test]
    fn damage_is_corruption_and_quotes_nothing() {
        for bytes in
            [&b""[..], b"{", b"{}", b"null", b"[1]", br#"{"v":0}"#, br#"{"v":2,"signed_in":{"access_token":"CANARY"}}"#]
        {
            let error = decode_session(bytes).unwrap_err();
            assert_eq!(error, Unreadable::Damaged);
            assert!(!error.to_string().contains("CANARY"));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode_session(&bytes);
            let _ = decode_credentials(&bytes);
            let _ = decode_elevation(&bytes);
            let _ = decode_rota_url(&bytes);
        }
    }
}
