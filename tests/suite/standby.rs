//! Sign-ins made beforehand at a replica: two regions at their real names, behind a proxy that lets one of them go out.

use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use daypass::simulator::{Fault, Operation, Options, Simulator};
use jiff::SignedDuration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::environment::{ADMIN, DEVELOPER, NET, Outcome, READ_ONLY, Running, TestEnv};
use crate::http;
use crate::left_out::left_out;
use crate::network::Authority;
use crate::pty::Pty;

const PRIMARY: &str = "us-east-1";
const REPLICA: &str = "eu-west-1";
const SETTINGS: &str = "[sso_regions]\nacme = ['https://ssoins-1a.eu-west-1.portal.amazonaws.com']\n";
const DIVERTED: &str = "us-east-1 does not answer; served through the standby sign-in in eu-west-1";

/// How a region behaves to whoever connects to it.
#[derive(Clone, Copy, PartialEq)]
enum Region {
    Up,
    /// Nobody can connect.
    Down,
    /// Connections are taken, and nothing ever comes.
    Silent,
}

/// A world whose session is in one region, with a replica in another one.
struct Regions {
    world: TestEnv,
    replica: Simulator,
    authority: Authority,
    proxy: String,
    states: Arc<Mutex<HashMap<&'static str, Region>>>,
    /// How often a connection to each region was asked for.
    asked: Arc<Mutex<HashMap<&'static str, usize>>>,
}

impl Regions {
    /// `None` where certificates cannot be made.
    fn start() -> Option<Self> {
        let hosts = [PRIMARY, REPLICA]
            .map(|region| [format!("oidc.{region}.amazonaws.com"), format!("portal.sso.{region}.amazonaws.com")]);
        let names: Vec<&str> = hosts.iter().flatten().map(String::as_str).collect();
        let authority = Authority::for_names(&names)?;
        let world = TestEnv::new();
        let replica = Simulator::start(Options { accounts: 5, ..Options::default() }).unwrap();
        for aws in [&world.aws, &replica] {
            aws.set_auto_approve(Some(Duration::ZERO));
            for member in ["/verificationUri", "/verificationUriComplete"] {
                let link = Some("https://device.sso.us-east-1.amazonaws.com/".into());
                aws.override_answer(Operation::StartDeviceAuthorization, member, link);
            }
        }
        world.settings(SETTINGS);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let regions = Regions {
            proxy: format!("http://{}", listener.local_addr().unwrap()),
            states: Arc::default(),
            asked: Arc::default(),
            world,
            replica,
            authority,
        };
        let way = Way {
            acceptor: TlsAcceptor::from(Arc::new(regions.authority.server())),
            addresses: [(PRIMARY, regions.world.aws.url()), (REPLICA, regions.replica.url())]
                .map(|(region, url)| (region, http::split(url).0.to_owned())),
            states: Arc::clone(&regions.states),
            asked: Arc::clone(&regions.asked),
        };
        let serve = async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(lead(client, way.clone()));
            }
        };
        thread::spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(serve));
        Some(regions)
    }

    /// The same, signed in to both regions.
    fn signed_in() -> Option<Self> {
        let regions = Regions::start()?;
        regions.run(&["login", "--no-browser"]).succeeds();
        regions.run(&["login", "--no-browser", "--standby"]).succeeds();
        Some(regions)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(arguments);
        for (name, _) in self.world.aws.environment() {
            command.env_remove(name);
        }
        command.env("HTTPS_PROXY", &self.proxy).env("AWS_CA_BUNDLE", self.authority.bundle());
        command
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        Running::start(&mut self.command(arguments)).finish()
    }

    fn set(&self, region: &'static str, state: Region) {
        self.states.lock().unwrap().insert(region, state);
    }

    fn asked(&self, region: &str) -> usize {
        self.asked.lock().unwrap().get(region).copied().unwrap_or_default()
    }

    /// How often role credentials were asked for, in the session's region and at the replica.
    fn fetched(&self) -> [usize; 2] {
        [&self.world.aws, &self.replica].map(|aws| aws.calls(Operation::GetRoleCredentials))
    }
}

