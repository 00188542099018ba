//! What is kept: records in the keyring, and files of the state folder.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use daypass::adapters::store::Secrets;
use daypass::adapters::store::raw::{RawStore, StoreResult};
use daypass::domain::audit::{ChainId, Head, LogKey, TreeHash};
use daypass::domain::catalog::Catalog;
use daypass::domain::ids::{Region, SessionName, StartUrl};
use daypass::domain::index::Index;
use daypass::domain::on_call::SecretUrl;
use daypass::domain::preferences::Preferences;
use daypass::domain::source::Source;
use daypass::domain::sso_session::SsoSession;
use daypass::domain::store_choice::StoreName;
use daypass::domain::uses::{line, uses};
use daypass::ports::SecretStore;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::harness::{Target, check_message, inputs};

/// A role of a session.
pub fn source() -> Source {
    let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
    let session = SsoSession::new(SessionName::parse("acme").unwrap(), start_url, Region::parse("us-east-1").unwrap());
    Source::portal_role(session, "123456789012/Admin".parse().unwrap())
}

/// A keyring.
#[derive(Default)]
pub struct Items(Mutex<HashMap<String, Vec<u8>>>);

impl RawStore for Items {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.0.lock().unwrap().get(item).cloned().map(Zeroizing::new))
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        self.0.lock().unwrap().insert(item.to_owned(), secret.to_vec());
        Ok(())
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        self.0.lock().unwrap().remove(item);
        Ok(())
    }

    fn set_aside(&self, item: &str) -> StoreResult<()> {
        self.delete(item)
    }

    fn name(&self) -> StoreName {
        StoreName::Keychain
    }
}

/// The items that records are read from here.
fn items() -> [String; 6] {
    let (session, role) = (source().session().key(), source().key());
    [
        format!("session/{session}"),
        format!("role/{role}"),
        format!("elevation/{role}"),
        "log/key".to_owned(),
        "log/head".to_owned(),
        "rota/pay".to_owned(),
    ]
}

