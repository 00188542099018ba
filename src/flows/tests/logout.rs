//! Signing out: on the server and in the keyring, each though the other failed.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::store::FakeStore;
use super::world::{World, pass, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::policy::Policy;
use crate::domain::session::SessionRecord;
use crate::domain::store_choice::StoreName;
use crate::error::{Error, KeyringFault, Kind};
use crate::flows::drop_credentials::drop_credentials;
use crate::flows::elevation::settle;
use crate::flows::forget::delete_secrets;
use crate::flows::login::login;
use crate::flows::logout::{Found, logout};
use crate::flows::obtain::obtain;
use crate::ports::{Ports, SecretStore as _};

const ONE: &str = "100000000001/Developer";

/// A world with credentials that the index knows of.
async fn busy_world() -> World {
    let world = World::signed_in();
    obtain(&world.ports, &Policy::built_in(), &world.request(ONE, None), None).await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn nothing_of_the_session_is_left() {
    for (server, kind) in [
        (None, None),
        (Some(AwsErrorKind::SignedOut), None),
        (Some(AwsErrorKind::Unreachable), Some(Kind::Unavailable)),
        (Some(AwsErrorKind::ServerTrouble), Some(Kind::Unavailable)),
    ] {
        let world = busy_world().await;
        world.aws.logout.fail_always(server);
        let outcome = logout(&world.ports, &world.session).await;
        assert_eq!(outcome.err().map(|error| error.kind()), kind, "{server:?}");
        assert!(world.aws.logout.count() > 0);
        assert!(world.record().signed_in.is_none() && world.kept(&target(ONE)).is_none(), "{server:?}");
        assert!(world.ports.clock.elapsed().as_secs() <= 10);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_index_does_not_know_is_signed_out_of_all_the_same() {
    let signed_in = World::signed_in();
    let only_credentials = World::new();
    only_credentials.keep(SessionRecord { targets: [target(ONE)].into(), ..SessionRecord::default() });
    for world in [signed_in, only_credentials] {
        assert_eq!(logout(&world.ports, &world.session).await.unwrap(), Found::SignIn);
        assert_eq!(logout(&world.ports, &world.session).await.unwrap(), Found::Nothing);
    }
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_deletes_nothing_does_not_keep_the_server_from_ending_the_session() {
    let world = busy_world().await;
    world.store.keeps_everything.store(true, Ordering::SeqCst);
    let error = logout(&world.ports, &world.session).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Keyring);
    assert!(error.to_string().contains("secrets remain"), "{error}");
    assert_eq!(world.aws.logout.count(), 1);
    let index = world.ports.state.index();
    let left = &index.session(&world.session.key()).unwrap().targets[ONE];
    assert!(left.kept.is_some(), "a later logout finds nothing to delete");

    world.store.deletions.store(0, Ordering::SeqCst);
    let named = [target(ONE), target("100000000002/Developer")].into();
    assert!(delete_secrets(&world.ports, &world.session, &named).is_err());
    assert_eq!(world.store.deletions.load(Ordering::SeqCst), 4, "each is tried though another failed");
}

#[tokio::test(start_paused = true)]
async fn the_secrets_go_though_the_index_cannot_be_written() {
    let world = busy_world().await;
    world.state.full.store(true, Ordering::SeqCst);
    let error = logout(&world.ports, &world.session).await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Failed, "cannot write the index"));
    assert!(world.kept(&target(ONE)).is_none());
    assert!(world.store.load_session(&world.session.key()).unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_secrets_go_though_the_record_cannot_be_read() {
    let world = busy_world().await;
    world.store.unreadable.store(true, Ordering::SeqCst);
    let error = logout(&world.ports, &world.session).await.unwrap_err();
    assert!(matches!(error, Error::Keyring { fault: KeyringFault::NewerFormat, .. }), "{error:?}");
    assert!(world.kept(&target(ONE)).is_none());
    world.store.unreadable.store(false, Ordering::SeqCst);
    assert!(world.record().signed_in.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_does_not_answer_is_asked_once() {
    let world = busy_world().await;
    let asked = || world.store.reads.swap(0, Ordering::SeqCst) + world.store.deletions.swap(0, Ordering::SeqCst);
    world.store.silent.store(true, Ordering::SeqCst);
    asked();
    let error = logout(&world.ports, &world.session).await.unwrap_err();
    assert!(error.to_string().contains("secrets remain"), "{error}");
    assert_eq!(asked(), 1);
    let named = [target(ONE), target("100000000002/Developer")].into();
    assert!(delete_secrets(&world.ports, &world.session, &named).is_err());
    assert_eq!(asked(), 1, "one that falls silent meanwhile");
}

/// The same world as a run sees it that uses the kernel's keyring.
fn with_kernels_keyring(world: &World) -> Ports {
    Ports { store: Arc::new(FakeStore::named(StoreName::Keyutils)), ..world.ports.clone() }
}

async fn sign_in(world: &World, ports: &Ports) {
    login(ports, &world.login_request(), &|_| {}).await.unwrap();
}

fn records(world: &World) -> Vec<String> {
    world.log.lines.lock().unwrap().iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_with_another_store_fails_and_ends_no_elevation_that_is_still_served() {
    let world = World::new();
    let kernel = with_kernels_keyring(&world);
    sign_in(&world, &kernel).await;
    let mut admin = world.request("100000000001/Admin", Some("INC-4711 restore the queue"));
    let policy = Policy::built_in();
    obtain(&kernel, &policy, &admin, None).await.unwrap();
    admin.elevation = None;

    let error = obtain(&world.ports, &policy, &admin, None).await.unwrap_err();
    let elsewhere = matches!(error, Error::LoginNeeded { elsewhere: Some(StoreName::Keyutils), .. });
    assert!(elsewhere, "{error:?}");
    let error = logout(&world.ports, &world.session).await.unwrap_err();
    assert!(matches!(error, Error::SignedInElsewhere { store: StoreName::Keyutils, .. }), "{error:?}");
    settle(&world.ports);
    sign_in(&world, &world.ports).await;
    assert!(logout(&world.ports, &world.session).await.is_err());
    assert_eq!(records(&world), ["intent", "granted"]);
    obtain(&kernel, &policy, &admin, None).await.unwrap();

    assert_eq!(logout(&kernel, &world.session).await.unwrap(), Found::SignIn);
    assert_eq!(records(&world), ["intent", "granted", "ended signed_out"]);
    assert!(obtain(&kernel, &policy, &admin, None).await.is_err());
    assert_eq!(logout(&world.ports, &world.session).await.unwrap(), Found::Nothing);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_in_another_store_that_has_expired_holds_no_sign_out_up() {
    let world = World::new();
    sign_in(&world, &with_kernels_keyring(&world)).await;
    pass(8 * 3600 + 1).await;
    assert_eq!(logout(&world.ports, &world.session).await.unwrap(), Found::Nothing);
}

#[tokio::test(start_paused = true)]
async fn an_elevation_in_another_store_expires_in_the_log_all_the_same() {
    let world = World::new();
    let kernel = with_kernels_keyring(&world);
    sign_in(&world, &kernel).await;
    let admin = world.request("100000000001/Admin", Some("INC-4711 restore the queue"));
    obtain(&kernel, &Policy::built_in(), &admin, None).await.unwrap();
    pass(3601).await;
    settle(&world.ports);
    assert_eq!(records(&world), ["intent", "granted", "ended expired"]);
}

#[tokio::test(start_paused = true)]
async fn a_drop_says_that_another_store_still_has_credentials() {
    let world = World::new();
    let kernel = with_kernels_keyring(&world);
    sign_in(&world, &kernel).await;
    let developer = world.request("100000000001/Developer", None);
    obtain(&kernel, &Policy::built_in(), &developer, None).await.unwrap();
    obtain(&world.ports, &Policy::built_in(), &developer, None).await.unwrap_err();
    sign_in(&world, &world.ports).await;
    obtain(&world.ports, &Policy::built_in(), &developer, None).await.unwrap();
    let error = drop_credentials(&world.ports, &developer.source).await.unwrap_err();
    assert!(matches!(error, Error::KeptElsewhere { store: StoreName::Keyutils, .. }), "{error:?}");
    assert!(world.kept(&target(ONE)).is_none(), "it was dropped here all the same");
    drop_credentials(&kernel, &developer.source).await.unwrap();
    drop_credentials(&world.ports, &developer.source).await.unwrap();

    obtain(&kernel, &Policy::built_in(), &developer, None).await.unwrap();
    pass(3601).await;
    drop_credentials(&world.ports, &developer.source).await.unwrap();
}
