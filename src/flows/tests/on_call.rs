//! Who is on duty: kept for a quarter of an hour, asked for by one at a time, and unknown where that fails.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;

use super::world::{World, pass};
use crate::domain::on_call::{
    CalendarHost, Duty, Freshness, People, PersonNames, Rota, RotaSource, SecretUrl, Shift, Unknown,
};
use crate::domain::policy::Policy;
use crate::flows::locks::lock_rota;
use crate::flows::on_call::{ask, duty, duty_cached, forget_address, set_address};

const WITHIN: Duration = Duration::from_secs(2);
/// Alice is on duty for the first two hours of the world, and Bob for two more.
const CALENDAR: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Alice\nDTSTART:20260302T080000Z\nDTEND:20260302T110000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nSUMMARY:Bob\nDTSTART:20260302T110000Z\nDTEND:20260302T130000Z\nEND:VEVENT\nEND:VCALENDAR\n";

fn policy(sources: &[(&str, RotaSource)]) -> Policy {
    let mut people = People::default();
    people.add("alice@acme.example", PersonNames::new(["Alice"]));
    let rotas = sources.iter().map(|(name, source)| Rota { name: (*name).to_owned(), source: source.clone() });
    Policy::built_in().with_on_call(rotas.collect(), people)
}

fn usual() -> Policy {
    policy(&[("pay", RotaSource::File("/pay.ics".into()))])
}

