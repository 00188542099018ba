//! `oncall`: rotas of every kind, what is kept of them, and sources that fail, hang or are none.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::{SignedDuration, Timestamp};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::environment::{Outcome, READ_ONLY, Running, TestEnv};
use crate::pty::{INTERRUPTED, Pty};
use crate::secrets::found_in_files;

const TOKEN: &str = "CANARYTOKEN0123456789abcdef";

fn stamp(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// In so many hours.
fn hours(count: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(count)
}

fn event(who: &str, from: i64, until: i64) -> String {
    let (from, until) = (stamp(hours(from)), stamp(hours(until)));
    format!("BEGIN:VEVENT\r\nUID:{who}-{from}\r\nSUMMARY:{who}\r\nDTSTART:{from}\r\nDTEND:{until}\r\nEND:VEVENT\r\n")
}

/// Bob is on duty for four more hours, and Alice for four after that.
fn calendar() -> String {
    let events = [event("Bob Roe", -4, 2), event("Bob Roe", 2, 4), event("Alice Doe", 4, 8)].concat();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

/// A server that answers with a calendar, and counts how often.
struct CalendarServer {
    address: std::net::SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl CalendarServer {
    fn start(answer: impl Fn(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut request = Vec::new();
                let mut bytes = [0; 1024];
                while !request.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut bytes) {
                        Ok(read) if read > 0 => request.extend_from_slice(&bytes[..read]),
                        _ => break,
                    }
                }
                count.fetch_add(1, Ordering::SeqCst);
                answer(&mut stream);
            }
        });
        CalendarServer { address, asked }
    }

    fn good() -> Self {
        let body = calendar();
        Self::start(move |stream| {
            let _ =
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn rota(source: &str) -> String {
    format!("[[rota]]\nname = \"pay\"\n{source}\n[people]\n\"alice@acme.example\" = [\"Alice Doe\", \"alice\"]\n")
}

fn with(source: &str) -> TestEnv {
    let world = TestEnv::new();
    world.policy(&rota(source));
    world
}

/// What is known of the only rota.
#[track_caller]
fn row(outcome: Outcome) -> Value {
    outcome.succeeds().json()[0].clone()
}

fn shown(world: &TestEnv) -> Value {
    row(world.run(&["oncall", "--json"]))
}

fn on_duty(row: &Value) -> Vec<&str> {
    row["on_duty"].as_array().unwrap().iter().map(|person| person["who"].as_str().unwrap()).collect()
}

/// Lets the index know who AWS says has signed in.
fn note_user(world: &TestEnv, user: &str) {
    let path = world.state().join("index.json");
    let mut index: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for session in index["sessions"].as_object_mut().unwrap().values_mut() {
        session["user"] = user.into();
    }
    fs::write(path, serde_json::to_vec(&index).unwrap()).unwrap();
}

fn snapshots(world: &TestEnv) -> Vec<PathBuf> {
    let files = fs::read_dir(world.state()).into_iter().flatten().flatten().map(|entry| entry.path());
    files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("rota-")).collect()
}

/// Pipes `text` into `oncall set pay`.
fn set(world: &TestEnv, text: &str) -> Outcome {
    let piped = world.path("address");
    fs::write(&piped, text).unwrap();
    let outcome =
        Running::start(world.command(&["oncall", "set", "pay"]).stdin(Stdio::from(fs::File::open(&piped).unwrap())))
            .finish();
    fs::remove_file(piped).unwrap();
    outcome
}

#[test]
fn without_a_rota_it_says_how_to_add_one() {
    let world = TestEnv::new();
    world.run(&["oncall"]).fails_saying(2, "the policy has no rota");
    assert_eq!(world.run(&["oncall", "--json"]).succeeds().json(), json!([]));
    world.run(&["oncall", "set", "pay"]).fails_saying(2, "there is no rota `pay`");
}

#[test]
fn shifts_in_the_policy_need_no_file_and_no_network() {
    let world = with(&format!(
        "shifts = [{{ who = \"Bob\", from = \"{}\", until = \"{}\" }}, {{ who = \"alice\", from = \"{}\", until = \"{}\" }}]",
        hours(-1),
        hours(1),
        hours(1),
        hours(3)
    ));
    let row = shown(&world);
    assert_eq!((on_duty(&row), &row["source"], &row["serves"]), (vec!["Bob"], &json!("shifts"), &json!(true)));
    assert_eq!(row["next"]["who"], "alice");
    assert!(snapshots(&world).is_empty());
}

#[test]
fn a_file_is_read_and_what_was_read_serves_for_a_quarter_of_an_hour() {
    let world = with("ical = \"pay.ics\"");
    let file = world.path(".config/daypass/pay.ics");
    fs::write(&file, calendar()).unwrap();
    let first = shown(&world);
    assert_eq!((on_duty(&first), &first["source"]), (vec!["Bob Roe"], &json!("ical_file")));
    let mode = fs::metadata(&snapshots(&world)[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::remove_file(&file).unwrap();
    world.age(SignedDuration::from_mins(14));
    let kept = shown(&world);
    assert_eq!((on_duty(&kept), &kept["serves"], &kept["failure"]), (vec!["Bob Roe"], &json!(true), &Value::Null));
    assert!(kept["age_seconds"].as_i64().is_some_and(|age| (14 * 60..15 * 60).contains(&age)), "{kept}");
    world.age(SignedDuration::from_mins(2));
    let stale = shown(&world);
    assert_eq!((&stale["serves"], on_duty(&stale)), (&json!(false), vec!["Bob Roe"]));
    assert!(stale["failure"].as_str().unwrap().ends_with("pay.ics is not there"), "{stale}");
    assert!(stale["you"][0]["on_duty"].is_null(), "what is too old decides nothing");
    let told = world.run(&["oncall"]).succeeds().stdout;
    assert!(told.contains("nobody counts as on duty") && told.contains("read 16 min ago"), "{told}");
}

#[test]
fn what_was_read_of_another_definition_serves_no_more() {
    let world = with("ical = \"pay.ics\"");
    fs::write(world.path(".config/daypass/pay.ics"), calendar()).unwrap();
    assert_eq!(on_duty(&shown(&world)), ["Bob Roe"]);
    world.policy(&rota("ical = \"other.ics\""));
    let row = shown(&world);
    assert_eq!((on_duty(&row), &row["serves"]), (vec![], &json!(false)));
}

#[test]
fn who_i_am_there_is_what_the_policy_says_of_the_user_that_aws_asserts() {
    let world = with("ical = \"pay.ics\"");
    fs::write(world.path(".config/daypass/pay.ics"), calendar()).unwrap();
    let told = world.run(&["oncall"]).succeeds().stdout;
    assert!(told.contains("acme     who you are is not known yet"), "{told}");
    world.sign_in();
    for (user, is_on) in [("alice@acme.example", false), ("bob roe", true), ("carol", false)] {
        note_user(&world, user);
        let row = shown(&world);
        assert_eq!((&row["you"][0]["user"], &row["you"][0]["on_duty"]), (&json!(user), &json!(is_on)));
        assert_eq!(row["you"][0]["until"].is_string(), is_on);
    }
    note_user(&world, "alice@acme.example");
    let told = world.run(&["oncall"]).succeeds().stdout;
    assert!(told.contains("alice@acme.example (Alice Doe, alice): not on duty, next at "), "{told}");
    let until: Timestamp = shown(&world)["on_duty"][0]["until"].as_str().unwrap().parse().unwrap();
    assert!(until > hours(3), "two shifts of Bob's that touch count as one");
}

#[test]
fn a_server_is_asked_once_and_again_where_that_is_asked_for() {
    let server = CalendarServer::good();
    let world = with(&format!("ical = \"http://{}/pay.ics\"", server.address));
    for _ in 0..3 {
        assert_eq!(on_duty(&shown(&world)), ["Bob Roe"]);
    }
    assert_eq!(server.asked(), 1);
    world.run(&["oncall", "--refresh"]).succeeds();
    assert_eq!(server.asked(), 2);
    world.age(SignedDuration::from_mins(16));
    shown(&world);
    assert_eq!(server.asked(), 3);
}

#[test]
fn of_many_processes_one_asks_the_server() {
    let server = CalendarServer::good();
    let world = with(&format!("ical = \"http://{}/pay.ics\"", server.address));
    let all: Vec<Running> = (0..20).map(|_| world.spawn(&["oncall", "--json"])).collect();
    for one in all {
        assert_eq!(on_duty(&row(one.finish())), ["Bob Roe"]);
    }
    assert_eq!(server.asked(), 1);
}

#[test]
fn an_address_with_a_token_lives_in_the_keyring_and_nowhere_else() {
    let server = CalendarServer::good();
    let world = with("ical = \"keyring\"");
    assert!(shown(&world)["failure"].as_str().unwrap().contains("the keyring has no address"));
    let set_to =
        set(&world, &format!("http://{}/private/{TOKEN}/basic.ics?token={TOKEN}\n", server.address)).succeeds();
    assert!(
        set_to.stderr.contains("is kept with the Secret Service") && !set_to.stderr.contains("CANARY"),
        "{set_to:?}"
    );
    assert_eq!(world.record("rota/").unwrap()["rota"], "pay");
    let loud = world.run_with(&["oncall"], &[("DAYPASS_LOG", "trace"), ("RUST_BACKTRACE", "1")]).succeeds();
    assert!(loud.stdout.contains("Bob Roe until"), "{loud:?}");
    assert!(
        loud.stdout.starts_with("pay · calendar at 127.0.0.1, whose address is in the keyring · read "),
        "{loud:?}"
    );
    let row = shown(&world);
    assert_eq!((&row["url_host"], row["url_sha256"].as_str().unwrap().len()), (&json!("127.0.0.1"), 64));
    assert!(!format!("{loud:?}").contains("CANARY"));
    assert_eq!(found_in_files(&world, &[TOKEN.to_owned()]), Vec::<String>::new());
    world.run(&["oncall", "forget", "pay"]).succeeds();
    assert!(world.record("rota/").is_none() && snapshots(&world).is_empty());
    assert!(shown(&world)["failure"].as_str().unwrap().contains("the keyring has no address"));
    world.run(&["oncall", "forget", "pay"]).succeeds();
}

#[test]
fn an_address_that_cannot_be_used_is_refused_and_not_repeated() {
    let world = with("ical = \"keyring\"");
    for (address, why) in [
        (format!("http://calendar.example/{TOKEN}"), "neither https nor on this machine"),
        (format!("https://me:{TOKEN}@calendar.example/"), "a user name or a password"),
        (TOKEN.to_owned(), "not a URL"),
        (String::new(), "not a URL"),
        (format!("https://calendar.example/{}", "x".repeat(3_000)), "longer than"),
    ] {
        let refused = set(&world, &address).fails_saying(2, why);
        assert!(!refused.stderr.contains("CANARY"), "{refused:?}");
    }
    assert!(world.record("rota/").is_none());
    let public = with("ical = \"pay.ics\"");
    set(&public, "https://calendar.example/x").fails_saying(2, "in the policy, not in the keyring");
}

#[test]
fn where_the_policy_names_the_server_no_other_address_is_taken_or_read() {
    let server = CalendarServer::good();
    let world = with("ical = \"keyring\"");
    let url = format!("http://{}/{TOKEN}", server.address);
    set(&world, &url).succeeds();
    assert_eq!(on_duty(&shown(&world)), ["Bob Roe"]);
    world.policy(&rota("ical = \"keyring\"\nhost = \"acme.example\""));
    let row = shown(&world);
    let why = "the address in the keyring is not one at acme.example, as the policy asks";
    assert_eq!((row["failure"].as_str(), on_duty(&row), server.asked()), (Some(why), vec![], 1));
    let refused = set(&world, &url).fails_saying(1, why);
    assert!(!refused.stderr.contains("CANARY"), "{refused:?}");
    world.policy(&rota("ical = \"keyring\"\nhost = \"127.0.0.1\""));
    assert_eq!(on_duty(&shown(&world)), ["Bob Roe"]);
}

#[test]
fn a_program_does_not_run_where_it_is_called_from() {
    let world = TestEnv::new();
    let shifts = json!({"shifts": [{"who": "Carol", "from": hours(-1).to_string(), "until": hours(1).to_string()}]});
    world.policy(&rota("command = [\"cat\", \"rota.json\"]"));
    fs::write(world.path(".config/daypass/rota.json"), shifts.to_string()).unwrap();
    fs::create_dir(world.path("repository")).unwrap();
    fs::write(world.path("repository/rota.json"), shifts.to_string().replace("Carol", "Mallory")).unwrap();
    let mut command = world.command(&["oncall", "--json"]);
    command.current_dir(world.path("repository"));
    assert_eq!(on_duty(&row(Running::start(&mut command).finish())), ["Carol"]);
}

/// `oncall set` on a terminal, with the settings that this one had before.
fn set_on_terminal(world: &TestEnv) -> (Pty, String) {
    let mut terminal = Pty::of(&world.through_shell("read x; exec \"$@\"", &["oncall", "set", "pay"]));
    let before = terminal.settings();
    terminal.press("\n");
    (terminal, before)
}

#[test]
fn at_a_terminal_the_address_is_typed_without_being_shown_and_ctrl_c_keeps_nothing() {
    let world = with("ical = \"keyring\"");
    let (mut terminal, before) = set_on_terminal(&world);
    terminal.wait_for_raw("(not shown): ");
    terminal.press("\u{3}");
    let (code, shown) = terminal.finish();
    assert!(code == 2 && shown.contains("no address was given"), "{code}: {shown}");
    assert!(world.record("rota/").is_none());
    let mut terminal = Pty::of(&world.command(&["oncall", "set", "pay"]));
    terminal.wait_for_raw("(not shown): ");
    terminal.press(&format!("https://calendar.example/{TOKEN}\r"));
    terminal.wait_for_raw("is kept with");
    assert_eq!(terminal.settings(), before, "the terminal shows what is typed again");
    let (code, shown) = terminal.finish();
    assert!(code == 0 && !shown.contains("CANARY"), "{shown}");
    assert_ne!(code, INTERRUPTED);
    assert!(world.record("rota/").unwrap()["url"].as_str().unwrap().contains(TOKEN));
}

#[test]
fn a_signal_at_the_prompt_leaves_a_terminal_that_shows_what_is_typed() {
    let world = with("ical = \"keyring\"");
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let (mut terminal, before) = set_on_terminal(&world);
        terminal.wait_for_raw("(not shown): ");
        assert_ne!(terminal.settings(), before, "nothing is shown at the prompt");
        terminal.press(TOKEN);
        terminal.signal(signal);
        let status = terminal.wait_for_exit();
        assert!(status.signal().is_some(), "{signal:?}: {status:?}");
        assert_eq!(terminal.settings(), before, "{signal:?}");
        assert!(!terminal.raw().contains("CANARY"), "{signal:?}");
        assert!(world.record("rota/").is_none());
    }
}

#[test]
fn a_program_is_asked_without_our_secrets_in_its_environment() {
    let world = TestEnv::new();
    let (printed, saw) = (world.path("rota.json"), world.path("saw"));
    let shifts = json!({"shifts": [{"who": "Carol", "from": hours(-1).to_string(), "until": hours(1).to_string()}]});
    fs::write(&printed, shifts.to_string()).unwrap();
    let script = format!("env > '{}'; cat '{}'", saw.display(), printed.display());
    world.policy(&rota(&format!("command = [\"sh\", \"-c\", \"{script}\"]")));
    let secrets = [("AWS_SECRET_ACCESS_KEY", "CANARY"), ("AWS_SESSION_TOKEN", "CANARY"), ("KEPT", "kept")];
    let told = row(world.run_with(&["oncall", "--json"], &secrets));
    assert_eq!((on_duty(&told), &told["source"]), (vec!["Carol"], &json!("command")));
    let environment = fs::read_to_string(saw).unwrap();
    assert!(environment.contains("KEPT=kept") && !environment.contains("CANARY"), "{environment}");
}

#[test]
fn a_source_that_fails_or_hangs_leaves_nobody_on_duty_and_says_why() {
    let hanging = CalendarServer::start(|stream| {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    });
    let elsewhere = CalendarServer::start(|stream| {
        let _ = stream
            .write_all(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/CANARY\r\nContent-Length: 6\r\n\r\nCANARY");
    });
    let html = CalendarServer::start(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n<html>CANARY\x1b[2J</a>");
    });
    let url = |server: &CalendarServer| format!("ical = \"http://{}/pay.ics\"", server.address);
    let table = [
        (url(&hanging), "it gave no answer within"),
        (url(&elsewhere), "its server leads elsewhere (302), which is not followed"),
        (url(&html), "it is no calendar: it does not begin with BEGIN:VCALENDAR"),
        ("command = [\"false\"]".to_owned(), "its command failed with exit code 1"),
        ("command = [\"daypass-no-such-program\"]".to_owned(), "its command cannot be started: "),
        ("ical = \"none.ics\"".to_owned(), "none.ics is not there"),
    ];
    thread::scope(|scope| {
        for (source, why) in &table {
            scope.spawn(move || {
                let world = with(source);
                let row = shown(&world);
                let failure = row["failure"].as_str().unwrap_or_else(|| panic!("{source}: {row}"));
                assert!(failure.contains(why) && !failure.contains("CANARY"), "{source}: {failure}");
                assert_eq!((&row["serves"], on_duty(&row)), (&json!(false), vec![]));
                assert!(snapshots(&world).is_empty(), "{source}");
            });
        }
    });
}

#[test]
fn what_is_no_plain_file_fails_at_once() {
    let world = with("ical = \"pay.ics\"");
    let file = world.path(".config/daypass/pay.ics");
    mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let failure = shown(&world)["failure"].as_str().unwrap().to_owned();
    assert!(failure.ends_with("is a FIFO, not a plain file"), "{failure}");
    fs::remove_file(&file).unwrap();
    fs::File::create(&file).unwrap().set_len(1 << 30).unwrap();
    let failure = shown(&world)["failure"].as_str().unwrap().to_owned();
    assert!(failure.ends_with("is larger than 4 MiB"), "{failure}");
}

#[test]
fn names_from_a_calendar_do_not_act_on_the_terminal() {
    let world = with("ical = \"pay.ics\"");
    let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", event("\u{1b}]0;x\u{7}\u{202e}", -1, 1));
    fs::write(world.path(".config/daypass/pay.ics"), text).unwrap();
    let told = world.run(&["oncall"]).succeeds().stdout;
    assert!(told.contains("\\e]0;x\\u{7}\\u{202e} until") && !told.contains('\u{1b}'), "{told:?}");
}

#[test]
fn what_was_kept_and_is_damaged_is_read_anew() {
    let world = with("ical = \"pay.ics\"");
    fs::write(world.path(".config/daypass/pay.ics"), calendar()).unwrap();
    shown(&world);
    for damage in ["", "{", "[]", "{\"definition\":\"x\"}"] {
        fs::write(&snapshots(&world)[0], damage).unwrap();
        assert_eq!(on_duty(&shown(&world)), ["Bob Roe"], "{damage}");
    }
}

#[test]
fn a_policy_with_a_slip_in_its_rotas_stops_every_command() {
    let world = with("ical = \"https://calendar.example/a.ics?token=CANARY\"");
    for command in [&["oncall"][..], &["status"], &["credentials", READ_ONLY]] {
        let refused =
            world.run(command).fails_saying(2, "policy.toml line 3, column 8: the URL seems to have a token in it");
        assert!(!refused.stderr.contains("CANARY"), "{refused:?}");
    }
}

#[test]
fn the_names_of_rotas_are_completed() {
    let world = with("ical = \"keyring\"");
    let offered = world.run(&["__complete", "zsh", "3", "daypass", "oncall", "set", ""]).succeeds().stdout;
    assert!(offered.starts_with("pay"), "{offered}");
}
