//! The client against a fake service that misbehaves, and against a real one.

use std::time::{Duration, Instant};

use super::address::Address;
use super::*;
use crate::adapters::store::memory::Memory;
use crate::adapters::store::raw::StoreError;

#[path = "../../../../tests/support/fake_secret_service.rs"]
mod fake;

use fake::{Behaviour, FakeSecretService};

/// Long enough for a busy machine to answer, and for a silent service short enough to wait for.
const PATIENCE: Patience = Patience { service: Duration::from_secs(20), person: Duration::from_secs(20) };
const IMPATIENCE: Patience = Patience { service: Duration::from_millis(150), person: Duration::from_millis(150) };

fn client_of(fake: &FakeSecretService, interaction: Interaction, patience: Patience) -> Keyring {
    let client = Client::new(vec![Address::Path(fake.socket())], interaction, patience);
    keyring(client, Memory::default())
}

fn start(behaviour: Behaviour) -> (FakeSecretService, Keyring) {
    let fake = FakeSecretService::start(Behaviour::Good);
    fake.put(&[("service", "daypass"), ("username", "there")], b"canary");
    fake.behave(behaviour);
    let store = client_of(&fake, Interaction::Allowed, PATIENCE);
    (fake, store)
}

#[test]
fn what_is_saved_is_loaded_and_deleted() {
    let (fake, store) = start(Behaviour::Good);
    assert!(store.load("a").unwrap().is_none());
    for secret in [&b""[..], b"one", &[0; 2_561], &[0xa5; 20_000], &vec![7; 5 << 20]] {
        store.save("a", secret).unwrap();
        assert_eq!(store.load("a").unwrap().unwrap().as_slice(), secret);
    }
    let item = fake.items().into_iter().find(|item| item.attributes["username"] == "a").unwrap();
    assert_eq!(item.label, "daypass: a");
    assert_eq!(item.attributes["service"], "daypass");
    store.delete("a").unwrap();
    store.delete("a").unwrap();
    assert!(store.load("a").unwrap().is_none());
    assert_eq!(fake.items().len(), 1, "other items stay");
}

#[test]
fn a_read_sends_all_it_can_ahead() {
    let (fake, store) = start(Behaviour::Good);
    store.load("there").unwrap();
    assert_eq!(fake.calls(), ["Hello", "OpenSession", "SearchItems", "GetSecret"]);
}

#[test]
fn a_save_leaves_one_item_where_there_were_doubles() {
    let (fake, store) = start(Behaviour::Good);
    fake.put(&[("service", "daypass"), ("username", "there"), ("target", "elsewhere")], b"stale");
    store.save("there", b"new").unwrap();
    assert_eq!(fake.items().len(), 1);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"new");
}

#[test]
fn a_locked_keyring_is_unlocked_by_its_prompt() {
    let (fake, store) = start(Behaviour::Locked);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
    fake.behave(Behaviour::Locked);
    store.save("there", b"new").unwrap();
    fake.behave(Behaviour::Locked);
    store.delete("there").unwrap();
    assert_eq!((fake.prompts(), fake.items().len()), (3, 0));
}

#[test]
fn a_helper_process_never_prompts() {
    let (fake, _) = start(Behaviour::Locked);
    let store = client_of(&fake, Interaction::Forbidden, PATIENCE);
    assert!(matches!(store.load("there"), Err(StoreError::Locked)));
    assert!(matches!(store.save("there", b"new"), Err(StoreError::Locked)));
    assert!(matches!(store.delete("there"), Err(StoreError::Locked)));
    assert!(!fake.calls().iter().any(|call| call == "Unlock" || call == "Prompt"));
    fake.behave(Behaviour::NoCollection);
    assert!(matches!(store.save("there", b"new"), Err(StoreError::Failed(_))));
    assert_eq!(fake.prompts(), 0);
}

#[test]
fn a_dismissed_prompt_is_not_shown_again() {
    let (fake, store) = start(Behaviour::PromptDismissed);
    for _ in 0..3 {
        assert!(matches!(store.load("there"), Err(StoreError::Declined)));
        assert!(matches!(store.save("there", b"new"), Err(StoreError::Declined)));
    }
    assert_eq!(fake.prompts(), 1);
}

#[test]
fn an_ignored_prompt_is_taken_down_at_the_deadline() {
    let (fake, _) = start(Behaviour::PromptIgnored);
    let patience = Patience { person: IMPATIENCE.person, ..PATIENCE };
    let store = client_of(&fake, Interaction::Allowed, patience);
    assert!(matches!(store.load("there"), Err(StoreError::Silent(_))));
    assert_eq!(fake.calls().last().map(String::as_str), Some("Dismiss"));
}

#[test]
fn a_missing_default_collection_is_made_with_a_prompt() {
    let (fake, store) = start(Behaviour::NoCollection);
    store.save("a", b"one").unwrap();
    assert_eq!((fake.prompts(), fake.items().len()), (1, 2));
}

