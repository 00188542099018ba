//! The server itself: malformed input, limits, many clients, stopping, the `Date` header.

use std::net::Shutdown;
use std::thread;

use proptest::prelude::*;

use super::*;

#[test]
fn malformed_requests_get_a_4xx_and_the_server_goes_on() {
    let simulator = start(Options::default());
    let bodies = ["", "{", "[]", "null", "{\"clientId\":1}", "\u{0}\u{1b}", "{\"grantType\":\"refresh_token\"}"];
    for path in ["/client/register", "/device_authorization", "/token"] {
        for body in bodies {
            assert_eq!(status(&post_form(&simulator, path, "", body)), 400, "{path} {body:?}");
        }
    }
    for (target, expected) in [
        ("/nowhere", 404),
        ("/token", 405),
        ("/assignment/roles", 401),
        ("/%ff%00?a=%zz&=&&b", 404),
        ("/authorize/wait?request=x", 410),
    ] {
        assert_eq!(status(&get(&simulator, target)), expected, "{target}");
    }
    assert_eq!(status(&raw(&simulator, "NONSENSE\r\n\r\n")), 400);
    assert_eq!(status(&raw(&simulator, "GET / HTTP/1.1\r\nno colon here\r\n\r\n")), 400);
    assert_eq!(status(&get(&simulator, "/")), 200);
}

#[test]
fn requests_that_are_too_large_are_refused() {
    let simulator = start(Options::default());
    assert_eq!(status(&post_form(&simulator, "/token", "", &"x".repeat(200 * 1024))), 413);
    let header = format!("GET / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "x".repeat(1024 * 1024));
    let mut stream = TcpStream::connect(simulator.url().strip_prefix("http://").unwrap()).unwrap();
    // The server may close before it took everything.
    let _ = stream.write_all(header.as_bytes());
    let _ = stream.shutdown(Shutdown::Write);
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    assert!(response.is_empty() || status(&String::from_utf8_lossy(&response)) == 431);
    assert_eq!(status(&get(&simulator, "/")), 200);
}

#[test]
fn one_connection_serves_many_requests() {
    let simulator = start(Options::default());
    let request = "GET /start HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /start HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let responses = raw(&simulator, &format!("{request}{request}{last}"));
    assert_eq!(responses.matches("HTTP/1.1 200 OK").count(), 3);
}

#[test]
fn two_hundred_clients_at_once_are_all_answered() {
    let simulator = start(Options::default());
    let answered = thread::scope(|scope| {
        let clients: Vec<_> =
            (0..200).map(|_| scope.spawn(|| status(&get(&simulator, "/assignment/accounts")))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).filter(|&status| status == 401).count()
    });
    assert_eq!((answered, simulator.calls(Operation::ListAccounts)), (200, 200));
}

#[test]
fn the_date_header_shows_the_simulators_time_with_its_skew() {
    let simulator = start(Options { date_skew: -3_600, ..Options::default() });
    let date = || {
        let response = get(&simulator, "/nowhere");
        assert_eq!(response.matches("\r\ndate: ").count(), 1);
        response.lines().find_map(|line| line.strip_prefix("date: ").map(str::to_owned)).unwrap()
    };
    assert_eq!(date(), "Fri, 15 Jan 2027 07:00:00 GMT");
    simulator.set_date_skew(0);
    simulator.advance(Duration::from_secs(60));
    assert_eq!(date(), "Fri, 15 Jan 2027 08:01:00 GMT");
}

#[test]
fn calls_are_logged_with_the_simulators_time() {
    let ticks = AtomicU64::new(0);
    let time = TimeSource::new(move || UNIX_EPOCH + Duration::from_secs(ticks.fetch_add(1, Ordering::SeqCst)));
    let simulator = Simulator::start(Options { time, ..Options::default() }).unwrap();
    let before = simulator.now_ms();
    get(&simulator, "/assignment/roles?account_id=1");
    let call = simulator.calls_log().remove(0);
    assert_eq!((call.operation, call.account_id.as_deref()), (Operation::ListAccountRoles, Some("1")));
    assert!(call.at_ms > before && call.at_ms < simulator.now_ms() && call.status == Some(401));
    simulator.reset_calls();
    assert_eq!((simulator.counts().total(), simulator.calls_log().len()), (0, 0));
}

#[test]
fn dropping_it_closes_open_connections_and_frees_the_port() {
    let simulator = start(Options::default());
    simulator.fault(Operation::ListAccounts, Fault::Hang);
    let port = simulator.url().rsplit(':').next().unwrap().parse().unwrap();
    let mut hanging = TcpStream::connect(("127.0.0.1", port)).unwrap();
    hanging.write_all(b"GET /assignment/accounts HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    assert!(simulator.wait_for_calls(Operation::ListAccounts, 1, Duration::from_secs(30)));
    assert!(Simulator::start(Options { port, ..Options::default() }).is_err());
    drop(simulator);
    let mut rest = Vec::new();
    let _ = hanging.read_to_end(&mut rest);
    assert!(rest.is_empty());
    let again = start(Options { port, ..Options::default() });
    assert_eq!(status(&get(&again, "/")), 200);
}

#[test]
fn every_issued_secret_is_unique_and_marked() {
    let simulator = start(Options::default());
    for _ in 0..50 {
        let body = "{\"clientName\":\"x\",\"clientType\":\"public\"}";
        assert_eq!(status(&post_form(&simulator, "/client/register", "", body)), 200);
    }
    let mut secrets = simulator.issued_secrets();
    assert!(secrets.len() == 50 && secrets.iter().all(|secret| secret.contains("SIM")));
    secrets.sort();
    secrets.dedup();
    assert_eq!(secrets.len(), 50);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_take_the_server_down(bytes in prop::collection::vec(any::<u8>(), 0..512), path in 0usize..8) {
        static SIMULATOR: std::sync::OnceLock<Simulator> = std::sync::OnceLock::new();
        let simulator = SIMULATOR.get_or_init(|| start(Options::default()));
        let paths = ["/token", "/client/register", "/device_authorization", "/", "/device", "/authorize", "/logout", "/x"];
        let mut stream = TcpStream::connect(simulator.url().strip_prefix("http://").unwrap()).unwrap();
        let head = format!("POST {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", paths[path], bytes.len());
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&bytes).unwrap();
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        prop_assert!((400..500).contains(&status(&String::from_utf8_lossy(&response))));
    }
}
