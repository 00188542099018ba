//! The audit log: its lines, chains and trees, its folder with the snapshot of elevations, and that snapshot's list.

use std::collections::BTreeMap;
use std::sync::Arc;

use daypass::adapters::audit_log::AuditLog;
use daypass::adapters::store::Secrets;
use daypass::domain::audit::{
    Access, AnyEvent, CallRecord, Chain, ChainId, Checkpoint, Ended, Event, Frontier, GivenCredentials, Granted,
    Intent, Issued, Line, LogEvent, Mode, Origin, Subject, TreeHash, Writer,
};
use daypass::domain::elevation::{Confirmation, ElevationId, EndReason, Reason, Ticket};
use daypass::domain::elevation_list::ElevationList;
use daypass::domain::incident_summary::IncidentSummary;
use daypass::domain::policy::{Cap, CapOwner};
use daypass::domain::store_choice::StoreName;
use daypass::domain::text::visible;
use daypass::domain::tier::{Gate, Tier};
use daypass::domain::time::{BootReading, Now, Stamp};
use daypass::ports::AuditLog as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use ulid::Ulid;

use crate::harness::{Target, check_message, folder, inputs, text};
use crate::kept::{Items, source};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn stamp(seconds: i64) -> Stamp {
    let boot = Some(BootReading { boot_id: 0x0123_4567_89ab_cdef, millis: 42 });
    Stamp { at: Now { wall: at(seconds), boot, latest_aws_time: None }, aws_offset: Some(SignedDuration::from_secs(2)) }
}

fn origin(number: u128) -> Origin {
    let writer = Writer { tool_version: "0.1.0", host: Some("laptop".to_owned()), os_user: Some("ann".to_owned()) };
    Origin { event_id: Ulid::from_parts(1, number), at: stamp(0), writer }
}

fn subject(random: u128) -> Subject {
    Subject {
        elevation: ElevationId::new(at(0), random),
        extends: None,
        group: None,
        access: Access {
            session: source().session().name.clone(),
            portal: "acme.awsapps.com".to_owned(),
            user: Some("ann@acme.example".to_owned()),
            account: source().target().account.clone(),
            account_name: Some("prod".to_owned()),
            role: source().target().role.clone(),
            tier: Tier::Admin,
            gate: Gate::BreakGlass,
            rules: vec!["built-in *Admin*".to_owned()],
            policy_digest: "00".repeat(32),
            policy_path: None,
        },
        mode: Mode::Direct,
        reason: Reason::parse("restore the ledger \u{1b}", 10).unwrap(),
        ticket: Ticket::parse("INC-4711", &[]).ok(),
        no_ticket: false,
        drill: false,
        requested_at: at(0),
    }
}

fn intent(random: u128) -> Event {
    Event::Intent(Box::new(Intent {
        subject: subject(random),
        duration_s: 1800,
        confirmation: Confirmation::Typed,
        alerts: vec!["pager".to_owned()],
        notify: Vec::new(),
        pid: 4711,
        source: source().key(),
        session_key: source().session().key(),
        store: StoreName::Keychain,
    }))
}

/// An elevation from its intent to its end.
fn lines() -> Vec<Vec<u8>> {
    let credentials = || GivenCredentials { access_key_id: "ASIAEXAMPLEEXAMPLE00".to_owned(), aws_ends_at: at(3600) };
    let granted = Granted {
        subject: subject(7),
        credentials: Some(credentials()),
        calls: CallRecord { request_id: Some("1-2-3".to_owned()), ..CallRecord::default() },
        ends_at: at(1800),
    };
    let issued = Issued {
        access: subject(7).access,
        elevation: Some(subject(7).elevation),
        on_call: Vec::new(),
        credentials: credentials(),
        calls: CallRecord::default(),
    };
    let ended = Ended { subject: subject(7), how: EndReason::Expired, ended_at: Some(at(1800)) };
    let events = [
        intent(7),
        Event::Granted(Box::new(granted)),
        Event::Issued(Box::new(issued)),
        Event::Ended(Box::new(ended)),
        intent(8),
    ];
    let mut chain = Chain::new(ChainId::new(at(0), 3));
    let created = LogEvent::Created { vkey: None, previous: None, discontinued: None };
    let mut lines = vec![chain.add(created, &origin(0)).unwrap()];
    lines.extend(events.into_iter().zip(1..).map(|(event, number)| chain.add(event, &origin(number)).unwrap()));
    lines.push(chain.add(chain.opening(), &origin(90)).unwrap());
    lines.push(chain.add(LogEvent::Closed {}, &origin(91)).unwrap());
    lines
}