#[test]
fn a_silent_service_or_bus_is_an_error_at_the_deadline() {
    for behaviour in [Behaviour::Silent, Behaviour::BusSilent] {
        let (fake, _) = start(behaviour);
        let store = client_of(&fake, Interaction::Forbidden, IMPATIENCE);
        let started = Instant::now();
        assert!(matches!(store.load("there"), Err(StoreError::Silent(_))), "{behaviour:?}");
        assert!(matches!(store.save("there", b"new"), Err(StoreError::Silent(_))), "{behaviour:?}");
        assert!(started.elapsed() >= 2 * IMPATIENCE.service, "{behaviour:?}");
    }
}

#[test]
fn a_service_that_dies_in_mid_call_is_an_error_and_the_next_call_recovers() {
    for behaviour in [Behaviour::DiesInMidCall, Behaviour::DaemonDiesInMidCall, Behaviour::Garbage] {
        let (fake, store) = start(behaviour);
        assert!(matches!(store.load("there"), Err(StoreError::Failed(_))), "{behaviour:?}");
        assert!(matches!(store.save("there", b"new"), Err(StoreError::Failed(_))), "{behaviour:?}");
        fake.behave(Behaviour::Good);
        assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary", "{behaviour:?}");
    }
}

#[test]
fn where_no_service_or_bus_is_the_store_is_absent() {
    let (_fake, store) = start(Behaviour::NoService);
    assert!(matches!(store.load("there"), Err(StoreError::Absent(_))));
    let folder = tempfile::tempdir().unwrap();
    let stale = folder.path().join("stale");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    let nowhere = [vec![], vec![Address::Path("/nonexistent/bus".into())], vec![Address::Path(stale)]];
    for addresses in nowhere {
        let client = Client::new(addresses, Interaction::Forbidden, PATIENCE);
        let store = keyring(client, Memory::default());
        assert!(matches!(store.load("there"), Err(StoreError::Absent(_))));
    }
}

#[test]
fn a_bus_that_refuses_us_is_not_an_absent_one() {
    let (_fake, store) = start(Behaviour::BusRefuses);
    assert!(matches!(store.load("there"), Err(StoreError::Failed(_))));
}

#[test]
fn a_service_without_plain_sessions_is_left_to_the_encrypted_client() {
    let (fake, store) = start(Behaviour::EncryptedOnly);
    store.save("a", b"one").unwrap();
    assert_eq!(store.load("a").unwrap(), None, "a search that finds nothing needs no session");
    assert_eq!(store.load("there").unwrap(), None, "the encrypted client was asked instead");
    store.save("there", b"sealed").unwrap();
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"sealed");
    assert_eq!(fake.items().len(), 1);
}

#[test]
fn errors_carry_no_bytes_of_a_secret() {
    for behaviour in [Behaviour::Indiscreet, Behaviour::Garbage] {
        let (_fake, store) = start(behaviour);
        for error in [store.save("a", b"canary").unwrap_err(), store.load("there").unwrap_err()] {
            let shown = format!("{error} {error:?}") + &crate::error::Error::from(error).report();
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}

const REAL: &str = "a real Secret Service must be unlocked on the session bus";

/// Needs a session bus of its own: the items it leaves are deleted again, but they are real.
#[test]
#[ignore = "needs gnome-keyring: run under dbus-run-session, see .ci/run"]
fn a_real_service_keeps_secrets_of_every_size() {
    let store = store(Interaction::Forbidden);
    assert!(store.load("test/absent").expect(REAL).is_none());
    for length in [0, 1, 2_561, 20_000, 1 << 20] {
        let secret: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        store.save("test/size", &secret).expect(REAL);
        assert_eq!(store.load("test/size").unwrap().unwrap().as_slice(), secret, "{length}");
    }
    store.delete("test/size").unwrap();
    store.delete("test/size").unwrap();
    assert!(store.load("test/size").unwrap().is_none());
}

#[test]
#[ignore = "needs gnome-keyring: run under dbus-run-session, see .ci/run"]
fn a_real_service_shares_items_with_the_keyring_crate() {
    let (ours, stock) = (store(Interaction::Forbidden), Stock::new(Limits::default(), NAME, PATIENCE.service));
    let secret = vec![0xa5; 20_000];
    ours.save("test/shared", b"old").expect(REAL);
    ours.save("test/shared", &secret).unwrap();
    assert_eq!(stock.load("test/shared").unwrap().unwrap().as_slice(), secret);
    stock.save("test/shared", b"from there").unwrap();
    assert_eq!(ours.load("test/shared").unwrap().unwrap().as_slice(), b"from there");
    ours.delete("test/shared").unwrap();
    assert!(stock.load("test/shared").unwrap().is_none());
    stock.save("test/shared", b"theirs").unwrap();
    ours.save("test/shared", b"ours").unwrap();
    assert_eq!(stock.load("test/shared").unwrap().unwrap().as_slice(), b"ours");
    stock.delete("test/shared").unwrap();
    assert!(ours.load("test/shared").unwrap().is_none());
}