#[derive(Clone)]
struct Way {
    acceptor: TlsAcceptor,
    addresses: [(&'static str, String); 2],
    states: Arc<Mutex<HashMap<&'static str, Region>>>,
    asked: Arc<Mutex<HashMap<&'static str, usize>>>,
}

/// Leads a tunnel to the region that its target names.
async fn lead(client: TcpStream, way: Way) {
    let mut client = BufReader::new(client);
    let mut request = String::new();
    while client.read_line(&mut request).await.is_ok_and(|read| read > 2) {}
    let target = request.split(' ').nth(1).unwrap_or_default();
    let (region, address) = way.addresses.iter().find(|(region, _)| target.contains(region)).expect("a known region");
    *way.asked.lock().unwrap().entry(region).or_default() += 1;
    let state = way.states.lock().unwrap().get(region).copied();
    match state.unwrap_or(Region::Up) {
        Region::Down => return,
        Region::Silent => return std::future::pending().await,
        Region::Up => {}
    }
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let Ok(mut client) = way.acceptor.accept(client.into_inner()).await else { return };
    let mut aws = TcpStream::connect(address).await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut aws).await;
}

const NO_OPENSSL: &str = "there is no openssl to make certificates with";

#[test]
fn a_standby_sign_in_serves_while_the_sessions_region_is_out_and_no_longer() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    regions.set(PRIMARY, Region::Down);
    let served = regions.run(&["credentials", READ_ONLY]).succeeds();
    assert!(!served.access_key_id().is_empty() && served.stderr.matches(DIVERTED).count() == 1, "{served:?}");
    assert_eq!(regions.fetched(), [0, 1]);

    // It is known by now that the region is out.
    let asked = regions.asked(PRIMARY);
    assert!(asked > 0);
    regions.run(&["exec", DEVELOPER, "--", "true"]).succeeds();
    assert_eq!((regions.asked(PRIMARY), regions.fetched()), (asked, [0, 2]));

    regions.set(PRIMARY, Region::Up);
    regions.world.age(SignedDuration::from_secs(61));
    let served = regions.run(&["credentials", DEVELOPER]).succeeds();
    assert!(!served.stderr.contains(DIVERTED), "{served:?}");
    assert_eq!(regions.fetched(), [1, 2]);
}

#[test]
fn a_region_that_answers_only_with_trouble_is_out_too() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    regions.world.aws.fault_always(Operation::GetRoleCredentials, Fault::html_unavailable());
    let served = regions.run(&["credentials", READ_ONLY]).succeeds();
    assert!(served.stderr.contains(DIVERTED), "{served:?}");
    assert_eq!(regions.replica.calls(Operation::GetRoleCredentials), 1);
}

#[test]
fn a_refusal_is_an_answer_that_no_standby_sign_in_replaces() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    for (fault, code) in [(Fault::no_access(), 4), (Fault::throttled(Some(60)), 6), (Fault::unauthorized(), 3)] {
        regions.world.aws.clear_faults();
        regions.world.aws.fault_always(Operation::GetRoleCredentials, fault);
        regions.run(&["credentials", READ_ONLY]).fails(code);
    }
    // Nobody is signed in after the 401, and the region did answer.
    regions.run(&["credentials", READ_ONLY]).fails(3);
    assert_eq!(regions.replica.calls(Operation::GetRoleCredentials), 0);
}

#[test]
fn without_a_standby_sign_in_the_error_names_both_regions_and_the_next_command() {
    let Some(regions) = Regions::start() else { return left_out(NO_OPENSSL) };
    regions.run(&["login", "--no-browser"]).succeeds();
    regions.set(PRIMARY, Region::Down);
    let words = "us-east-1 does not answer, and there is no standby sign-in in eu-west-1";
    let failed = regions.run(&["credentials", READ_ONLY]).fails_saying(6, words);
    assert!(failed.stderr.contains("\n  daypass login acme --standby"), "{failed:?}");
    regions.run(&["login", "--no-browser", "--standby"]).succeeds();
    regions.set(REPLICA, Region::Down);
    regions.run(&["credentials", READ_ONLY]).fails_saying(6, "neither us-east-1 answers nor eu-west-1");
}

#[test]
fn a_region_that_never_answers_leaves_time_for_the_standby() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    regions.set(PRIMARY, Region::Silent);
    let started = Instant::now();
    regions.run(&["credentials", READ_ONLY]).succeeds();
    let [first, again] = [started.elapsed(), {
        let started = Instant::now();
        regions.run(&["credentials", DEVELOPER]).succeeds();
        started.elapsed()
    }];
    // What the SDKs wait at least.
    assert!(first < Duration::from_secs(5), "{first:?}");
    assert!(again < first, "the second time it is known: {again:?} after {first:?}");
}

