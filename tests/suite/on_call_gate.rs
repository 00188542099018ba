//! Roles for whoever is on call, in whole programs: free while on the rota, refused with the way in otherwise.

use daypass::simulator::Operation;
use jiff::{SignedDuration, Timestamp};

use crate::environment::{ADMIN, DEVELOPER, READ_ONLY, TestEnv};

fn hours(count: i64) -> String {
    let now: Timestamp = std::time::SystemTime::now().try_into().unwrap();
    (now + SignedDuration::from_hours(count)).to_string()
}

/// A world whose rota has `who` from an hour ago until in two hours, by a command that says so.
fn rota_of(who: &str) -> TestEnv {
    let world = TestEnv::signed_in();
    let shifts =
        format!("{{\"shifts\":[{{\"who\":\"{who}\",\"from\":\"{}\",\"until\":\"{}\"}}]}}", hours(-1), hours(2));
    std::fs::write(world.path("shifts.json"), shifts).unwrap();
    let file = world.path("shifts.json").display().to_string();
    world.policy(&format!(
        "[[rota]]\nname = 'pay'\ncommand = ['cat', '{file}']\n[people]\n'alice@acme.example' = ['Alice']\n\
         [tiers.developer]\nunattended = true\n"
    ));
    world
}

fn issued(world: &TestEnv) -> Vec<serde_json::Value> {
    world
        .log()
        .into_iter()
        .filter(|line| line["kind"] == "credentials.issued")
        .map(|line| line["data"].clone())
        .collect()
}

#[test]
fn whoever_is_on_call_gets_the_role_and_the_record_has_what_shows_it() {
    let world = rota_of("Alice");
    // Nobody knows yet who signed in: AWS is asked with the credentials.
    let first = world.credentials(DEVELOPER).succeeds();
    assert_eq!([Operation::GetRoleCredentials, Operation::GetCallerIdentity].map(|call| world.calls(call)), [1, 1]);
    let record = &issued(&world)[0];
    let evidence = &record["on_call"][0];
    assert_eq!(
        (&evidence["rota"], &evidence["source"], &evidence["freshness"]),
        (&"pay".into(), &"command".into(), &"live".into())
    );
    assert!(record["elevation"].is_null() && record["gate"] == "on_call", "{record}");
    // Warm: nobody is asked anything.
    world.aws.reset_calls();
    assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), first.access_key_id());
    assert_eq!(world.aws.counts().total(), 0);
    // The other tiers are as they were.
    world.credentials(READ_ONLY).succeeds();
    world.credentials(ADMIN).fails(5);
}

#[test]
fn whoever_is_not_on_call_is_told_who_is_and_an_elevation_is_the_way_in() {
    let world = rota_of("Bob");
    // The credentials that AWS gave before it named the person are dropped.
    world.credentials(DEVELOPER).fails_saying(5, "not on call; rota pay says Bob until");
    assert!(world.record("role/").is_none() && issued(&world).is_empty());
    world.aws.reset_calls();
    let refused = world.credentials(DEVELOPER).fails_saying(5, &format!("daypass elevate {DEVELOPER}"));
    assert_eq!(world.aws.counts().total(), 0, "{refused:?}");
    world.run(&["elevate", DEVELOPER, "--yes", "--reason", "INC-4711 payments are stuck"]).succeeds();
    world.credentials(DEVELOPER).succeeds();
    world.run(&["end"]).succeeds();
    world.credentials(DEVELOPER).fails(5);
    assert_eq!(world.steps(), ["refused", "intent", "granted", "ended", "refused"]);
}

#[test]
fn what_shows_it_grows_old_and_a_rota_that_fails_opens_nothing() {
    let world = rota_of("Alice");
    world.credentials(DEVELOPER).succeeds();
    world.age(SignedDuration::from_mins(14));
    std::fs::remove_file(world.path("shifts.json")).unwrap();
    world.credentials(DEVELOPER).succeeds();
    world.age(SignedDuration::from_mins(2));
    world.credentials(DEVELOPER).fails_saying(5, "it cannot be told who is on call");
}
