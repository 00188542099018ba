//! The latest time that AWS told: written down for the processes after this one, whatever told it.

use jiff::SignedDuration;

use super::world::{World, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::policy::Policy;
use crate::flows::catalog;
use crate::flows::identity::learn_user;
use crate::flows::login::login;
use crate::flows::logout::logout;
use crate::flows::obtain::{CredentialsRequest, obtain};

async fn run(world: &World, flow: &str) -> bool {
    let session = &world.session;
    let request = CredentialsRequest { renew: true, ..world.request("100000000001/Developer", None) };
    match flow {
        "login" => login(&world.ports, &world.login_request(), &|_| {}).await.is_ok(),
        "logout" => logout(&world.ports, session).await.is_ok(),
        "list" => catalog::list(&world.ports, session, &|_| {}).await.is_ok(),
        "obtain" => obtain(&world.ports, &Policy::built_in(), &request, None).await.is_ok(),
        "learn_user" => {
            world.keep_role(&target("100000000001/Developer"), SignedDuration::from_hours(1));
            let kept = world.kept(&target("100000000001/Developer")).unwrap();
            learn_user(&world.ports, session, &kept).await.is_ok()
        }
        _ => {
            world.ports.finish_tasks().await;
            true
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_aws_told_is_written_down_at_the_end_of_each_flow_and_of_the_program() {
    for flow in ["login", "logout", "list", "obtain", "learn_user", "the program"] {
        let world = World::signed_in();
        let told = world.aws.now() + SignedDuration::from_mins(2);
        world.ports.clock.saw_aws_time(told);
        assert!(run(&world, flow).await, "{flow}");
        assert_eq!(*world.clock.kept_aws_time.lock().unwrap(), Some(told), "{flow}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_fails_writes_it_down_all_the_same() {
    for flow in ["login", "logout", "list", "obtain"] {
        let world = World::signed_in();
        let told = world.aws.now() + SignedDuration::from_mins(2);
        world.ports.clock.saw_aws_time(told);
        for script in [&world.aws.start, &world.aws.logout, &world.aws.accounts, &world.aws.credentials] {
            script.fail_always(Some(AwsErrorKind::Forbidden));
        }
        assert!(!run(&world, flow).await, "{flow}");
        assert_eq!(*world.clock.kept_aws_time.lock().unwrap(), Some(told), "{flow}");
    }
}
