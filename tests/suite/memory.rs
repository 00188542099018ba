//! What is left in memory once our own code is through with a secret: nothing whole.

use daypass::adapters::store::{Interaction, Secrets, StorePaths, open};
use daypass::domain::credentials::{CachedCredentials, Issue, RoleCredentials};
use daypass::domain::handout::{Format, process, render, variables};
use daypass::domain::ids::{Region, SessionName, StartUrl};
use daypass::domain::issued::{AccessKeyId, SecretKey, SessionToken};
use daypass::domain::session::{ClientRegistration, Flow, IssuedToken, SessionRecord, SignedIn};
use daypass::domain::source::Source;
use daypass::domain::sso_session::SsoSession;
use daypass::domain::store_choice::{StoreChoice, StoreName};
use daypass::domain::target::Target;
use daypass::domain::time::{Now, Stamp};
use daypass::environment::Environment;
use daypass::ports::SecretStore;
use jiff::SignedDuration;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::own_memory::Masked;

/// A secret of `length` bytes that begins with the canary.
fn secret(canary: &Masked, length: usize) -> SecretString {
    let canary = canary.reveal();
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str(std::str::from_utf8(&canary).unwrap());
    text.extend(std::iter::repeat_n('x', length - canary.len()));
    SecretString::from(text.as_str())
}

fn stamp() -> Stamp {
    let now = Now { wall: "2026-11-21T09:00:00Z".parse().unwrap(), boot: None, latest_aws_time: None };
    Stamp { at: now, aws_offset: None }
}

fn session() -> SsoSession {
    SsoSession::new(
        SessionName::parse("acme").unwrap(),
        StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
        Region::parse("us-east-1").unwrap(),
    )
}

fn target(number: usize) -> Target {
    format!("1{number:011}/Developer").parse().unwrap()
}

fn credentials(canary: &Masked) -> CachedCredentials {
    let ends_at = stamp().at.wall + SignedDuration::from_hours(1);
    let credentials = RoleCredentials {
        access_key_id: AccessKeyId::parse("ASIAEXAMPLEEXAMPLE00").unwrap(),
        secret_access_key: SecretKey::parse(secret(canary, 40)).unwrap(),
        session_token: SessionToken::parse(secret(canary, 4096)).unwrap(),
        expires_at: ends_at,
    };
    let issue = Issue { obtained: stamp(), login_id: 1, session_ends_at: ends_at, elevation: None };
    CachedCredentials::new(target(1), credentials, issue).unwrap()
}

fn record(canary: &Masked) -> SessionRecord {
    let token = IssuedToken {
        access_token: secret(canary, 2000),
        refresh_token: Some(secret(canary, 2000)),
        expires_in: SignedDuration::from_hours(1),
    };
    let registration = ClientRegistration {
        client_id: "client".into(),
        client_secret: secret(canary, 3000),
        expires_at: stamp().at.wall + SignedDuration::from_hours(24),
        obtained: stamp(),
    };
    SessionRecord {
        device: Some(registration.clone()),
        pkce: Some(registration),
        signed_in: SignedIn::begin(1, Flow::Device, token, stamp(), SignedDuration::from_hours(8)),
        // More than any buffer has room for at first.
        targets: (0..2_000).map(target).collect(),
    }
}

/// Leaves holes of all sizes between blocks that stay: a buffer that grows has to move out of its hole, and what it
/// leaves there is found.
fn holes() -> Vec<Vec<u8>> {
    let blocks: Vec<Vec<u8>> = (0..4_000).map(|number| vec![1; 128 << (number / 2 % 10)]).collect();
    blocks.into_iter().enumerate().filter(|(number, _)| number % 2 == 0).map(|(_, block)| block).collect()
}

#[test]
fn no_whole_secret_is_left_behind_by_keeping_loading_and_handing_out() {
    let canary = Masked::random(24);
    let mut search = canary.search();
    let holes = holes();
    let folder = tempfile::tempdir().unwrap();
    let paths = StorePaths::of(folder.path(), &Environment::default());
    let store = Secrets::new(open(StoreChoice::Only(StoreName::Memory), &paths, Interaction::Forbidden).unwrap());
    let source = Source::portal_role(session(), target(1));

    store.save_credentials(&source, &credentials(&canary)).unwrap();
    store.save_session(&session().key(), &record(&canary)).unwrap();
    let loaded = store.load_credentials(&source).unwrap().unwrap();
    drop(store.load_session(&session().key()).unwrap().unwrap());
    let region = session().region;
    drop(process(&loaded));
    for format in [Format::Env, Format::Fish, Format::PowerShell, Format::Json] {
        drop(render(&loaded, &region, format));
    }
    drop(variables(&loaded, &region));
    assert!(!search.finds().is_empty(), "the search does not find what is there");

    drop(loaded);
    store.delete_credentials(&source.key()).unwrap();
    store.delete_session(&session().key()).unwrap();
    drop(store);
    assert_eq!(search.finds(), Vec::<String>::new());
    drop(holes);
}