pub const LINE: Target = Target {
    seeds: lines,
    check: |bytes| {
        match Line::read(bytes) {
            Ok(line) => check_line(&line, bytes),
            Err(why) => check_message(&visible(&why.to_string())),
        }
        // Any JSON becomes a line by its form alone, if its content is one.
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
        let Ok(canonical) = serde_json_canonicalizer::to_vec(&value) else { return };
        if let Ok(line) = Line::read(&canonical) {
            check_line(&line, &canonical);
        }
    },
};

fn check_line(line: &Line<AnyEvent>, bytes: &[u8]) {
    let written = line.to_bytes().unwrap();
    assert_eq!(Line::read(&written).as_ref(), Ok(line), "what is read is written, and reads the same");
    // A later version may say more in a line; what this one knows is written as it was.
    let fields = |bytes: &[u8]| serde_json::from_slice::<BTreeMap<String, Value>>(bytes).unwrap();
    let (read, known) = (fields(bytes), fields(&written));
    assert!(known.iter().all(|(field, value)| read.get(field) == Some(value)), "{known:?}");
    assert!(known.len() < read.len() || written == bytes);
    let at = line.envelope.at();
    assert!(at.aws_time(stamp(0).at) >= at.aws_time_then() || at.at.wall > stamp(0).at.wall);
    if let Some(event) = line.event.read::<Event>() {
        let written = Line { envelope: line.envelope.clone(), event: event.clone() }.to_bytes().unwrap();
        assert_eq!(Line::read(&written).unwrap().event.read(), Some(event), "a record says the same again");
    }
    if let Some(event) = line.event.read::<LogEvent>() {
        let written = Line { envelope: line.envelope.clone(), event: event.clone() }.to_bytes().unwrap();
        assert_eq!(Line::read(&written).unwrap().event.read(), Some(event), "a record says the same again");
    }
    let mut list = ElevationList::default();
    list.take(line);
    check_list(&list);
}

pub const CHAIN: Target = Target {
    seeds: || {
        let lines = lines();
        let opened = [&lines[6][..], b"\n", &lines[7]].concat();
        vec![lines.join(&b'\n'), lines[6].clone(), opened]
    },
    check: |bytes| {
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        let Ok(mut chain) = Chain::before(lines[0]) else { return };
        let (begun, mut taken) = (chain.size(), 0);
        let mut list = ElevationList::default();
        for bytes in lines {
            let before = chain.clone();
            match chain.take(bytes) {
                Ok(line) => {
                    assert_eq!((line.envelope.seq, line.envelope.chain), (before.size(), before.id()));
                    taken += 1;
                    list.take(&line);
                }
                Err(_) => assert_eq!(chain, before, "what does not belong there changes nothing"),
            }
        }
        assert_eq!(chain.size(), begun + taken);
        let resumed = chain.clone().add(chain.opening(), &origin(99)).unwrap();
        assert_eq!(Chain::before(&resumed).map(|chain| chain.head()), Ok(chain.head()));
        check_list(&list);
    },
};

pub const TREE: Target = Target {
    seeds: || {
        inputs(&[
            "n+x4IasDw8ax+xFbaM5MaZ2OStUtGx+lnnXs+z38sdE=",
            "e4735417d87783de6fd2a3943120e7390548fb4be176b37d74d0bc214c78649a",
            "0000",
        ])
    },
    check: |bytes| {
        let text = text(bytes);
        if let Some(hash) = TreeHash::from_base64(&text) {
            assert_eq!(hash.to_base64(), text);
            let note = Checkpoint { origin: "daypass/x".to_owned(), size: 1, root: hash }.text();
            assert_eq!(note.lines().nth(2), Some(text.as_str()));
        }
        if let Ok(hash) = TreeHash::try_from(text.clone()) {
            assert_eq!(hash.to_string(), text);
        }
        let mut tree = Frontier::default();
        for leaf in bytes.iter().take(64) {
            tree.push(TreeHash::of_line(&[*leaf]));
            let same = Frontier::from_parts(tree.size(), tree.roots().to_vec());
            assert_eq!(same.map(|same| same.root()), Some(tree.root()));
        }
    },
};

