//! The client against a fake service that misbehaves, and against a real one.

use std::time::{Duration, Instant};

use super::address::Address;
use super::*;
use crate::adapters::store::memory::Memory;
use crate::adapters::store::own_memory::Masked;
use crate::adapters::store::raw::StoreError;
use crate::environment::Environment;

#[path = "../../../../tests/support/fake_secret_service.rs"]
mod fake;

use fake::{Behaviour, FakeSecretService, FirstCall};

/// Long enough for a busy machine to answer.
const LONG: Timeouts = Timeouts { service: Duration::from_secs(20), person: Duration::from_secs(20) };
/// Short enough to wait for a silent service.
const SHORT: Timeouts = Timeouts { service: Duration::from_millis(150), person: Duration::from_millis(150) };

fn store_at(addresses: Vec<Address>, interaction: Interaction, timeouts: Timeouts) -> SecretService {
    let client = Client::new(addresses, interaction, timeouts);
    SecretService { client, encrypted: Box::new(Memory::default()) }
}

fn store_on(fake: &FakeSecretService, interaction: Interaction, timeouts: Timeouts) -> SecretService {
    store_at(address::parse_list(fake.address().as_ref(), None), interaction, timeouts)
}

fn start(behaviour: Behaviour) -> (FakeSecretService, SecretService) {
    let fake = FakeSecretService::start(Behaviour::Good);
    fake.put(&[("service", "daypass"), ("username", "there")], b"canary");
    fake.behave(behaviour);
    let store = store_on(&fake, Interaction::Allowed, LONG);
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
fn nothing_is_connected_before_the_first_operation() {
    let (fake, store) = start(Behaviour::Good);
    assert_eq!(fake.connections(), 0);
    store.load("there").unwrap();
    assert_eq!(fake.connections(), 1);
}

#[test]
fn the_first_call_to_the_service_is_harmless_and_answered_before_anything_else_is_asked() {
    type Operation = fn(&SecretService) -> StoreResult<()>;
    let operations: [Operation; 3] =
        [|store| store.load("there").map(drop), |store| store.save("there", b"new"), |store| store.delete("there")];
    for operation in operations {
        let (fake, store) = start(Behaviour::Good);
        operation(&store).unwrap();
        assert_eq!(fake.first_calls(), [FirstCall { member: "Get".to_owned(), alone: true }]);
    }
}

#[test]
fn what_need_not_be_waited_for_goes_out_together() {
    let (fake, _) = start(Behaviour::AnswersLate);
    let store = store_on(&fake, Interaction::Forbidden, LONG);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
    assert_eq!(fake.calls(), ["Hello", "Get", "OpenSession", "SearchItems", "GetSecret"]);
}

#[test]
fn a_service_that_refuses_the_first_call_serves_all_the_same() {
    let (fake, store) = start(Behaviour::RefusesProperties);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
    assert_eq!(fake.calls()[..4], ["Hello", "Get", "GetNameOwner", "OpenSession"]);
}

#[test]
fn one_connection_and_one_session_serve_all_operations_of_all_threads() {
    let (fake, store) = start(Behaviour::Good);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (item, store) = (format!("item {number}"), &store);
            scope.spawn(move || {
                for secret in [b"one", b"two"] {
                    store.save(&item, secret).unwrap();
                    assert_eq!(store.load(&item).unwrap().unwrap().as_slice(), secret);
                }
                store.delete(&item).unwrap();
                assert!(store.load(&item).unwrap().is_none());
            });
        }
    });
    let sessions = fake.calls().into_iter().filter(|call| call == "OpenSession").count();
    assert_eq!((fake.connections(), sessions, fake.items().len()), (1, 1, 1));
}

#[test]
fn what_another_program_changed_is_read_again() {
    let (fake, store) = start(Behaviour::Good);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
    fake.change(|item| item.secret = b"changed".to_vec());
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"changed");
    // The item is replaced by another one, and then gone.
    let elsewhere = store_on(&fake, Interaction::Forbidden, LONG);
    elsewhere.delete("there").unwrap();
    elsewhere.save("there", b"replaced").unwrap();
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"replaced");
    elsewhere.delete("there").unwrap();
    assert!(store.load("there").unwrap().is_none());
}

#[test]
fn a_service_or_bus_that_was_started_anew_is_connected_to_anew() {
    type Change = fn(&FakeSecretService);
    let changes: [Change; 2] = [FakeSecretService::restart_service, FakeSecretService::drop_connections];
    for change in changes {
        let (fake, store) = start(Behaviour::Good);
        assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
        change(&fake);
        assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
        change(&fake);
        store.save("there", b"new").unwrap();
        change(&fake);
        store.delete("there").unwrap();
        assert_eq!((fake.connections(), fake.items().len()), (4, 0));
        assert!(fake.first_calls().iter().all(|first| first.alone && first.member == "Get"));
    }
}

