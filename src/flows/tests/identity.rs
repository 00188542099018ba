//! Who signed in, as AWS says it.

use jiff::SignedDuration;

use super::world::{World, target};
use crate::domain::text::Untrusted;
use crate::flows::identity::learn_user;

#[tokio::test(start_paused = true)]
async fn the_name_of_the_role_session_is_the_users_and_any_other_identity_names_nobody() {
    let table = [
        (
            "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Developer_0/alice@acme.example",
            Some("alice@acme.example"),
        ),
        ("arn:aws-cn:sts::111111111111:assumed-role/AWSReservedSSO_Developer_0/alice", Some("alice")),
        ("arn:aws:iam::111111111111:user/mallory", None),
        ("mallory", None),
    ];
    for (arn, user) in table {
        let world = World::signed_in();
        let signed_in = world.record().signed_in.unwrap();
        let store = world.ports.store.name();
        let state = &world.ports.state;
        state.update_index(&mut |index| index.note_sign_in(&world.session, &signed_in, store)).unwrap();
        world.keep_role(&target("111111111111/Developer"), SignedDuration::from_hours(1));
        let kept = world.kept(&target("111111111111/Developer")).unwrap();
        world.aws.caller.lock().unwrap().arn = arn.into();
        let learned = learn_user(&world.ports, &world.session, &kept).await;
        let noted = world.ports.state.index().session(&world.session.key()).unwrap().user.clone();
        assert_eq!((learned.ok(), noted), (user.map(Untrusted::from), user.map(Untrusted::from)), "{arn}");
    }
}