#[test]
fn callers_at_once_are_all_served_through_the_standby() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    regions.set(PRIMARY, Region::Silent);
    let all: Vec<_> = (0..10).map(|_| Running::start(&mut regions.command(&["credentials", READ_ONLY]))).collect();
    let keys: Vec<_> = all.into_iter().map(|one| one.finish().succeeds().access_key_id()).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!(regions.fetched(), [0, 1]);
}

#[test]
fn signing_out_ends_both_and_nothing_of_the_standby_is_handed_out_afterwards() {
    for arguments in [&["logout"][..], &["logout", "--all"]] {
        let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
        regions.set(PRIMARY, Region::Down);
        regions.run(&["credentials", READ_ONLY]).succeeds();
        regions.set(PRIMARY, Region::Up);
        let ended = regions.run(arguments).succeeds();
        assert!(ended.stderr.contains("`acme` is signed out\n"), "{ended:?}");
        assert!(ended.stderr.contains("`acme` is signed out of its standby, eu-west-1\n"), "{ended:?}");
        assert_eq!([&regions.world.aws, &regions.replica].map(|aws| aws.calls(Operation::Logout)), [1, 1]);
        assert!(regions.world.keyring.items().is_empty());
        regions.set(PRIMARY, Region::Down);
        regions.run(&["credentials", READ_ONLY]).fails(3);
        assert_eq!(regions.fetched(), [0, 1]);
    }
}

#[test]
fn a_replica_that_the_settings_name_no_more_is_still_signed_out_of() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    regions.world.settings("");
    regions.set(PRIMARY, Region::Down);
    regions.run(&["credentials", READ_ONLY]).fails(6);
    regions.set(PRIMARY, Region::Up);
    regions.run(&["logout"]).succeeds();
    assert_eq!(regions.replica.calls(Operation::Logout), 1);
    assert!(regions.world.keyring.items().is_empty());
}

#[test]
fn after_a_new_sign_in_nothing_of_the_standby_before_it_is_handed_out() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    regions.set(PRIMARY, Region::Down);
    regions.run(&["credentials", READ_ONLY]).succeeds();
    regions.set(PRIMARY, Region::Up);
    regions.run(&["login", "--no-browser", "--force"]).succeeds();
    assert_eq!(regions.world.keyring.items().len(), 1, "the standby's sign-in and credentials are deleted");
    regions.set(PRIMARY, Region::Down);
    regions.run(&["credentials", READ_ONLY]).fails_saying(6, "there is no standby sign-in in eu-west-1");
    assert_eq!(regions.fetched(), [0, 1]);
}

#[test]
fn a_gate_asks_the_same_of_whoever_comes_through_the_standby() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    regions.run(&["roles", "--refresh"]).succeeds();
    regions
        .world
        .policy("[tiers.admin]\nunattended = true\n[[rule]]\nid = 'payments'\naccount = 'prod-payments-*'\nrole = 'ReadOnly'\ngate = 'break_glass'\n");
    for region in [Region::Up, Region::Down] {
        regions.set(PRIMARY, region);
        regions.run(&["credentials", ADMIN]).fails(5);
        regions.run(&["credentials", READ_ONLY]).fails(5);
    }
    assert_eq!(regions.fetched(), [0, 0]);
    regions.run(&["credentials", ADMIN, "--yes", "--reason", "INC-4711 payments are stuck"]).succeeds();
    // The elevation is the standby's own, and serves as long as any.
    regions.run(&["credentials", ADMIN]).succeeds();
    regions.world.age(SignedDuration::from_secs(61));
    regions.run(&["credentials", ADMIN]).succeeds();
    // Another account's name asks for nothing.
    regions.run(&["credentials", "100000031676/ReadOnly"]).succeeds();
    assert_eq!(regions.fetched(), [0, 2]);
}

#[test]
fn status_shows_the_standby_sign_in_with_its_time_left() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    let shown = regions.run(&["status"]).succeeds().stdout;
    assert!(shown.contains("\n  standby, eu-west-1 · signed in, 7h 59m"), "{shown}");
    let report = regions.run(&["status", "--json"]).succeeds().json();
    let standby = &report["sessions"][0]["standbys"][0];
    assert_eq!((&standby["region"], &standby["signed_in"]), (&REPLICA.into(), &true.into()));
    assert!(standby["seconds_left"].as_i64().is_some_and(|left| left > 0));
    regions.world.age(SignedDuration::from_hours(9));
    let shown = regions.run(&["status"]).stdout;
    assert!(shown.contains("\n  standby, eu-west-1 · not signed in\n"), "{shown}");
}