#[test]
fn threads_that_wait_for_the_connection_give_up_when_their_own_time_is_over() {
    let (fake, _) = start(Behaviour::Silent);
    // Long enough for all of them to wait at once on a busy machine.
    let timeouts = Timeouts { service: Duration::from_secs(2), ..SHORT };
    let store = store_on(&fake, Interaction::Forbidden, timeouts);
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                assert!(matches!(store.load("there"), Err(StoreError::Silent(_))));
            });
        }
    });
    assert!(fake.connections() < 8, "each waited in its turn for a service that is silent");
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
fn a_save_whose_item_the_service_does_not_name_deletes_nothing() {
    let (fake, store) = start(Behaviour::WritesBehindAPrompt);
    store.save("there", b"new").unwrap();
    assert_eq!(fake.prompts(), 1);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"new");
}

#[test]
fn a_locked_keyring_is_unlocked_by_its_prompt() {
    for locked in [Behaviour::Locked, Behaviour::LockedUnseen] {
        let (fake, _) = start(locked);
        let store = || store_on(&fake, Interaction::Allowed, LONG);
        assert_eq!(store().load("there").unwrap().unwrap().as_slice(), b"canary");
        fake.behave(locked);
        store().save("there", b"new").unwrap();
        fake.behave(locked);
        store().delete("there").unwrap();
        assert_eq!((fake.prompts(), fake.items().len()), (3, 0), "{locked:?}");
    }
}

#[test]
fn a_helper_process_never_prompts() {
    let (fake, _) = start(Behaviour::Good);
    for locked in [Behaviour::Locked, Behaviour::LockedUnseen] {
        fake.behave(locked);
        let store = store_on(&fake, Interaction::Forbidden, LONG);
        assert!(matches!(store.load("there"), Err(StoreError::Locked)), "{locked:?}");
        assert!(matches!(store.save("there", b"new"), Err(StoreError::Locked)), "{locked:?}");
        assert!(matches!(store.delete("there"), Err(StoreError::Locked)), "{locked:?}");
    }
    assert!(!fake.calls().iter().any(|call| call == "Unlock" || call == "Prompt"));
    fake.behave(Behaviour::NoCollection);
    let store = store_on(&fake, Interaction::Forbidden, LONG);
    assert!(matches!(store.save("there", b"new"), Err(StoreError::Failed(_))));
    assert_eq!(fake.prompts(), 0);
}

#[test]
fn a_dismissed_prompt_is_not_shown_again() {
    let (fake, store) = start(Behaviour::PromptDismissed);
    for _ in 0..3 {
        assert!(matches!(store.load("there"), Err(StoreError::PromptDismissed)));
        assert!(matches!(store.save("there", b"new"), Err(StoreError::PromptDismissed)));
    }
    assert_eq!(fake.prompts(), 1);
}

#[test]
fn an_ignored_prompt_is_taken_down_at_the_deadline() {
    let (fake, _) = start(Behaviour::PromptIgnored);
    let timeouts = Timeouts { person: SHORT.person, ..LONG };
    let store = store_on(&fake, Interaction::Allowed, timeouts);
    assert!(matches!(store.load("there"), Err(StoreError::Silent(_))));
    assert!(fake.calls().iter().any(|call| call == "Dismiss"));
}

#[test]
fn only_the_service_itself_can_end_its_prompt() {
    let (fake, store) = start(Behaviour::PromptForged);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
    assert_eq!(fake.prompts(), 1);
}

#[test]
fn a_service_that_ends_while_its_prompt_is_shown_is_an_error_and_the_next_call_recovers() {
    let (fake, store) = start(Behaviour::PromptVanishes);
    assert!(matches!(store.load("there"), Err(StoreError::Failed(_))));
    fake.behave(Behaviour::Good);
    assert_eq!(store.load("there").unwrap().unwrap().as_slice(), b"canary");
}

#[test]
fn a_prompt_leaves_nothing_to_listen_for() {
    let (fake, store) = start(Behaviour::Locked);
    store.load("there").unwrap();
    let count = |name: &str| fake.calls().iter().filter(|call| *call == name).count();
    assert_eq!((count("AddMatch"), count("RemoveMatch")), (2, 2));
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
        let store = store_on(&fake, Interaction::Forbidden, SHORT);
        let started = Instant::now();
        assert!(matches!(store.load("there"), Err(StoreError::Silent(_))), "{behaviour:?}");
        assert!(matches!(store.save("there", b"new"), Err(StoreError::Silent(_))), "{behaviour:?}");
        assert!(started.elapsed() >= 2 * SHORT.service, "{behaviour:?}");
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
        let store = store_at(addresses, Interaction::Forbidden, LONG);
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
            let shown = format!("{error} {error:?}") + &crate::error::Error::from(error).to_string();
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}