pub const KEYRING_RECORDS: Target = Target {
    seeds: || {
        let obtained =
            r#""obtained":{"at":{"wall":"2026-11-21T09:00:00Z","boot":{"boot_id":7,"millis":9}},"aws_offset":"PT0S"}"#;
        let credentials = [
            r#"{"v":3,"target":{"account":"123456789012","role":"Admin"},"access_key_id":"ASIAEXAMPLEEXAMPLE00","#,
            r#""secret_access_key":"s","session_token":"t","expires_at":"2026-11-21T10:00:00Z","#,
            obtained,
            r#","ends_at":"2026-11-21T09:30:00Z","login_id":1}"#,
        ];
        let registration =
            format!(r#"{{"client_id":"c","client_secret":"s","expires_at":"2026-12-01T00:00:00Z",{obtained}}}"#);
        let session = format!(r#"{{"v":3,"device":{registration},"pkce":{registration},"targets":[]}}"#);
        let items = Arc::new(Items::default());
        let secrets = Secrets::new(Arc::clone(&items) as Arc<dyn RawStore>);
        let chain = ChainId::new(Timestamp::UNIX_EPOCH, 7);
        secrets.save_log_key(&LogKey { chain, seed: Zeroizing::new([7; 32]) }).unwrap();
        secrets.save_log_head(&Head { chain, size: 3, root: TreeHash::of_line(b"x") }).unwrap();
        let url = SecretUrl::parse("https://c.example/private-1/basic.ics?token=CANARY").unwrap();
        secrets.save_rota_url("pay", &url).unwrap();
        let mut seeds: Vec<Vec<u8>> = items.0.lock().unwrap().values().cloned().collect();
        // A map has no order, and an input is known by its number.
        seeds.sort();
        seeds.extend(inputs(&[
            &credentials.concat(),
            &session,
            r#"{"v":1,"registration":{"client_id":"c","client_secret":"s","expires_at":"2026-12-01T00:00:00Z"},"flow":"device","login_id":7,"access_token":"a","refresh_token":"r","obtained_at":"2026-11-21T08:00:00Z","expires_at":"2026-11-21T09:00:00Z"}"#,
            r#"{"v":9,"anything":[]}"#,
        ]));
        seeds
    },
    check: |bytes| {
        let first = written_again(bytes);
        for (item, written) in &first {
            assert_eq!(written_again(written).get(item), Some(written), "{item} is written as it was read");
        }
    },
};

/// Each record that `bytes` are, as it is written.
fn written_again(bytes: &[u8]) -> HashMap<String, Vec<u8>> {
    let (read, written) = (Arc::new(Items::default()), Arc::new(Items::default()));
    items().iter().for_each(|item| read.save(item, bytes).unwrap());
    let from = Secrets::new(Arc::clone(&read) as Arc<dyn RawStore>);
    let to = Secrets::new(Arc::clone(&written) as Arc<dyn RawStore>);
    let source = source();
    let session = source.session().key();
    fn some<T>(read: daypass::error::Result<Option<T>>) -> Option<T> {
        read.map_err(|error| check_message(&error.to_string())).ok().flatten()
    }
    if let Some(record) = some(from.load_session(&session)) {
        to.save_session(&session, &record).unwrap();
    }
    if let Some(credentials) = some(from.load_credentials(&source)) {
        assert_eq!(credentials.target(), source.target());
        to.save_credentials(&source, &credentials).unwrap();
    }
    if let Some(granted) = some(from.load_elevation(&source.key())) {
        to.save_elevation(&source.key(), &granted).unwrap();
    }
    if let Ok(kept) = from.load_log() {
        kept.key.iter().for_each(|key| to.save_log_key(key).unwrap());
        kept.head.iter().for_each(|head| to.save_log_head(head).unwrap());
    }
    if let Some(url) = some(from.load_rota_url("pay")) {
        to.save_rota_url("pay", &url).unwrap();
    }
    let written = written.0.lock().unwrap();
    written.clone()
}

/// A file of JSON says the same once it is written again.
fn check_json<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) -> Option<T> {
    let read = serde_json::from_slice::<T>(bytes).ok()?;
    let again: T = serde_json::from_slice(&serde_json::to_vec(&read).unwrap()).unwrap();
    assert_eq!(again, read);
    Some(read)
}

pub const INDEX: Target = Target {
    seeds: || {
        let mut index = Index::default();
        index.session_mut(source().session());
        index.note_out(source().session(), Some(Timestamp::UNIX_EPOCH));
        vec![serde_json::to_vec(&index).unwrap(), b"{}".to_vec()]
    },
    check: |bytes| {
        let Some(index) = check_json::<Index>(bytes) else { return };
        drop((index.sessions_in_use(), index.standbys_in_use(&source().session().key())));
        drop(index.source(&source().session().key(), source().target()));
        assert!(index.session(&source().session().key()).is_none_or(|note| !format!("{note:?}").is_empty()));
    },
};

pub const CATALOG: Target = Target {
    seeds: || {
        inputs(&[
            "{}",
            r#"{"listed_at":null,"entries":[]}"#,
            r#"{"listed_at":"2026-11-21T09:00:00Z","entries":[{"account":{"id":"123456789012","name":"prod"},"roles":{"listed":{"names":["Admin"],"at":"2026-11-21T09:00:00Z"}}},{"account":{"id":"111122223333","name":"x","email":"a@b"},"roles":{"failed":{"why":"y","names":[]}}}],"cut_short":true}"#,
        ])
    },
    check: |bytes| {
        let Some(catalog) = check_json::<Catalog>(bytes) else { return };
        let now = Timestamp::from_second(1_795_348_800).unwrap();
        drop((
            catalog.is_stale(now),
            catalog.due(now),
            catalog.resumable_since(now),
            catalog.role_count(),
            catalog.failed_count(),
        ));
    },
};

pub const PREFERENCES: Target = Target {
    seeds: || inputs(&["{}", r#"{"pins":[],"regions":[],"reasons":["restore the ledger"],"view":"list"}"#]),
    check: |bytes| {
        let Some(preferences) = check_json::<Preferences>(bytes) else { return };
        let session = source().session().key();
        drop((preferences.recent_regions(), preferences.region_of(&session, source().target())));
    },
};

pub const USES_LOG: Target = Target {
    seeds: || {
        let one = line(&source().key(), Timestamp::from_second(1_795_348_800).unwrap());
        vec![one.clone().into_bytes(), format!("{one}>17{one}>9 a/b").into_bytes(), b">1 a/b/c\n".to_vec()]
    },
    check: |bytes| {
        for one in uses(bytes) {
            let written = format!(">{} {}/{}\n", one.at.as_second(), one.session, one.target);
            let again: Vec<_> = uses(written.as_bytes()).map(|again| (again.session, again.target, again.at)).collect();
            assert_eq!(again, [(one.session, one.target, one.at)]);
        }
        // A line of ours is counted whatever stands before it.
        let ours = line(&source().key(), Timestamp::UNIX_EPOCH);
        let with_ours = [bytes, ours.as_bytes()].concat();
        assert_eq!(uses(&with_ours).last().map(|last| last.at), Some(Timestamp::UNIX_EPOCH));
    },
};
