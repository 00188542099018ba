//! Signing in with a browser that comes back: the listener on loopback and what it believes.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use daypass::simulator::{Grant, Operation};
use url::Url;

use crate::environment::{NET, Running, TestEnv};
use crate::http;
use crate::programs::write_script;

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

#[test]
fn two_hundred_idle_connections_hold_nothing_up() {
    let world = TestEnv::new();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    let attempt = Attempt::begin(&world);
    let listener = attempt.listener();
    let idle: Vec<TcpStream> = (0..200)
        .map(|number| {
            let mut stream = TcpStream::connect(&listener).unwrap();
            if number % 2 == 0 {
                write!(stream, "GET /oauth/callback?code=").unwrap();
            }
            stream
        })
        .collect();
    let callback = http::get(attempt.link.as_str()).location.unwrap();
    assert_eq!(http::request(&listener, "GET", "/", &listener).status, 404);
    assert!(idle.iter().any(is_open), "an answer came only when all idle connections had been given up");
    assert_eq!(http::get(&callback).status, 200);
    attempt.login.finish().succeeds();
}

/// Whether the other side has not closed this connection.
fn is_open(connection: &TcpStream) -> bool {
    connection.set_nonblocking(true).unwrap();
    connection.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

/// A login whose browser is a script that notes everything that other users can read of it, and does nothing.
struct Watched {
    login: Running,
    /// Its argument list and environment, and those of our own process.
    public: String,
    /// What it was given to open.
    address: String,
}

impl Watched {
    fn begin(world: &TestEnv) -> Self {
        let browser = world.path("browser");
        // Renamed into place when it is complete.
        let script = "{ cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline | tr '\\0' '\\n'\n\
                      echo \"opens $1\"; } >\"$HOME/.public\"; mv \"$HOME/.public\" \"$HOME/public\"";
        write_script(&browser, script);
        let login = Running::start(world.command(&["login", "--flow", "pkce"]).env("BROWSER", &browser));
        login.link();
        let deadline = Instant::now() + NET;
        let public = loop {
            match fs::read_to_string(world.path("public")) {
                Ok(public) => break public,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            std::thread::yield_now();
        };
        let address = public.lines().find_map(|line| line.strip_prefix("opens ")).unwrap().to_owned();
        Watched { login, public, address }
    }
}

#[test]
fn whoever_reads_argument_lists_and_environments_learns_nothing_of_the_sign_in() {
    let world = TestEnv::new();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    let watched = Watched::begin(&world);
    let link = Url::parse(&watched.login.link()).unwrap();
    for (name, value) in link.query_pairs() {
        if ["state", "code_challenge", "client_id", "redirect_uri"].contains(&name.as_ref()) {
            assert!(!watched.public.contains(value.as_ref()), "{name} is in {}", watched.public);
        }
    }
    assert!(!watched.public.contains("/authorize"), "{}", watched.public);

    // Only the address itself, asked for as a browser does, leads on; and only once.
    let (listener, path) = http::split(&watched.address);
    assert!(listener.starts_with("127.0.0.1:") && path.len() > 40, "{}", watched.address);
    for (method, target, host) in [
        ("GET", "/", listener),
        ("GET", "/oauth/callback", listener),
        ("GET", &path[..path.len() - 1], listener),
        ("GET", &format!("{path}?"), listener),
        ("HEAD", path, listener),
        ("POST", path, listener),
        ("GET", path, "evil.example"),
    ] {
        let answer = http::request(listener, method, target, host);
        assert!(
            (400..500).contains(&answer.status) && answer.location.is_none(),
            "{method} {target} {host}: {answer:?}"
        );
    }
    let answer = http::get(&watched.address);
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some(link.as_str())));
    let again = http::try_request(listener, "GET", path, listener);
    assert!(!again.is_ok_and(|answer| answer.status == 302), "the address leads on a second time");

    let callback = http::get(&answer.location.unwrap()).location.unwrap();
    assert_eq!(http::get(&callback).status, 200);
    watched.login.finish().succeeds();
}

#[test]
#[ignore = "acts as another user, so it needs root or sudo"]
fn another_user_who_comes_first_is_turned_away_and_the_link_still_works() {
    let world = TestEnv::new();
    let watched = Watched::begin(&world);
    let (listener, path) = http::split(&watched.address);
    let (host, port) = listener.split_once(':').unwrap();
    let ask = format!(
        "exec 3<>/dev/tcp/{host}/{port} && printf 'GET {path} HTTP/1.1\\r\\nHost: {listener}\\r\\n\\r\\n' >&3; cat <&3; echo asked"
    );
    let mut other = match rustix::process::getuid().is_root() {
        true => std::process::Command::new("setpriv"),
        false => std::process::Command::new("sudo"),
    };
    match rustix::process::getuid().is_root() {
        true => other.args(["--reuid", "65534", "--clear-groups"]),
        false => other.args(["-n", "-u", "nobody"]),
    };
    let stolen = other.args(["bash", "-c", &ask]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&stolen.stdout), "asked\n", "{stolen:?}");
    assert_eq!(http::get(&watched.address).status, 302);
}