#[test]
#[ignore = "is the child of the next test"]
fn child_that_saves_and_loads() {
    let Some(masked) = Masked::of_parent() else { return };
    let mut search = masked.search();
    let address = std::env::var_os("DAYPASS_TEST_BUS").unwrap();
    let store = store_at(address::parse_list(&address, None), Interaction::Forbidden, LONG);
    store.save("a", &masked.reveal()).unwrap();
    assert_eq!(store.load("a").unwrap().unwrap(), masked.reveal());
    store.save("a", &masked.reveal()).unwrap();
    assert_eq!(store.load("a").unwrap().unwrap(), masked.reveal());
    assert_eq!(search.finds(), Vec::<String>::new(), "the connection is still there");
    drop(store);
    assert_eq!(search.finds(), Vec::<String>::new());
}

#[test]
fn nothing_of_a_secret_stays_in_memory_that_was_sent_or_received() {
    let fake = FakeSecretService::start(Behaviour::Good);
    let name = "adapters::store::secret_service::tests::child_that_saves_and_loads";
    for length in [300, 3_000, 40_000] {
        assert!(Masked::random(length).passes_in_child(name, &[("DAYPASS_TEST_BUS", &fake.address())]), "{length}");
    }
}

const REAL: &str = "a real Secret Service must be unlocked on the session bus";

fn real(interaction: Interaction) -> SecretService {
    secret_service(session_bus(&Environment::of_process()), interaction)
}

/// Needs a session bus of its own: the items it leaves are deleted again, but they are real.
#[test]
#[ignore = "needs an unlocked keyring: run by .ci/with-keyring"]
fn a_real_service_keeps_secrets_of_every_size() {
    let store = real(Interaction::Forbidden);
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
#[ignore = "needs an unlocked keyring: run by .ci/with-keyring"]
fn a_real_service_shares_items_with_the_keyring_crate() {
    let (ours, theirs) = (real(Interaction::Forbidden), KeyringCrate::new(Limits::default(), LONG.service));
    let secret = vec![0xa5; 20_000];
    ours.save("test/shared", b"old").expect(REAL);
    ours.save("test/shared", &secret).unwrap();
    assert_eq!(theirs.load("test/shared").unwrap().unwrap().as_slice(), secret);
    theirs.save("test/shared", b"from there").unwrap();
    assert_eq!(ours.load("test/shared").unwrap().unwrap().as_slice(), b"from there");
    ours.delete("test/shared").unwrap();
    assert!(theirs.load("test/shared").unwrap().is_none());
    theirs.save("test/shared", b"from there").unwrap();
    ours.save("test/shared", b"ours").unwrap();
    assert_eq!(theirs.load("test/shared").unwrap().unwrap().as_slice(), b"ours");
    theirs.delete("test/shared").unwrap();
    assert!(ours.load("test/shared").unwrap().is_none());
}

/// Locks the keyring of its session bus for good, so it needs one that no other test uses.
#[test]
#[ignore = "needs an unlocked keyring of its own: run by .ci/with-keyring"]
fn a_real_keyring_that_is_locked_is_an_error_and_no_hang() {
    real(Interaction::Forbidden).save("test/locked", b"canary").expect(REAL);
    let default = ask_service("ReadAlias", "string:default");
    let collection = default.split_whitespace().last().unwrap();
    ask_service("Lock", &format!("array:objpath:{collection}"));
    let helper = real(Interaction::Forbidden);
    assert!(matches!(helper.load("test/locked"), Err(StoreError::Locked)));
    assert!(matches!(helper.save("test/locked", b"new"), Err(StoreError::Locked)));
    assert!(matches!(helper.delete("test/locked"), Err(StoreError::Locked)));
    // There is no prompter on a bare bus, which the service reports as a prompt that was dismissed.
    let terminal = real(Interaction::Allowed);
    let refused = terminal.load("test/locked");
    assert!(matches!(refused, Err(StoreError::PromptDismissed | StoreError::Failed(_))), "{refused:?}");
}

/// What the real service answers to a call.
fn ask_service(method: &str, argument: &str) -> String {
    let answer = std::process::Command::new("dbus-send")
        .args(["--print-reply=literal", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args([&format!("org.freedesktop.Secret.Service.{method}"), argument])
        .output()
        .unwrap();
    assert!(answer.status.success(), "{answer:?}");
    String::from_utf8(answer.stdout).unwrap()
}
