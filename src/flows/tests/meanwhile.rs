//! What a sign-out, or a new sign-in, that comes while credentials are fetched does to the answer.

use jiff::SignedDuration;

use super::world::{World, pass, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::credentials::CachedCredentials;
use crate::domain::on_call::Admission;
use crate::domain::policy::Policy;
use crate::error::{Kind, Result};
use crate::flows::judge::judge;
use crate::flows::kept::Kept;
use crate::flows::login::login;
use crate::flows::logout::logout;
use crate::flows::obtain::obtain;

const DEVELOPER: &str = "100000000001/Developer";
const ADMIN: &str = "100000000001/Admin";
const WHY: &str = "INC-4711 restore the queue";

async fn fetch(world: &World, name: &str, reason: Option<&str>, kept: Option<Kept>) -> Result<CachedCredentials> {
    obtain(&world.ports, &Policy::built_in(), &world.request(name, reason), kept).await
}

/// Signed in, with credentials that are valid for some minutes more and are to be fetched again.
async fn with_valid_credentials(name: &str) -> World {
    let world = World::signed_in();
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_mins(15);
    fetch(&world, name, (name == ADMIN).then_some(WHY), None).await.unwrap();
    pass(11 * 60).await;
    world
}

async fn sign_in_anew(world: &World) {
    login(&world.ports, &world.login_request(), &|_| {}).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn credentials_of_a_sign_in_that_ended_meanwhile_bridge_nothing() {
    for name in [DEVELOPER, ADMIN] {
        for signs_in_again in [false, true] {
            for answer in [None, Some(AwsErrorKind::SignedOut), Some(AwsErrorKind::ServerTrouble)] {
                let world = with_valid_credentials(name).await;
                world.aws.credentials.fail_always(answer);
                let permission = world.aws.hold(&target(name));
                let meanwhile = async {
                    world.aws.credentials.called(2).await;
                    match signs_in_again {
                        true => sign_in_anew(&world).await,
                        false => drop(logout(&world.ports, &world.session).await.unwrap()),
                    }
                    // A try after this one is answered at once.
                    world.aws.held.lock().unwrap().clear();
                    permission.notify_one();
                };
                let (outcome, ()) = tokio::join!(fetch(&world, name, None, None), meanwhile);
                let case = format!("{name} {signs_in_again} {answer:?}");
                let expected = match answer {
                    Some(AwsErrorKind::ServerTrouble) => Kind::Unavailable,
                    _ => Kind::LoginNeeded,
                };
                assert_eq!(outcome.map(|_| ()).unwrap_err().kind(), expected, "{case}");
                assert!(world.kept(&target(name)).is_none(), "{case}");
                assert_eq!(world.record().signed_in.is_some(), signs_in_again, "{case}: the new sign-in stays");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_read_before_a_sign_out_is_not_handed_out_after_it() {
    for name in [DEVELOPER, ADMIN] {
        let world = with_valid_credentials(name).await;
        let source = world.source(&target(name));
        let verdict = judge(&world.ports, &Policy::built_in(), &source);
        let kept = Kept::load(&world.ports, &source, &verdict).unwrap();
        assert!(kept.valid(&verdict, &Admission::NotAsked, world.ports.clock.now()).is_some());
        logout(&world.ports, &world.session).await.unwrap();
        let outcome = fetch(&world, name, None, Some(kept)).await;
        assert_eq!(outcome.map(|_| ()).unwrap_err().kind(), Kind::LoginNeeded, "{name}");
    }
}
