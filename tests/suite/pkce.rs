//! Signing in with a browser that comes back: the listener on loopback and what it believes.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use daypass::simulator::{Grant, Operation};
use url::Url;

use crate::environment::{Running, TestEnv};
use crate::http;

/// A login under way, and what its link says.
struct Attempt {
    login: Running,
    link: Url,
}

impl Attempt {
    fn begin(world: &TestEnv) -> Self {
        let login = world.spawn(&["login", "--flow", "pkce", "--no-browser", "--force"]);
        let link = Url::parse(&login.link()).unwrap();
        Attempt { login, link }
    }

    fn parameter(&self, name: &str) -> String {
        self.link.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
    }

    /// Host and port of the listener.
    fn listener(&self) -> String {
        let redirect = Url::parse(&self.parameter("redirect_uri")).unwrap();
        assert_eq!((redirect.host_str(), redirect.path()), (Some("127.0.0.1"), "/oauth/callback"));
        format!("127.0.0.1:{}", redirect.port().unwrap())
    }
}

#[test]
fn strays_are_turned_away_and_the_true_answer_still_counts() {
    let world = TestEnv::new();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    let attempt = Attempt::begin(&world);
    let (listener, state) = (attempt.listener(), attempt.parameter("state"));
    let port = listener.rsplit_once(':').unwrap().1;
    let right = format!("/oauth/callback?code=stolen&state={state}");
    let strays = [
        ("GET", "/".to_owned(), listener.clone()),
        ("GET", format!("/oauth/callback/?code=stolen&state={state}"), listener.clone()),
        ("GET", "/oauth/callback".to_owned(), listener.clone()),
        ("GET", "/oauth/callback?code=stolen&state=wrong".to_owned(), listener.clone()),
        ("GET", "/oauth/callback?code=stolen".to_owned(), listener.clone()),
        ("GET", "/oauth/callback?error=access_denied".to_owned(), listener.clone()),
        ("GET", format!("/oauth/callback?state={state}"), listener.clone()),
        ("GET", format!("{right}&state={state}"), listener.clone()),
        ("POST", right.clone(), listener.clone()),
        ("HEAD", right.clone(), listener.clone()),
        ("GET", right.clone(), format!("localhost:{port}")),
        ("GET", right.clone(), "evil.example".to_owned()),
        ("GET", right.clone(), format!("127.0.0.1.nip.io:{port}")),
    ];
    for (method, target, host) in strays {
        let answer = http::request(&listener, method, &target, &host);
        assert!((400..500).contains(&answer.status), "{method} {target} {host}: {}", answer.status);
        assert!(!answer.text.contains("stolen"), "{}", answer.text);
    }
    // A second visitor is already connected when the true answer comes, and is never believed.
    let mut second = TcpStream::connect(&listener).unwrap();
    let callback = http::get(attempt.link.as_str()).location.unwrap();
    assert_eq!(http::get(&callback).status, 200);
    let _ = write!(second, "GET {right} HTTP/1.1\r\nHost: {listener}\r\n\r\n");
    let mut text = String::new();
    let _ = second.read_to_string(&mut text);
    assert!(!text.contains(" 200 "), "{text}");

    attempt.login.finish().succeeds();
    assert_eq!(world.aws.counts().grant(Grant::AuthorizationCode), 1);
    assert!(TcpStream::connect(&listener).is_err(), "the listener is closed afterwards");
}

#[test]
fn only_loopback_listens() {
    let world = TestEnv::new();
    let attempt = Attempt::begin(&world);
    let port: u16 = attempt.listener().rsplit_once(':').unwrap().1.parse().unwrap();
    let listening = |table: &str| -> Vec<String> {
        let rows = fs::read_to_string(table).unwrap_or_default();
        let addresses = rows.lines().skip(1).filter(|row| row.split_whitespace().nth(3) == Some("0A"));
        let addresses = addresses.filter_map(|row| row.split_whitespace().nth(1));
        addresses.filter(|address| address.ends_with(&format!(":{port:04X}"))).map(str::to_owned).collect()
    };
    assert_eq!(listening("/proc/net/tcp"), [format!("0100007F:{port:04X}")]);
    assert!(listening("/proc/net/tcp6").is_empty());
}

#[test]
fn every_attempt_has_its_own_challenge_and_state() {
    let world = TestEnv::new();
    let attempts = [Attempt::begin(&world), Attempt::begin(&world)];
    for name in ["code_challenge", "state"] {
        assert_ne!(attempts[0].parameter(name), attempts[1].parameter(name), "{name}");
    }
    for attempt in &attempts {
        assert_eq!(attempt.parameter("code_challenge_method"), "S256");
        assert_eq!(attempt.parameter("code_challenge").len(), 43);
    }
}

#[test]
fn the_browsers_refusal_ends_the_sign_in_and_its_words_are_made_safe() {
    let world = TestEnv::new();
    let attempt = Attempt::begin(&world);
    let state = attempt.parameter("state");
    let target = format!("/oauth/callback?error=access_denied&error_description=%1b%5b2Jno%0d%0a&state={state}");
    assert_eq!(http::request(&attempt.listener(), "GET", &target, &attempt.listener()).status, 200);
    attempt.login.finish().fails_saying(4, "declined");
    assert_eq!(world.calls(Operation::CreateToken), 0);
}

#[test]
fn a_code_that_aws_did_not_issue_signs_nobody_in() {
    let world = TestEnv::new();
    let attempt = Attempt::begin(&world);
    let target = format!("/oauth/callback?code=guessed&state={}", attempt.parameter("state"));
    http::request(&attempt.listener(), "GET", &target, &attempt.listener());
    attempt.login.finish().fails(3);
    assert_eq!(world.run(&["status"]).code, Some(3));
}
