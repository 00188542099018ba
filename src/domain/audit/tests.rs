//! Lines and chains, with records of every kind.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use ulid::Ulid;

use super::*;
use crate::domain::elevation::{Confirmation, ElevationId, EndReason, Reason, Ticket};
use crate::domain::ids::{Region, SessionName, StartUrl};
#[cfg(unix)]
use crate::domain::policy::{Facts, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::domain::sso_session::SsoSession;
use crate::domain::store_choice::StoreName;
use crate::domain::tier::{Gate, Tier};
use crate::domain::time::{BootReading, Now, Stamp};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn origin(number: u128) -> Origin {
    let boot = Some(BootReading { boot_id: 0x0123_4567_89ab_cdef, millis: 42 });
    let now = Now { wall: at(0), boot, latest_aws_time: None };
    let writer = Writer { tool_version: "0.1.0", host: Some("laptop".to_owned()), os_user: Some("ann".to_owned()) };
    let stamp = Stamp { at: now, aws_offset: Some(SignedDuration::from_secs(2)) };
    Origin { event_id: Ulid::from_parts(1, number), at: stamp, writer }
}

fn subject() -> Subject {
    let access = Access {
        session: SessionName::parse("acme").unwrap(),
        portal: "acme.awsapps.com".to_owned(),
        user: Some("ann@acme.example".to_owned()),
        account: "123456789012".to_owned().try_into().unwrap(),
        account_name: Some("prod".to_owned()),
        role: "Admin".to_owned().try_into().unwrap(),
        tier: Tier::Admin,
        gate: Gate::BreakGlass,
        rules: vec!["built-in *Admin*".to_owned()],
        policy_digest: "00".repeat(32),
        policy_path: None,
    };
    Subject {
        elevation: ElevationId::new(at(0), 7),
        extends: None,
        group: None,
        access,
        mode: Mode::Direct,
        reason: Reason::parse("restore the ledger", 10).unwrap(),
        ticket: None,
        no_ticket: true,
        drill: false,
        requested_at: at(0),
    }
}

fn source() -> Source {
    let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
    let session = SsoSession::new(SessionName::parse("acme").unwrap(), start_url, Region::parse("us-east-1").unwrap());
    Source::portal_role(session, "123456789012/Admin".parse().unwrap())
}

fn events() -> Vec<Event> {
    let credentials = GivenCredentials { access_key_id: "ASIAEXAMPLEEXAMPLE00".to_owned(), aws_ends_at: at(3600) };
    let access = subject().access;
    vec![
        Event::Refused(Box::new(Refused { access: access.clone(), why: "not on call".to_owned() })),
        Event::Intent(Box::new(Intent {
            subject: subject(),
            duration_s: 1800,
            confirmation: Confirmation::Typed,
            alerts: vec!["slack".to_owned()],
            notify: vec![],
            pid: 4711,
            source: source().key(),
            session_key: source().session().key(),
            store: StoreName::Keychain,
        })),
        Event::Granted(Box::new(Granted {
            subject: subject(),
            credentials: Some(credentials.clone()),
            calls: CallRecord {
                arn: Some("arn:aws:sts::123456789012:assumed-role/A/ann".to_owned()),
                ..CallRecord::default()
            },
            ends_at: at(1800),
        })),
        Event::Granted(Box::new(Granted {
            subject: subject(),
            credentials: None,
            calls: CallRecord::default(),
            ends_at: at(1800),
        })),
        Event::Failed(Box::new(Failed { subject: subject(), why: "AWS says no".to_owned() })),
        Event::Warned(Box::new(Warned { subject: subject(), minutes_left: 10 })),
        Event::Ended(Box::new(Ended { subject: subject(), how: EndReason::Expired, ended_at: Some(at(1800)) })),
        Event::Ended(Box::new(Ended { subject: subject(), how: EndReason::Unknown, ended_at: None })),
        Event::Issued(Box::new(Issued {
            access,
            elevation: None,
            on_call: vec![],
            credentials,
            calls: CallRecord::default(),
        })),
    ]
}

fn chain() -> Chain {
    Chain::new(ChainId::new(at(0), 3))
}

fn lines() -> Vec<Vec<u8>> {
    let mut chain = chain();
    let created = chain.add(LogEvent::Created { vkey: None, previous: None, discontinued: None }, &origin(0)).unwrap();
    let events = events().into_iter().enumerate();
    let rest = events.map(|(number, event)| chain.add(event, &origin(number as u128 + 1)).unwrap());
    std::iter::once(created).chain(rest).collect()
}

#[test]
fn a_line_has_the_envelope_in_canonical_form() {
    let line = String::from_utf8(lines().remove(0)).unwrap();
    let event_id = Ulid::from_parts(1, 0);
    let zeros = "0".repeat(64);
    let chain = chain().id();
    let expected = format!(
        "{{\"aws_skew_ms\":2000,\"boot_id\":\"0123456789abcdef\",\"chain\":\"{chain}\",\"data\":{{}},\
         \"event_id\":\"{event_id}\",\"host\":\"laptop\",\"kind\":\"log.created\",\"mono_ms\":42,\"os_user\":\"ann\",\
         \"prev\":\"{zeros}\",\"seq\":0,\"tool_version\":\"0.1.0\",\"ts\":1790000000000,\"v\":1}}"
    );
    assert_eq!(line, expected);
}

#[test]
fn clocks_that_agree_are_told_from_those_that_nobody_compared() {
    let skew = |aws_offset: Option<SignedDuration>| {
        let origin = origin(0);
        let origin = Origin { at: Stamp { aws_offset, ..origin.at }, ..origin };
        let line = chain().add(events().remove(0), &origin).unwrap();
        serde_json::from_slice::<serde_json::Value>(&line).unwrap().get("aws_skew_ms").cloned()
    };
    assert_eq!(skew(None), None);
    assert_eq!(skew(Some(SignedDuration::ZERO)), Some(0.into()));
    assert_eq!(skew(Some(SignedDuration::from_secs(-3))), Some((-3000).into()));
}

#[test]
fn every_event_reads_back_with_its_place_and_time() {
    let mut chain = chain();
    for (number, line) in lines().iter().enumerate() {
        let line = chain.take(line).unwrap();
        assert_eq!(line.envelope.at(), origin(0).at);
        if number > 0 {
            assert_eq!(line.event.read::<Event>().as_ref(), events().get(number - 1));
            assert!(!format!("{line:?}").contains("null"));
        }
    }
    assert_eq!(chain.size(), lines().len() as u64);
}

#[test]
fn a_chain_goes_on_from_the_first_line_of_a_later_file() {
    let mut chain = chain();
    lines().iter().for_each(|line| drop(chain.take(line).unwrap()));
    let opened = chain.clone().add(chain.opening(), &origin(90)).unwrap();
    let mut resumed = Chain::before(&opened).unwrap();
    assert_eq!(resumed, chain);
    resumed.take(&opened).unwrap();
    assert_eq!(Chain::before(&lines()[1]), Err(BrokenChain::Misplaced), "no file begins so");
}

#[test]
fn a_line_that_was_changed_moved_or_left_out_breaks_the_chain() {
    let whole = lines();
    let breaks_at = |lines: &[Vec<u8>]| {
        let mut chain = chain();
        lines.iter().position(|line| chain.take(line).is_err())
    };
    assert_eq!(breaks_at(&whole), None);
    for place in 1..whole.len() - 1 {
        let (mut removed, mut swapped, mut doubled, mut changed) =
            (whole.clone(), whole.clone(), whole.clone(), whole.clone());
        removed.remove(place);
        swapped.swap(place, place + 1);
        doubled.insert(place, whole[place].clone());
        let text = String::from_utf8(changed[place].clone()).unwrap();
        changed[place] = text.replace("laptop", "lapdog").into_bytes();
        for (name, broken, expected) in [
            ("removed", removed, place),
            ("swapped", swapped, place),
            ("doubled", doubled, place + 1),
            ("changed", changed, place + 1),
        ] {
            let at = breaks_at(&broken);
            // A repeated line is out of its place where it stands the second time.
            assert_eq!(at, Some(if name == "doubled" { place + 1 } else { expected }), "{name} {place}");
        }
    }
}

#[test]
fn what_is_not_canonical_is_no_line() {
    let line = String::from_utf8(lines().remove(1)).unwrap();
    assert!(Line::read(line.as_bytes()).is_ok());
    let with_space = line.replacen(',', ", ", 1);
    let doubled = line.replacen("{\"", "{\"v\":1,\"", 1);
    let other_version = line.replace("\"v\":1}", "\"v\":2}");
    for wrong in [with_space, doubled, other_version, line.replace('}', "} "), "{}".to_owned(), String::new()] {
        assert!(Line::read(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn a_line_that_is_too_long_is_not_written_and_moves_nothing() {
    let mut chain = chain();
    let failed = |length| Event::Failed(Box::new(Failed { subject: subject(), why: "x".repeat(length) }));
    assert_eq!(chain.add(failed(LONGEST), &origin(0)), Err(InvalidLine::TooLong));
    assert_eq!(chain.size(), 0);
    chain.add(failed(10_000), &origin(0)).unwrap();
}

/// The subject as a record tells it.
fn told(subject: &Subject) -> Subject {
    let failed = Event::Failed(Box::new(Failed { subject: subject.clone(), why: "AWS says no".to_owned() }));
    let line = chain().add(failed, &origin(0)).unwrap();
    match Line::read(&line).unwrap().event.read() {
        Some(Event::Failed(failed)) => failed.subject,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reason_whose_escapes_look_like_keys_reads_back_from_its_record() {
    let reason = Reason::parse("a\tyui bc !!!!", 10).unwrap();
    assert_eq!(told(&Subject { reason: reason.clone(), ..subject() }).reason, reason);
}

#[cfg(unix)]
#[test]
fn a_policy_whose_path_is_no_text_is_recorded() {
    use std::os::unix::ffi::OsStringExt as _;
    let path = std::ffi::OsString::from_vec(b"/home/a/p\xff.toml".to_vec());
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: Some(path.into()) };
    let policy = Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]), Vec::new(), identity);
    let target = source().target().clone();
    let facts = Facts { account: &target.account, account_name: None, role: &target.role, at: at(0) };
    let access = Access::of(&source(), &policy.judge(facts), None, None);
    let told = told(&Subject { access, ..subject() });
    assert_eq!(told.access.policy_path.as_deref(), Some("/home/a/p\u{fffd}.toml"));
}

/// Texts with many characters whose escapes make a run of keys with what follows them, and with anything in between.
fn text_with_escapes() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(&["\tyui", "\u{1b}rty", "\nbvc", "a", "b7", "!!", " ", "\u{200b}"][..]);
    let piece = prop_oneof![4 => piece.prop_map(str::to_owned), 1 => "\\PC{1,4}"];
    proptest::collection::vec(piece, 4..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_accepted_reads_back_from_its_record(
        reason in text_with_escapes(),
        ticket in "\\PC{1,40}",
    ) {
        let Ok(reason) = Reason::parse(&reason, 10) else { return Ok(()) };
        let subject = Subject { reason, ticket: Ticket::parse(&ticket, &[]).ok(), ..subject() };
        prop_assert_eq!(told(&subject), subject);
    }

    #[test]
    fn any_bytes_are_a_line_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Line::read(&bytes);
        let _ = chain().take(&bytes);
        let _ = Chain::before(&bytes);
    }

    #[test]
    fn a_line_with_a_changed_byte_never_reads_as_the_same(place in 0..400_usize, byte in any::<u8>()) {
        let line = lines().remove(2);
        let mut changed = line.clone();
        let place = place % line.len();
        changed[place] = byte;
        if let Ok(read) = Line::read(&changed) {
            prop_assert!(changed == line || read != Line::read(&line).unwrap());
        }
    }
}
