//! Signing out: on the server and in the keyring, each though the other failed.

use std::sync::atomic::Ordering;

use super::world::{World, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::error::Kind;
use crate::flows::forget::delete_secrets;
use crate::flows::logout::logout;
use crate::flows::obtain::{CredentialsRequest, obtain};
use crate::flows::retry::RetryPolicy;
use crate::ports::SecretStore as _;

const ONE: &str = "100000000001/Developer";

/// A world with credentials that the index knows of.
async fn busy_world() -> World {
    let world = World::signed_in();
    let request = CredentialsRequest {
        source: world.source(&target(ONE)),
        reason: None,
        renew: false,
        retry: RetryPolicy::INTERACTIVE,
    };
    obtain(&world.ports, &crate::domain::policy::Policy::built_in(), &request, None).await.unwrap();
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
