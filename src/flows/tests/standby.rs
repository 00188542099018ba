//! One confirmation where the session's region may be out: it is asked for at several regions, each time with an intent of its
//! own, and one of these is granted at most.

use std::time::Duration;

use super::elevation_faults::{Told, assert_granted, in_trouble, start_another_process, told, troubles};
use super::steps::{Call, Port, Trouble};
use super::world::{World, pass, target};
use crate::domain::credentials::CachedCredentials;
use crate::domain::policy::Policy;
use crate::domain::replica::Replica;
use crate::domain::session::SessionRecord;
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::error::{Kind, Result};
use crate::flows::elevation::settle;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::flows::standby::obtain_with_standby;
use crate::ports::{SecretStore as _, StateStore as _};

const ADMIN: &str = "111111111111/Admin";
const WHY: &str = "INC-4711 restore the queue";

/// How the session's own region is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Primary {
    Answers,
    /// It does not answer, and nobody knows yet.
    IsOut,
    /// It did not answer a moment ago, so that the standby is asked first, and that does not answer.
    IsBack,
    /// Neither answers.
    AllAreOut,
}

fn standby(world: &World) -> SsoSession {
    world.session.in_region(&Replica::parse("eu-west-1").unwrap())
}

/// Signed in to the session and to its standby.
fn world(primary: Primary) -> World {
    let world = World::signed_in();
    let standby = standby(&world);
    let record = world.record();
    let signed_in = record.signed_in.clone().unwrap();
    for session in [&world.session, &standby] {
        world.store.save_session(&session.key(), &SessionRecord { ..record.clone() }).unwrap();
        let store = world.ports.store.name();
        world.state.update_index(&mut |index| index.note_sign_in(session, &signed_in, store)).unwrap();
    }
    let (own, other) = (world.session.region.clone(), standby.region.clone());
    *world.aws.out.lock().unwrap() = match primary {
        Primary::Answers => vec![],
        Primary::IsOut => vec![own],
        Primary::IsBack => vec![other],
        Primary::AllAreOut => vec![own, other],
    };
    if primary == Primary::IsBack {
        let since = Some(world.ports.clock.now().wall);
        world.state.update_index(&mut |index| index.note_out(&world.session, since)).unwrap();
    }
    world
}

async fn admin(world: &World, reason: Option<&str>) -> Result<CachedCredentials> {
    let retry = RetryPolicy::within(Duration::from_secs(60), &world.ports);
    let request = CredentialsRequest { retry, ..world.request(ADMIN, reason) };
    obtain_with_standby(&world.ports, &Policy::built_in(), &request, None, &[standby(world)], &|_| {}).await
}

async fn assert_trouble_is_borne(calls: &[Call], at: usize, trouble: Trouble, primary: Primary) {
    let what = format!("{trouble:?} at {:?}, which is call {at}; primary: {primary:?}", calls[at]);
    let world = world(primary);
    let answer = in_trouble(&world, (at, trouble), admin(&world, Some(WHY))).await;
    let asked = world.steps.calls().iter().any(|(port, what)| *port == Port::Aws && what == "GetRoleCredentials");
    world.steps.begin(None);
    assert!(!asked || !told(&world).is_empty(), "{what}: AWS was asked without an intent");
    if let Some(Ok(handed_out)) = &answer {
        assert_granted(&world, handed_out, &what);
    }

    let sources = [world.session.clone(), standby(&world)].map(|session| Source::portal_role(session, target(ADMIN)));
    start_another_process(&world, &sources);
    let elevations: Vec<Told> = told(&world).into_values().collect();
    assert!(elevations.iter().map(|one| one.granted).sum::<usize>() <= 1, "{what}: {elevations:?}");
    assert!(elevations.iter().all(|one| one.standing() != "open"), "{what}: {elevations:?}");
    let is_active = elevations.iter().any(|one| one.standing() == "active");
    match admin(&world, None).await {
        Ok(served) => assert_granted(&world, &served, &what),
        Err(error) => {
            assert!(!is_active, "{what}: {error}");
            assert!(matches!(error.kind(), Kind::ElevationNeeded | Kind::LoginNeeded), "{what}: {error}");
        }
    }

    pass(2 * 3_600).await;
    settle(&world.ports);
    assert!(told(&world).values().all(|one| one.outcomes.len() == 1), "{what}: {:?}", told(&world));
}

/// How the elevations stand after a run without trouble, in the order in which they were asked for.
async fn without_trouble(primary: Primary) -> (Vec<&'static str>, Vec<Call>) {
    let world = world(primary);
    world.steps.begin(None);
    let answer = admin(&world, Some(WHY)).await;
    assert_eq!(answer.is_err(), primary == Primary::AllAreOut);
    (told(&world).values().map(Told::standing).collect(), world.steps.calls())
}

#[tokio::test(start_paused = true)]
async fn one_confirmation_is_granted_once_whatever_happens_while_regions_are_asked_in_turn() {
    let table = [
        (Primary::Answers, &["active"][..]),
        (Primary::IsOut, &["failed", "active"]),
        (Primary::IsBack, &["failed", "active"]),
        (Primary::AllAreOut, &["failed", "failed"]),
    ];
    for (primary, elevations) in table {
        let (well, calls) = without_trouble(primary).await;
        assert_eq!(well, elevations, "{primary:?}");
        for at in 0..calls.len() {
            for trouble in troubles(calls[at].0) {
                assert_trouble_is_borne(&calls, at, trouble, primary).await;
            }
        }
    }
}
