//! How secrets look inside the keyring: versioned JSON, one item a session, one item a target.
//!
//! The schema is spelled out here and converted by hand, so that no secret type is serializable by accident.
//! A record from an older version is migrated as it is read, one from a newer version refused and left alone.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::domain::credentials::{CachedCredentials, RoleCredentials};
use crate::domain::elevation::{Elevation, Reason};
use crate::domain::issued::{AccessKeyId, Malformed, SecretKey, SessionToken};
use crate::domain::session::{ClientRegistration, Flow, SessionRecord, SignedIn};
use crate::domain::target::Target;
use crate::domain::time::{Now, Stamp};

/// The version that is written. Version 1 knew no client registration but the one of its flow.
const VERSION: u32 = 2;

/// Why a record could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not a record, or one that was damaged.
    #[error("the record is damaged")]
    Corrupt,
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
struct RoleWire {
    v: u32,
    target: Target,
    access_key_id: String,
    secret_access_key: Text,
    session_token: Text,
    expires_at: Timestamp,
    obtained: Stamp,
    login_id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    elevation: Option<ElevationWire>,
}

#[derive(Serialize, Deserialize)]
struct ElevationWire {
    id: u64,
    reason: Reason,
    until: Timestamp,
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

/// Reads a session's record.
pub fn decode_session(bytes: &[u8]) -> Result<SessionRecord, Unreadable> {
    match version(bytes)? {
        1 => from_json::<SessionWireV1>(bytes).map(SessionWireV1::migrated),
        _ => from_json::<SessionWire>(bytes).map(|wire| SessionRecord {
            device: wire.device.map(RegistrationWire::into_domain),
            pkce: wire.pkce.map(RegistrationWire::into_domain),
            signed_in: wire.signed_in.map(SignedInWire::into_domain),
            targets: wire.targets,
        }),
    }
}

/// Writes a target's credentials.
pub fn encode_role(cached: &CachedCredentials) -> Zeroizing<Vec<u8>> {
    let wire = RoleWire {
        v: VERSION,
        target: cached.target.clone(),
        access_key_id: cached.credentials.access_key_id.to_string(),
        secret_access_key: Zeroizing::new(cached.credentials.secret_access_key.expose_secret().to_owned()),
        session_token: Zeroizing::new(cached.credentials.session_token.expose_secret().to_owned()),
        expires_at: cached.credentials.expires_at,
        obtained: cached.obtained,
        login_id: cached.login_id,
        elevation: cached.elevation.as_ref().map(|elevation| ElevationWire {
            id: elevation.id,
            reason: elevation.reason.clone(),
            until: elevation.until,
        }),
    };
    to_json(&wire)
}

/// Reads a target's credentials; those of version 1 look as they do now.
pub fn decode_role(bytes: &[u8]) -> Result<CachedCredentials, Unreadable> {
    version(bytes)?;
    let wire = from_json::<RoleWire>(bytes)?;
    let damaged = |_: Malformed| Unreadable::Corrupt;
    Ok(CachedCredentials {
        target: wire.target,
        credentials: RoleCredentials {
            access_key_id: AccessKeyId::parse(wire.access_key_id).map_err(damaged)?,
            secret_access_key: SecretKey::parse(secret(wire.secret_access_key)).map_err(damaged)?,
            session_token: SessionToken::parse(secret(wire.session_token)).map_err(damaged)?,
            expires_at: wire.expires_at,
        },
        obtained: wire.obtained,
        login_id: wire.login_id,
        elevation: wire.elevation.map(|elevation| Elevation {
            id: elevation.id,
            reason: elevation.reason,
            until: elevation.until,
        }),
    })
}

/// The version of a record this daypass can read.
fn version(bytes: &[u8]) -> Result<u32, Unreadable> {
    match from_json::<Envelope>(bytes)?.v {
        0 => Err(Unreadable::Corrupt),
        newer if newer > VERSION => Err(Unreadable::Newer(newer)),
        known => Ok(known),
    }
}

fn from_json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Unreadable> {
    // The parser's error would quote the text.
    serde_json::from_slice(bytes).map_err(|_| Unreadable::Corrupt)
}

fn to_json(wire: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // Large enough for any record, so that no half-written copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    // Writing strings, numbers and times to memory cannot fail; an empty record would read as corrupt.
    if serde_json::to_writer(&mut *bytes, wire).is_err() {
        bytes.clear();
    }
    bytes
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
            obtained: signed_in.obtained,
            expires_at: signed_in.expires_at,
            logged_in: signed_in.logged_in,
            ceiling: signed_in.ceiling,
            refresh_not_before: signed_in.refresh_not_before,
        }
    }

    fn into_domain(self) -> SignedIn {
        SignedIn {
            login_id: self.login_id,
            flow: self.flow,
            access_token: secret(self.access_token),
            refresh_token: self.refresh_token.map(secret),
            obtained: self.obtained,
            expires_at: self.expires_at,
            logged_in: self.logged_in,
            ceiling: self.ceiling,
            refresh_not_before: self.refresh_not_before,
        }
    }
}

impl SessionWireV1 {
    fn migrated(self) -> SessionRecord {
        let obtained = Stamp { at: Now { wall: self.obtained_at, boot: None }, aws_offset: SignedDuration::ZERO };
        let mut record = SessionRecord::default();
        let registration = ClientRegistration {
            client_id: self.registration.client_id,
            client_secret: secret(self.registration.client_secret),
            expires_at: self.registration.expires_at,
            obtained,
        };
        record.set_registration(self.flow, Some(registration));
        record.signed_in = Some(SignedIn {
            login_id: self.login_id,
            flow: self.flow,
            access_token: secret(self.access_token),
            refresh_token: self.refresh_token.map(secret),
            obtained,
            expires_at: self.expires_at,
            logged_in: obtained,
            ceiling: crate::domain::time::later(self.obtained_at, V1_CEILING),
            refresh_not_before: None,
        });
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
        assert_eq!(signed_in.ceiling.to_string(), "2026-11-21T16:00:00Z");
        assert!(record.device.is_some() && record.pkce.is_none());
        let again = decode_session(&encode_session(&record)).unwrap();
        assert_eq!(again.signed_in.unwrap().refresh_token.unwrap().expose_secret(), "r");
    }

    #[test]
    fn a_newer_record_is_refused_as_such() {
        for decode in [|bytes: &[u8]| decode_session(bytes).err(), |bytes: &[u8]| decode_role(bytes).err()] {
            assert_eq!(decode(br#"{"v":9,"anything":[]}"#), Some(Unreadable::Newer(9)));
        }
    }

    #[test]
    fn damage_is_corruption_and_quotes_nothing() {
        for bytes in
            [&b""[..], b"{", b"{}", b"null", b"[1]", br#"{"v":0}"#, br#"{"v":2,"signed_in":{"access_token":"CANARY"}}"#]
        {
            let error = decode_session(bytes).unwrap_err();
            assert_eq!(error, Unreadable::Corrupt);
            assert!(!error.to_string().contains("CANARY"));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode_session(&bytes);
            let _ = decode_role(&bytes);
        }
    }
}
