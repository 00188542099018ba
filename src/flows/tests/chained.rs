//! Whose credentials an elevation got, and the role that it assumes with them.

use super::world::{World, pass, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::credentials::CachedCredentials;
use crate::domain::policy::{Clauses, Mode, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::domain::tier::Tier;
use crate::error::{Error, Kind, Result};
use crate::flows::obtain::obtain;
use crate::ports::SecretStore as _;

const ADMIN: &str = "111111111111/Admin";
const WHY: &str = "INC-4711 restore the queue";

fn policy(mode: Mode) -> Policy {
    let admin = Clauses { mode: Some(mode), ..Clauses::default() };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b""), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]).with(Tier::Admin, &admin), Vec::new(), identity)
}

pub(super) fn chained() -> Policy {
    policy(Mode::Chained("arn:aws:iam::{account}:role/BreakGlass".to_owned()))
}

async fn admin(world: &World, policy: &Policy, reason: Option<&str>) -> Result<CachedCredentials> {
    obtain(&world.ports, policy, &world.request(ADMIN, reason), None).await
}

fn steps(world: &World) -> Vec<String> {
    let lines = world.log.lines.lock().unwrap();
    lines.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn credentials_of_another_account_are_dropped_and_the_elevation_fails() {
    let world = World::signed_in();
    world.aws.caller.lock().unwrap().account = "222222222222".to_owned().try_into().unwrap();
    let error = admin(&world, &Policy::built_in(), Some(WHY)).await.unwrap_err();
    assert!(matches!(error, Error::OtherIdentity { .. }), "{error}");
    assert!(world.kept(&target(ADMIN)).is_none());
    assert_eq!(steps(&world), ["intent", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn no_answer_about_whose_they_are_keeps_them_after_a_while() {
    let world = World::signed_in();
    world.aws.identities.fail_always(Some(AwsErrorKind::Unreachable));
    admin(&world, &Policy::built_in(), Some(WHY)).await.unwrap();
    assert_eq!((steps(&world), world.aws.identities.count()), (vec!["intent".into(), "granted".into()], 1));
}

#[tokio::test(start_paused = true)]
async fn a_chained_elevation_hands_out_the_assumed_roles_credentials_alone() {
    let world = World::signed_in();
    let granted = admin(&world, &chained(), Some(WHY)).await.unwrap();
    assert!(granted.credentials().access_key_id.as_str().starts_with("ASIACHAINED"), "{granted:?}");
    assert_eq!((world.aws.credentials.count(), world.aws.assumptions.count()), (1, 1));
    assert_eq!(steps(&world), ["intent", "granted"]);
    // What the other mode gave is not handed out, in either direction.
    for other in [Policy::built_in(), policy(Mode::Chained("arn:aws:iam::{account}:role/Other".to_owned()))] {
        assert_eq!(admin(&world, &other, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    }
    assert!(admin(&world, &chained(), None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_renewal_assumes_the_role_again_for_what_is_left() {
    let world = World::signed_in();
    let first = admin(&world, &chained(), Some(WHY)).await.unwrap();
    pass(14 * 60).await;
    world.store.delete_credentials(&world.source(&target(ADMIN)).key()).unwrap();
    let again = admin(&world, &chained(), None).await.unwrap();
    assert_eq!((again.elevation(), world.aws.assumptions.count()), (first.elevation(), 2));
}

#[tokio::test(start_paused = true)]
async fn a_role_that_may_not_be_assumed_ends_the_elevation_and_is_named() {
    let world = World::signed_in();
    world.aws.assumptions.fail_always(Some(AwsErrorKind::Forbidden));
    let error = admin(&world, &chained(), Some(WHY)).await.unwrap_err();
    assert!(
        matches!(&error, Error::RoleNotAssumed { role, .. } if role.raw().ends_with(":role/BreakGlass")),
        "{error}"
    );
    assert_eq!((error.kind(), steps(&world)), (Kind::Denied, vec!["intent".into(), "failed".into()]));
    assert!(world.kept(&target(ADMIN)).is_none(), "the entry role's credentials are nobody's");
}

#[tokio::test(start_paused = true)]
async fn without_a_name_for_the_session_no_role_is_assumed() {
    let world = World::signed_in();
    world.aws.identities.fail_always(Some(AwsErrorKind::Unreachable));
    assert!(matches!(admin(&world, &chained(), Some(WHY)).await, Err(Error::UserUnknown)));
    assert_eq!((world.aws.assumptions.count(), steps(&world)), (0, vec!["intent".into(), "failed".into()]));
}
