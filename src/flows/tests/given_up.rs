//! What goes on, and under which lock, though its caller has gone away.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::sync::Notify;

use super::world::{World, pass};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::policy::Policy;
use crate::error::Result;
use crate::flows::catalog;
use crate::flows::locks::lock_session;
use crate::flows::login::login;
use crate::flows::logout::logout;
use crate::flows::obtain::obtain;
use crate::flows::retry::RetryPolicy;
use crate::flows::token::access_token;

async fn sign_in(world: &World) -> Result<()> {
    login(&world.ports, &world.login_request(), &|_| {}).await
}

async fn list(world: &World) -> Result<()> {
    catalog::list(&world.ports, &world.session, &|_| {}).await.map(|_| ())
}

fn is_locked(world: &World) -> bool {
    lock_session(&world.ports, &world.session, Duration::ZERO).is_err()
}

async fn wait_for_tasks(world: &World) {
    world.ports.tasks.close();
    world.ports.tasks.wait().await;
}

/// Gives `flow` up while it changes the session's record.
async fn give_up_during_a_change(world: &World, flow: impl Future<Output = Result<()>>) {
    let (changing, (go_on, wait)) = (Arc::new(Notify::new()), mpsc::channel::<()>());
    let begun = Arc::clone(&changing);
    *world.store.during_change.lock().unwrap() = Some(Box::new(move || {
        begun.notify_one();
        wait.recv().unwrap();
    }));
    tokio::select! {
        biased;
        outcome = flow => panic!("{outcome:?}"),
        () = changing.notified() => {}
    }
    assert!(is_locked(world), "the change goes on without its lock");
    go_on.send(()).unwrap();
    wait_for_tasks(world).await;
    assert!(!is_locked(world));
}

#[tokio::test(start_paused = true)]
async fn a_registration_is_kept_under_the_lock_though_the_sign_in_is_given_up() {
    let world = World::new();
    give_up_during_a_change(&world, sign_in(&world)).await;
    assert!(world.record().device.is_some() && world.record().signed_in.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_is_kept_under_the_lock_though_it_is_given_up() {
    let world = World::signed_in();
    give_up_during_a_change(&world, sign_in(&world)).await;
    assert_ne!(world.record().signed_in.unwrap().login_id, 1);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_forgotten_under_the_lock_though_the_listing_is_given_up() {
    let world = World::signed_in();
    world.aws.accounts.fail_always(Some(AwsErrorKind::SignedOut));
    give_up_during_a_change(&world, list(&world)).await;
    assert!(world.record().signed_in.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_goes_on_under_the_lock_though_it_is_given_up() {
    let world = World::signed_in();
    let sign_out = async { logout(&world.ports, &world.session).await.map(|_| ()) };
    give_up_during_a_change(&world, sign_out).await;
    assert!(world.record().signed_in.is_none());
}

async fn refresh_token(world: &World) -> Result<()> {
    access_token(&world.ports, &world.session, RetryPolicy::INTERACTIVE).await.map(|_| ())
}

async fn fetch(world: &World) -> Result<()> {
    let request = world.request("100000000001/Developer", None);
    obtain(&world.ports, &Policy::built_in(), &request, None).await.map(|_| ())
}

/// Gives `flow` up once CreateToken was called.
async fn give_up_during_create_token(world: &World, flow: impl Future<Output = Result<()>>) {
    tokio::select! {
        biased;
        outcome = flow => panic!("{outcome:?}"),
        () = world.aws.token.called(1) => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_has_begun_keeps_the_token_that_comes_though_its_caller_has_gone() {
    for (name, token_left) in [("list", 600), ("list", 0), ("fetch", 600), ("access token", 600)] {
        let world = World::signed_in();
        pass(3600 - token_left).await;
        let permission = Arc::new(Notify::new());
        *world.aws.hold_token.lock().unwrap() = Some(Arc::clone(&permission));
        match name {
            "list" => give_up_during_create_token(&world, list(&world)).await,
            "fetch" => give_up_during_create_token(&world, fetch(&world)).await,
            _ => give_up_during_create_token(&world, refresh_token(&world)).await,
        }
        assert!(is_locked(&world), "{name}: another process could send the same token");
        permission.notify_one();
        wait_for_tasks(&world).await;
        let kept = world.record().signed_in.unwrap().refresh_token.unwrap();
        assert_eq!(kept.expose_secret(), "refresh-1", "{name}");
        assert!(!is_locked(&world), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_whose_caller_has_gone_is_not_tried_again() {
    let world = World::signed_in();
    pass(3600 - 600).await;
    world.aws.token.fail_always(Some(AwsErrorKind::Throttled(Some(Duration::from_secs(20)))));
    let began = world.ports.clock.elapsed();
    give_up_during_create_token(&world, list(&world)).await;
    wait_for_tasks(&world).await;
    assert_eq!(world.aws.token.count(), 1);
    assert!(world.ports.clock.elapsed() - began < Duration::from_secs(1), "the lock was held for a wait");
}
