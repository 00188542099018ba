//! Endpoint overrides: where tokens may go, and that they go nowhere else.

use std::io::ErrorKind;
use std::net::TcpListener;

use daypass::simulator::{Options, Simulator};

use crate::environment::{DEVELOPER, READ_ONLY, Running, TestEnv};

/// The variables that lead a service elsewhere.
const VARIABLES: [&str; 4] =
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"];

#[test]
fn an_endpoint_that_must_not_be_given_tokens_is_refused_before_anything_is_sent() {
    let world = TestEnv::signed_in();
    let port = world.aws.url().rsplit_once(':').unwrap().1;
    let with_user = format!("http://CANARY:secret@127.0.0.1:{port}");
    for variable in VARIABLES {
        for address in ["http://192.0.2.1:9", "http://localhost.evil.example", &with_user] {
            let mut environment: Vec<_> = VARIABLES[1..].iter().map(|name| (*name, world.aws.url())).collect();
            environment.retain(|(name, _)| *name != variable && variable != VARIABLES[0]);
            environment.push((variable, address));
            let mut command = world.command(&["credentials", DEVELOPER]);
            for name in VARIABLES {
                command.env_remove(name);
            }
            let failed = Running::start(command.envs(environment)).finish();
            let failed = failed.fails_saying(2, &format!("unset {variable},"));
            assert!(!failed.stderr.contains("CANARY"), "{failed:?}");
        }
    }
    assert_eq!(world.aws.counts().total(), 0);
}

#[test]
fn a_token_of_one_endpoint_is_never_sent_to_another() {
    let world = TestEnv::signed_in();
    let key = world.credentials(DEVELOPER).succeeds().access_key_id();
    let elsewhere = Simulator::start(Options::default()).unwrap();
    for variable in &VARIABLES[1..3] {
        let moved = [(*variable, elsewhere.url())];
        for command in [&["credentials", DEVELOPER][..], &["credentials", READ_ONLY], &["roles"]] {
            world.run_with(command, &moved).fails(3);
        }
        assert_eq!(world.run_with(&["status"], &moved).code, Some(3));
        world.run_with(&["logout"], &moved).succeeds();
    }
    assert_eq!((elsewhere.counts().total(), world.calls(daypass::simulator::Operation::Logout)), (0, 0));
    assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), key, "the session itself is as it was");
}

#[test]
fn what_is_on_this_machine_is_reached_past_the_proxy() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let world = TestEnv::signed_in();
    let mut command = world.command(&["credentials", DEVELOPER]);
    // One service is left at AWS: the others must not be taken through the proxy for that.
    command.env_remove("AWS_ENDPOINT_URL_STS").env("HTTP_PROXY", &address).env("http_proxy", &address);
    Running::start(&mut command).finish().succeeds();
    assert_eq!(proxy.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "the proxy was asked");
}