/// Ends the log's file, and begins the snapshot, in an input of [`FOLDER`].
const SNAPSHOT: &[u8] = b"\n===\n";

pub const FOLDER: Target = Target {
    seeds: || {
        let log = lines()[..6].join(&b'\n');
        let snapshot = |file: u32, bytes: usize| {
            let json = format!(r#"{{"file":{file},"bytes":{bytes},"list":{{"open":{{}},"past":[]}}}}"#);
            [&log[..], b"\n", SNAPSHOT, json.as_bytes()].concat()
        };
        vec![log.clone(), snapshot(1, log.len() + 1), snapshot(1, 0), snapshot(2, 0), b"torn".to_vec()]
    },
    check: |bytes| {
        let folder = folder();
        let end = bytes.windows(SNAPSHOT.len()).position(|part| part == SNAPSHOT);
        let (log, snapshot) = end.map_or((bytes, None), |end| (&bytes[..end], Some(&bytes[end + SNAPSHOT.len()..])));
        std::fs::write(folder.path().join("audit-000001.jsonl"), log).unwrap();
        if let Some(snapshot) = snapshot {
            std::fs::write(folder.path().join("elevations.json"), snapshot).unwrap();
        }
        let log = AuditLog::new(folder.path(), Arc::new(Secrets::new(Arc::new(Items::default()))));
        match log.elevations() {
            Ok(list) => check_list(&list),
            Err(error) => check_message(&error.to_string()),
        }
        if log.append(stamp(60), intent(9)).is_err() {
            return;
        }
        for list in [log.elevations(), log.all_elevations()] {
            assert!(list.unwrap().get(subject(9).elevation).is_some(), "what was just recorded is in the list");
        }
    },
};

pub const ELEVATION_LIST: Target = Target {
    seeds: || {
        let read = |count| {
            let mut list = ElevationList::default();
            lines().iter().take(count).for_each(|line| list.take(&Line::read(line).unwrap()));
            serde_json::to_vec(&list).unwrap()
        };
        vec![read(0), read(2), read(4), read(6)]
    },
    check: |bytes| {
        let Ok(list) = serde_json::from_slice::<ElevationList>(bytes) else { return };
        check_list(&list);
    },
};

fn check_list(list: &ElevationList) {
    let kept = serde_json::to_vec(list).unwrap();
    assert_eq!(serde_json::from_slice::<ElevationList>(&kept).as_ref().ok(), Some(list), "it is kept as it is");
    let now = stamp(900).at;
    for cap in Tier::ALL.map(|tier| Cap::parse("3h in 24h", CapOwner::Tier(tier)).unwrap()) {
        assert!((SignedDuration::ZERO..=cap.total).contains(&list.left_of(&cap, now.wall, &source().key())));
    }
    for open in list.open() {
        check_summary(&IncidentSummary::of_open(open));
        let warning = open.active.as_ref().and_then(|active| active.warning_at(now));
        assert!(warning.is_none_or(|minutes| [2, 10].contains(&minutes)));
    }
    for past in list.past() {
        check_summary(&IncidentSummary::of_past(past));
    }
    let mut later = list.clone();
    later.forget_before(now.wall);
    assert!(later.past().len() <= list.past().len() && later.open().eq(list.open()));
}

/// Nothing in a record acts on the terminal that shows it, nor makes lines of its own.
fn check_summary(summary: &IncidentSummary<'_>) {
    let lines = [summary.text(&TimeZone::UTC).lines().count(), summary.markdown(&TimeZone::UTC).lines().count() - 2];
    assert_eq!(lines[0], lines[1], "{summary:?}");
    summary
        .text(&TimeZone::UTC)
        .lines()
        .chain(summary.markdown(&TimeZone::UTC).lines())
        .for_each(|line| assert_eq!(visible(line), line));
}