fn rotas(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn world(text: &str) -> World {
    let world = World::new();
    *world.on_call.text.lock().unwrap() = Some(text.to_owned());
    world
}

fn fetches(world: &World) -> usize {
    world.on_call.fetches.load(Ordering::SeqCst)
}

const ALICE: Option<&str> = Some("alice@acme.example");

#[tokio::test(start_paused = true)]
async fn what_was_read_serves_for_a_quarter_of_an_hour_and_says_how_old_it_is() {
    let (world, policy, pay) = (world(CALENDAR), usual(), rotas(&["pay"]));
    assert!(duty_cached(&world.ports, &policy, &pay, "alice@acme.example").is_none(), "nothing is kept yet");
    let standing = duty(&world.ports, &policy, &pay, ALICE, WITHIN).await;
    assert_eq!(standing.until(), Some("2026-03-02T11:00:00Z".parse().unwrap()));
    assert_eq!(
        standing.evidence().map(|evidence| (evidence.freshness, evidence.age_s)).collect::<Vec<_>>(),
        [(Freshness::Live, 0)]
    );
    pass(900).await;
    let cached = duty_cached(&world.ports, &policy, &pay, "alice@acme.example").unwrap();
    assert_eq!(
        cached.evidence().map(|evidence| (evidence.freshness, evidence.age_s)).collect::<Vec<_>>(),
        [(Freshness::Cached, 900)]
    );
    assert_eq!(duty(&world.ports, &policy, &pay, ALICE, WITHIN).await, cached);
    assert_eq!(fetches(&world), 1);
    pass(1).await;
    assert!(duty_cached(&world.ports, &policy, &pay, "alice@acme.example").is_none());
    assert!(duty(&world.ports, &policy, &pay, ALICE, WITHIN).await.until().is_some());
    assert_eq!(fetches(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_keeps_nobody_on_duty_and_no_reading_fresh() {
    let (world, policy, pay) = (world(CALENDAR), usual(), rotas(&["pay"]));
    assert!(duty(&world.ports, &policy, &pay, ALICE, WITHIN).await.until().is_some());
    pass(901).await;
    world.clock.step_wall(-3_600);
    assert!(duty_cached(&world.ports, &policy, &pay, "alice@acme.example").is_none());
    world.clock.step_wall(3_600);
    pass(2 * 3_600 - 901 - 60).await;
    let standing = duty(&world.ports, &policy, &pay, ALICE, WITHIN).await;
    assert!(standing.until().is_some(), "a minute is left");
    world.clock.step_wall(-3_600);
    pass(61).await;
    assert_eq!(
        duty_cached(&world.ports, &policy, &pay, "alice@acme.example").unwrap().until(),
        None,
        "the shift is over"
    );
    world.clock.reboot();
    assert!(duty_cached(&world.ports, &policy, &pay, "alice@acme.example").is_none(), "of any age");
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_unknown_and_says_why() {
    let silent = World::new();
    let table = [
        (world("<html>CANARY"), "it is no calendar: it does not begin with BEGIN:VCALENDAR"),
        (silent, "it gave no answer within 2 s"),
    ];
    for (world, why) in table {
        let standing = duty(&world.ports, &usual(), &rotas(&["pay"]), ALICE, WITHIN).await;
        let Duty::Unknown(unknown) = &standing.refusal().unwrap().duty else { panic!("{standing:?}") };
        assert_eq!((unknown.to_string().as_str(), standing.until()), (why, None));
    }
    let world = world(CALENDAR);
    let standing = duty(&world.ports, &usual(), &rotas(&["gone"]), ALICE, WITHIN).await;
    assert_eq!(standing.refusal().unwrap().duty, Duty::Unknown(Unknown::NoSuchRota));
    let standing = duty(&world.ports, &usual(), &rotas(&["pay"]), None, WITHIN).await;
    assert_eq!((&standing.refusal().unwrap().duty, fetches(&world)), (&Duty::Unknown(Unknown::User), 0));
    assert_eq!(duty(&world.ports, &usual(), &[], ALICE, WITHIN).await.until(), None, "no rota at all opens nothing");
}

#[tokio::test(start_paused = true)]
async fn several_rotas_share_the_time_that_there_is() {
    let world = world(CALENDAR);
    *world.on_call.takes.lock().unwrap() = Duration::from_millis(1_500);
    let both = policy(&[("pay", RotaSource::File("/a".into())), ("net", RotaSource::File("/b".into()))]);
    assert!(duty(&world.ports, &both, &rotas(&["pay", "net"]), ALICE, WITHIN).await.until().is_some());
    assert_eq!(fetches(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn a_changed_definition_does_not_use_what_was_read_of_another() {
    let world = world(CALENDAR);
    assert!(duty(&world.ports, &usual(), &rotas(&["pay"]), ALICE, WITHIN).await.until().is_some());
    let changed = policy(&[("pay", RotaSource::File("/other.ics".into()))]);
    assert!(duty_cached(&world.ports, &changed, &rotas(&["pay"]), "alice@acme.example").is_none());
}

#[tokio::test(start_paused = true)]
async fn shifts_in_the_policy_need_nothing_else() {
    let shift = |from: &str, until: &str| {
        Shift::new(PersonNames::new(["alice"]), from.parse().unwrap(), until.parse().unwrap())
    };
    let fixed = shift("2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z").into_iter().collect();
    let (world, policy) = (World::new(), policy(&[("pay", RotaSource::Shifts(fixed))]));
    let standing = duty_cached(&world.ports, &policy, &rotas(&["pay"]), "alice@acme.example").unwrap();
    assert_eq!((standing.until(), fetches(&world)), (Some("2026-03-02T10:00:00Z".parse().unwrap()), 0));
}

#[tokio::test(start_paused = true)]
async fn a_calendar_whose_address_the_keyring_lacks_is_unknown() {
    let (world, policy) = (World::new(), policy(&[("pay", RotaSource::KeyringUrl { host: None })]));
    world.store.silent.store(true, Ordering::SeqCst);
    let standing = duty(&world.ports, &policy, &rotas(&["pay"]), ALICE, WITHIN).await;
    let Duty::Unknown(unknown) = &standing.refusal().unwrap().duty else { panic!("{standing:?}") };
    assert_eq!(unknown.to_string(), "the keyring refuses");
}

#[tokio::test(start_paused = true)]
async fn evidence_has_server_and_digest_of_an_address_in_the_keyring_and_another_server_is_not_asked() {
    let world = world(CALENDAR);
    let address = || SecretUrl::parse("https://calendar.example/CANARY").unwrap();
    let any = policy(&[("pay", RotaSource::KeyringUrl { host: None })]);
    set_address(&world.ports, &any.rotas()[0], address()).unwrap();
    let standing = duty(&world.ports, &any, &rotas(&["pay"]), ALICE, WITHIN).await;
    let mark = address().mark();
    let evidence = standing.evidence().next().unwrap();
    assert_eq!((&evidence.url_host, &evidence.url_sha256), (&Some(mark.host), &Some(mark.sha256)));
    assert!(standing.until().is_some());
    let host = Some(CalendarHost::parse("acme.example").unwrap());
    let elsewhere = policy(&[("pay", RotaSource::KeyringUrl { host })]);
    let refused = duty(&world.ports, &elsewhere, &rotas(&["pay"]), ALICE, WITHIN).await;
    let Duty::Unknown(unknown) = &refused.refusal().unwrap().duty else { panic!("{refused:?}") };
    assert_eq!(unknown.to_string(), "the address in the keyring is not one at acme.example, as the policy asks");
    assert_eq!(fetches(&world), 1);
    assert!(set_address(&world.ports, &elsewhere.rotas()[0], address()).is_err());
    forget_address(&world.ports, "pay").unwrap();
    assert!(duty_cached(&world.ports, &any, &rotas(&["pay"]), "alice@acme.example").is_none());
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_asks_the_source() {
    let world = Arc::new(world(CALENDAR));
    let policy = usual();
    let pay = rotas(&["pay"]);
    let standings = join_all((0..20).map(|_| duty(&world.ports, &policy, &pay, ALICE, Duration::from_secs(60)))).await;
    assert_eq!(fetches(&world), 1);
    let live = standings.iter().flat_map(|standing| standing.evidence()).filter(|one| one.freshness == Freshness::Live);
    assert_eq!(live.count(), 1);
}

#[tokio::test]
async fn whoever_holds_the_lock_for_too_long_is_not_waited_for() {
    let world = world(CALENDAR);
    let _held = lock_rota(&world.ports, "pay", WITHIN).unwrap();
    let standing = duty(&world.ports, &usual(), &rotas(&["pay"]), ALICE, Duration::from_millis(50)).await;
    assert!(matches!(standing.refusal().unwrap().duty, Duty::Unknown(Unknown::NotRead(_))), "{standing:?}");
    assert_eq!(fetches(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_for_it_gets_what_the_source_says_now() {
    let (world, policy) = (world(CALENDAR), usual());
    for asked in 1..=2 {
        assert_eq!(ask(&world.ports, &policy.rotas()[0], WITHIN).await.unwrap().freshness, Freshness::Live);
        assert_eq!(fetches(&world), asked);
    }
}