#[test]
fn whoever_cannot_sign_in_to_the_session_itself_signs_in_at_the_replica() {
    let Some(regions) = Regions::start() else { return left_out(NO_OPENSSL) };
    regions.set(PRIMARY, Region::Down);
    let failed = regions.run(&["login", "--no-browser"]).fails(6);
    assert!(failed.stderr.contains("\n  daypass login acme --standby"), "{failed:?}");
    let made = regions.run(&["login", "--no-browser", "--standby"]).succeeds();
    assert!(made.stderr.contains("made beforehand, it works while us-east-1 does not answer"), "{made:?}");
    regions.run(&["credentials", READ_ONLY]).succeeds();
    // It stays so until somebody signs in.
    regions.world.age(SignedDuration::from_hours(1));
    regions.run(&["credentials", DEVELOPER]).succeeds();
    regions.set(PRIMARY, Region::Up);
    regions.run(&["login", "--no-browser"]).succeeds();
    regions.run(&["credentials", DEVELOPER]).succeeds();
    assert_eq!(regions.fetched(), [1, 2]);
}

#[test]
fn a_standby_sign_in_is_made_once_and_only_where_replicas_are_named() {
    let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
    let again = regions.run(&["login", "--no-browser", "--standby"]).succeeds();
    assert!(again.stderr.contains("`acme` has a standby sign-in in eu-west-1 for another 7h 59m"), "{again:?}");
    assert_eq!(regions.replica.calls(Operation::StartDeviceAuthorization), 1);
    regions.world.settings("[sso_regions]\nacmee = 'eu-west-1'\n");
    let failed = regions.run(&["login", "--standby"]).fails_saying(2, "no replica of `acme` is known");
    assert!(failed.stderr.contains("line 2: there is no SSO session `acmee`; did you mean `acme`?"), "{failed:?}");
}

#[test]
fn a_sign_in_at_a_terminal_offers_the_standby_where_the_settings_say_so() {
    let Some(regions) = Regions::start() else { return left_out(NO_OPENSSL) };
    const QUESTION: &str = "Also sign in at eu-west-1, in case us-east-1 goes out? [Y/n]";
    regions.world.settings(&format!("standby = 'offer'\n{SETTINGS}"));
    let login = ["login", "--no-browser", "--force"];
    let in_a_script = regions.run(&login).succeeds();
    assert!(!in_a_script.stderr.contains(QUESTION), "{in_a_script:?}");

    let mut declined = Pty::of(&regions.command(&login));
    declined.wait_for_raw(QUESTION);
    declined.press("n\r");
    assert_eq!(declined.finish().0, 0);
    assert_eq!(regions.replica.calls(Operation::RegisterClient), 0);

    let mut agreed = Pty::of(&regions.command(&login));
    agreed.wait_for_raw(QUESTION);
    agreed.press("\r");
    let (code, shown) = agreed.finish();
    assert!(code == 0 && shown.contains("`acme` has a standby sign-in in eu-west-1"), "{code}: {shown}");

    regions.world.settings(SETTINGS);
    let (code, shown) = Pty::of(&regions.command(&login)).finish();
    assert!(code == 0 && !shown.contains(QUESTION), "it is off unless the settings say otherwise: {shown}");
}

#[test]
fn one_confirmation_that_is_asked_for_at_two_regions_is_granted_once_and_a_kill_leaves_each_with_an_outcome() {
    for is_killed in [false, true] {
        let Some(regions) = Regions::signed_in() else { return left_out(NO_OPENSSL) };
        regions.world.policy("[tiers.admin]\nunattended = true\n");
        regions.world.aws.fault_always(Operation::GetRoleCredentials, Fault::html_unavailable());
        let elevate = ["elevate", ADMIN, "--yes", "--reason", "INC-4711 payments are stuck"];
        if is_killed {
            regions.replica.fault(Operation::GetRoleCredentials, Fault::Hang);
            let running = Running::start(&mut regions.command(&elevate));
            assert!(regions.replica.wait_for_calls(Operation::GetRoleCredentials, 1, NET));
            running.kill();
            regions.run(&["elevations"]).succeeds();
            assert_eq!(regions.world.steps(), ["intent", "failed", "intent", "ended"]);
            assert_eq!(regions.world.elevations()[3]["data"]["how"], "unknown");
            regions.run(&["credentials", ADMIN]).fails(5);
        } else {
            regions.run(&elevate).succeeds();
            assert_eq!(regions.world.steps(), ["intent", "failed", "intent", "granted"]);
            regions.run(&["credentials", ADMIN]).succeeds();
            assert_eq!(regions.replica.calls(Operation::GetRoleCredentials), 1);
        }
    }
}
