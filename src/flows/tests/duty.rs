//! The gate that opens for whoever is on duty: with proof, for as long as that lasts, and by an elevation otherwise.

use jiff::SignedDuration;

use super::world::{World, pass, target};
use crate::domain::credentials::CachedCredentials;
use crate::domain::on_call::{People, PersonNames, Rota, RotaSource};
use crate::domain::policy::{Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::error::{Error, Kind, Result};
use crate::flows::admission::admission_cached;
use crate::flows::judge::judge;
use crate::flows::kept::Kept;
use crate::flows::obtain::obtain;
use crate::ports::StateStore as _;

const DEVELOPER: &str = "111111111111/Developer";
const WHY: &str = "INC-4711 restore the queue";
/// Alice is on duty for the first half hour of the world, and Bob for two hours more.
const CALENDAR: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Alice\nDTSTART:20260302T080000Z\nDTEND:20260302T093000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nSUMMARY:Bob\nDTSTART:20260302T093000Z\nDTEND:20260302T113000Z\nEND:VEVENT\nEND:VCALENDAR\n";

fn policy() -> Policy {
    let mut people = People::default();
    people.add("alice", PersonNames::new(["Alice"]));
    let rota = Rota { name: "pay".to_owned(), source: RotaSource::File("/pay.ics".into()) };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b""), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(&["pay"]), Vec::new(), identity)
        .with_on_call(vec![rota], people)
}

/// A world whose user is known to AWS alone.
fn world() -> World {
    let world = World::signed_in();
    *world.on_call.text.lock().unwrap() = Some(CALENDAR.to_owned());
    let signed_in = world.record().signed_in.unwrap();
    let store = world.ports.store.name();
    world.state.update_index(&mut |index| index.note_sign_in(&world.session, &signed_in, store)).unwrap();
    world
}

fn known(user: &str) -> World {
    let world = world();
    world.state.update_index(&mut |index| index.note_user(&world.session, 1, &user.into())).unwrap();
    world
}

async fn developer(world: &World, reason: Option<&str>) -> Result<CachedCredentials> {
    obtain(&world.ports, &policy(), &world.request(DEVELOPER, reason), None).await
}

/// What the warm path would hand out.
fn warm(world: &World) -> Option<CachedCredentials> {
    let source = world.source(&target(DEVELOPER));
    let verdict = judge(&world.ports, &policy(), &source);
    let admission = admission_cached(&world.ports, &policy(), &verdict, &source);
    Kept::load(&world.ports, &source, &verdict).unwrap().fresh(&verdict, &admission, world.ports.clock.now())
}

fn issued(world: &World) -> usize {
    world.log.issued.lock().unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn whoever_is_on_duty_passes_until_a_quarter_of_an_hour_after_the_shift() {
    let world = known("alice");
    let granted = developer(&world, None).await.unwrap();
    assert_eq!(granted.life().total(), SignedDuration::from_mins(45));
    assert_eq!((granted.elevation(), issued(&world)), (None, 1));
    assert!(warm(&world).is_some());
    pass(15 * 60 + 1).await;
    assert!(warm(&world).is_none(), "what shows it is older than a quarter of an hour");
    developer(&world, None).await.unwrap();
    assert_eq!(world.aws.credentials.count(), 1, "the rota was read again, and the credentials still serve");
    // The shift is over, and what was fetched serves a quarter of an hour longer.
    pass(15 * 60).await;
    let handed_over = developer(&world, None).await.unwrap();
    assert_eq!((world.aws.credentials.count(), handed_over.elevation()), (1, None));
    assert!(warm(&world).is_some());
    pass(15 * 60 - 3).await;
    developer(&world, None).await.expect("to the last second");
    assert!(warm(&world).is_some());
    pass(2).await;
    assert!(warm(&world).is_none());
    assert_eq!(developer(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert_eq!(world.aws.credentials.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn after_the_shift_nothing_new_is_fetched_and_an_elevation_still_opens_the_gate() {
    let world = known("alice");
    pass(30 * 60 + 1).await;
    assert_eq!(developer(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert_eq!((world.aws.credentials.count(), issued(&world)), (0, 0));
    let elevated = developer(&world, Some(WHY)).await.unwrap();
    assert!(elevated.elevation().is_some());
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_serves_nobody_whose_shift_is_taken_away() {
    let world = known("alice");
    developer(&world, None).await.unwrap();
    *world.on_call.text.lock().unwrap() = Some(CALENDAR.replace("Alice", "Carol"));
    pass(15 * 60 + 1).await;
    assert_eq!(developer(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert!(warm(&world).is_none());
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_on_duty_is_told_who_is_and_nothing_is_asked_of_aws() {
    let world = known("bob");
    let error = developer(&world, None).await.unwrap_err();
    let expected = "111111111111/Developer: not on call; rota pay says Alice until 2026-03-02 09:30 UTC; \
                    yours begins 2026-03-02 09:30 UTC";
    assert_eq!(error.to_string(), expected);
    assert_eq!((error.kind(), world.aws.credentials.count()), (Kind::ElevationNeeded, 0));
    assert_eq!(*world.log.lines.lock().unwrap(), ["refused: "]);
    // An elevation is the way in, and ends like any other.
    let elevated = developer(&world, Some(WHY)).await.unwrap();
    assert!(elevated.elevation().is_some());
    assert_eq!(developer(&world, None).await.unwrap().elevation(), elevated.elevation());
    assert_eq!(warm(&world).unwrap().elevation(), elevated.elevation());
    // Two shifts later nobody is on duty any more.
    pass(3601).await;
    assert!(warm(&world).is_none());
}

#[tokio::test(start_paused = true)]
async fn where_nobody_is_known_yet_aws_names_the_person_before_anything_is_kept_or_handed_out() {
    let on_duty = world();
    assert!(developer(&on_duty, None).await.is_ok());
    assert_eq!(on_duty.aws.identities.count(), 1);
    let user = on_duty.state.index().session(&on_duty.session.key()).unwrap().user.clone();
    assert_eq!(user, Some("alice".into()));

    for arn in ["arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Developer_0/mallory", "no ARN"] {
        let other = world();
        other.aws.caller.lock().unwrap().arn = arn.into();
        assert!(developer(&other, None).await.is_err(), "{arn}");
        assert!(other.kept(&target(DEVELOPER)).is_none(), "{arn}");
        assert_eq!(issued(&other), 0, "{arn}");
    }
    let silent = world();
    silent.aws.identities.fail_always(Some(crate::domain::aws_error::AwsErrorKind::Unreachable));
    assert!(matches!(developer(&silent, None).await, Err(Error::UserUnknown)));
    assert!(silent.kept(&target(DEVELOPER)).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_rota_that_cannot_be_read_opens_nothing() {
    let world = known("alice");
    *world.on_call.text.lock().unwrap() = None;
    let error = developer(&world, None).await.unwrap_err();
    assert!(error.to_string().contains("it cannot be told who is on call"), "{error}");
    assert_eq!((error.kind(), world.aws.credentials.count()), (Kind::ElevationNeeded, 0));
    assert!(warm(&world).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_written_keeps_this_gate_shut_too() {
    let world = known("alice");
    world.log.full.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(developer(&world, None).await.unwrap_err().kind(), Kind::Failed);
    assert!(world.kept(&target(DEVELOPER)).is_none());
    // Without a gate it serves.
    let free = world.request("111111111111/ReadOnly", None);
    obtain(&world.ports, &policy(), &free, None).await.unwrap();
}
