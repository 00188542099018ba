//! The log in a folder: form, files, signatures, and what becomes of it when something is lost, torn or changed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;
use ulid::Ulid;
use zeroize::Zeroizing;

use super::batch::Batch;
use super::last_file::{Known, LastChain, LastFile};
use super::*;
use crate::adapters::files::{Durability, write_private};
use crate::adapters::store::Secrets;
use crate::adapters::store::raw::{RawStore, StoreError, StoreResult};
use crate::domain::audit::{
    Access, AnyEvent, CallRecord, Chain, Ended, Failed, GivenCredentials, Granted, Head, Intent, Issued, Line,
    LogEvent, Mode, Origin, Refused, Subject,
};
use crate::domain::elevation::{Confirmation, ElevationId, EndReason, Reason};
use crate::domain::ids::{Region, SessionName, StartUrl};
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::domain::store_choice::StoreName;
use crate::domain::text::hex;
use crate::domain::tier::{Gate, Tier};
use crate::domain::time::Now;
use crate::ports::AuditLog as _;

/// A keyring that can lose what it holds, or take nothing.
struct Keyring {
    items: Mutex<HashMap<String, Vec<u8>>>,
    name: StoreName,
    takes_no_head: AtomicBool,
    is_locked: AtomicBool,
}

impl RawStore for Keyring {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        if self.is_locked.load(Ordering::SeqCst) {
            return Err(StoreError::NoRoom);
        }
        Ok(self.items.lock().unwrap().get(item).cloned().map(Zeroizing::new))
    }
    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        if item == "log/head" && self.takes_no_head.load(Ordering::SeqCst) {
            return Err(StoreError::NoRoom);
        }
        self.items.lock().unwrap().insert(item.to_owned(), secret.to_vec());
        Ok(())
    }
    fn delete(&self, item: &str) -> StoreResult<()> {
        self.items.lock().unwrap().remove(item);
        Ok(())
    }
    fn set_aside(&self, item: &str) -> StoreResult<()> {
        self.delete(item)
    }
    fn name(&self) -> StoreName {
        self.name
    }
}

struct World {
    folder: tempfile::TempDir,
    keyring: Arc<Keyring>,
}

impl World {
    fn new() -> Self {
        World::with(StoreName::Keychain)
    }

    fn with(name: StoreName) -> Self {
        let keyring = Keyring {
            items: Mutex::default(),
            name,
            takes_no_head: AtomicBool::default(),
            is_locked: AtomicBool::default(),
        };
        World { folder: tempfile::tempdir().unwrap(), keyring: Arc::new(keyring) }
    }

    fn log(&self) -> AuditLog {
        let raw = Arc::clone(&self.keyring) as Arc<dyn RawStore>;
        AuditLog::new(self.folder.path(), Arc::new(Secrets::new(raw)))
    }

    fn append(&self, event: Event) {
        self.append_at(0, event);
    }

    fn append_at(&self, seconds: i64, event: Event) {
        self.log().append(stamp(seconds), event).unwrap();
    }

    /// The head that the keyring has.
    fn head(&self) -> Head {
        self.log().secrets.load_log().unwrap().head.unwrap()
    }

    /// Why the last chain began, and the chain and size that it says the one before had.
    fn last_beginning(&self) -> (Option<String>, Option<String>, Option<u64>) {
        let created = self.lines().into_iter().rfind(|line| line["kind"] == "log.created").unwrap();
        let (data, previous) = (&created["data"], &created["data"]["previous"]);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        (text(&data["discontinued"]), text(&previous["chain"]), previous["size"].as_u64())
    }

    fn file(&self, number: u32) -> PathBuf {
        folder::file(self.folder.path(), number)
    }

    fn text(&self) -> String {
        (1..20).filter_map(|number| fs::read_to_string(self.file(number)).ok()).collect()
    }

    fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.lines().iter().map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Checks every line of every chain, and every signature with the key that the chain's first line names. Returns how
    /// many checkpoints there were.
    fn verify(&self) -> usize {
        let (mut chain, mut key, mut checkpoints) = (None::<Chain>, None, 0);
        for line in self.text().lines() {
            let read = Line::read(line.as_bytes()).unwrap();
            if let Some(LogEvent::Created { vkey, .. }) = read.event.read() {
                chain = Some(Chain::new(read.envelope.chain));
                key = vkey;
            }
            let chain = chain.as_mut().expect("a chain begins with its creation");
            if let Some(LogEvent::Checkpoint { note }) = read.event.read() {
                assert_signed(&note, chain, key.as_deref().expect("a key"));
                checkpoints += 1;
            }
            chain.take(line.as_bytes()).unwrap_or_else(|why| panic!("{why}: {line}"));
        }
        checkpoints
    }
}

/// Checks a note as someone would who knows the published format alone.
fn assert_signed(note: &str, chain: &Chain, vkey: &str) {
    use base64::Engine as _;
    let decode = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let (text, signature) = note.split_once("\n\n").unwrap();
    let text = format!("{text}\n");
    assert_eq!(text, chain.checkpoint().text());
    let mut parts = vkey.splitn(3, '+');
    let (name, id, key) = (parts.next().unwrap(), parts.next().unwrap(), decode(parts.next().unwrap()));
    assert_eq!((name, key[0]), (chain.id().origin().as_str(), 1));
    let signature = decode(signature.strip_prefix(&format!("\u{2014} {name} ")).unwrap().trim_end());
    assert_eq!(hex(&signature[..4]), id);
    UnparsedPublicKey::new(&ED25519, &key[1..]).verify(text.as_bytes(), &signature[4..]).unwrap();
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn stamp(seconds: i64) -> Stamp {
    let now = Now { wall: at(seconds), boot: None, latest_aws_time: None };
    Stamp { at: now, aws_offset: None }
}

fn subject(number: u128, reason: &str) -> Subject {
    let access = Access {
        session: SessionName::parse("acme").unwrap(),
        portal: "acme.awsapps.com".to_owned(),
        user: Some("ann".to_owned()),
        account: "123456789012".to_owned().try_into().unwrap(),
        account_name: None,
        role: "Admin".to_owned().try_into().unwrap(),
        tier: Tier::Admin,
        gate: Gate::BreakGlass,
        rules: vec!["built-in *Admin*".to_owned()],
        policy_digest: "00".repeat(32),
        policy_path: None,
    };
    Subject {
        elevation: ElevationId::new(at(0), number),
        extends: None,
        group: None,
        access,
        mode: Mode::Direct,
        reason: Reason::parse(reason, 10).unwrap(),
        ticket: None,
        no_ticket: false,
        drill: false,
        requested_at: at(0),
    }
}

fn source() -> Source {
    let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
    let session = SsoSession::new(SessionName::parse("acme").unwrap(), start_url, Region::parse("us-east-1").unwrap());
    Source::portal_role(session, "123456789012/Admin".parse().unwrap())
}

fn intent(number: u128) -> Event {
    Event::Intent(Box::new(Intent {
        subject: subject(number, "restore the ledger"),
        duration_s: 1800,
        confirmation: Confirmation::Typed,
        alerts: vec![],
        notify: vec![],
        pid: 4711,
        source: source().key(),
        session_key: source().session().key(),
        store: StoreName::Keychain,
    }))
}

fn granted(number: u128) -> Event {
    let credentials = Some(given());
    Event::Granted(Box::new(Granted {
        subject: subject(number, "restore the ledger"),
        credentials,
        calls: CallRecord::default(),
        ends_at: at(1800),
    }))
}

fn ended(number: u128) -> Event {
    let subject = subject(number, "restore the ledger");
    Event::Ended(Box::new(Ended { subject, how: EndReason::Dropped, ended_at: Some(at(900)) }))
}

fn given() -> GivenCredentials {
    GivenCredentials { access_key_id: "ASIAEXAMPLEEXAMPLE00".to_owned(), aws_ends_at: at(3600) }
}

fn issued() -> Event {
    let access = Access { gate: Gate::None, tier: Tier::ReadOnly, ..subject(0, "restore the ledger").access };
    Event::Issued(Box::new(Issued {
        access,
        elevation: None,
        on_call: vec![],
        credentials: given(),
        calls: CallRecord::default(),
    }))
}

#[test]
fn an_elevation_is_chained_and_its_beginning_and_end_are_signed() {
    let world = World::new();
    for event in [intent(1), granted(1), ended(1)] {
        world.append(event);
    }
    let steps = ["log.created", "elevation.intent", "checkpoint", "elevation.granted", "elevation.ended", "checkpoint"];
    assert_eq!(world.kinds(), steps);
    assert_eq!(world.verify(), 2);
    world.append(intent(2));
    assert_eq!(world.head().size, 8);
    assert_eq!(world.keyring.items.lock().unwrap().keys().filter(|item| item.starts_with("log/")).count(), 2);
}

#[test]
fn a_store_that_ends_with_the_process_signs_nothing() {
    let world = World::with(StoreName::Memory);
    world.append(intent(1));
    world.append(ended(1));
    assert_eq!(world.kinds(), ["log.created", "elevation.intent", "elevation.ended"]);
    assert_eq!((world.lines()[0]["data"]["vkey"].as_str(), world.verify()), (None, 0));
}

#[test]
fn without_its_key_a_new_chain_begins_and_names_the_one_before() {
    let world = World::new();
    world.append(intent(1));
    let before = world.head();
    world.keyring.items.lock().unwrap().remove("log/key");
    // What is not signed goes on with the chain that there is.
    world.append(granted(1));
    world.append(ended(1));
    let created = &world.lines()[4];
    assert_eq!(created["data"]["discontinued"], "key_lost");
    let previous = &created["data"]["previous"];
    assert_eq!((previous["chain"].as_str(), &previous["size"]), (Some(before.chain.to_string().as_str()), &4.into()));
    assert!(world.file(2).exists());
    assert_eq!(world.verify(), 2);
    // From here on it goes on.
    world.append(intent(2));
    assert_eq!(world.kinds().iter().filter(|kind| *kind == "log.created").count(), 2);
}

#[test]
fn a_file_that_lacks_what_the_keyring_knows_of_is_not_carried_on() {
    let world = World::new();
    world.append(intent(1));
    let cut = fs::read(world.file(1)).unwrap();
    world.append(ended(1));
    let kept = world.head();
    write_private(&world.file(1), &cut).unwrap();
    world.append(intent(2));
    let created = &world.lines()[3];
    assert_eq!(created["data"]["discontinued"], "not_extending");
    assert_eq!(created["data"]["previous"]["size"], kept.size);
    world.verify();
}

#[test]
fn a_file_whose_lines_do_not_follow_from_each_other_is_not_carried_on() {
    let world = World::new();
    world.append(intent(1));
    let text = world.text().replace("restore the ledger", "restore the lodger");
    let before = world.keyring.items.lock().unwrap().clone();
    for (knows_the_head, why, size) in [(true, "not_extending", 3), (false, "broken", 2)] {
        *world.keyring.items.lock().unwrap() = before.clone();
        if !knows_the_head {
            world.keyring.items.lock().unwrap().remove("log/head");
        }
        write_private(&world.file(1), text.as_bytes()).unwrap();
        world.append(ended(1));
        let data = &world.lines()[3]["data"];
        assert_eq!((&data["discontinued"], &data["previous"]["size"]), (&why.into(), &size.into()));
        fs::remove_file(world.file(2)).unwrap();
    }
}

#[test]
fn a_key_whose_chain_never_began_is_used() {
    let world = World::new();
    world.append(intent(1));
    fs::remove_file(world.file(1)).unwrap();
    world.keyring.items.lock().unwrap().remove("log/head");
    let key = world.keyring.items.lock().unwrap()["log/key"].clone();
    world.append(intent(1));
    assert_eq!(world.keyring.items.lock().unwrap()["log/key"], key);
    assert_eq!(world.verify(), 1);
}

#[test]
fn a_full_file_is_closed_and_the_next_one_carries_the_chain_on() {
    let world = World::new();
    world.append(intent(1));
    let failed = |why: &str| {
        let subject = subject(2, "restore the ledger");
        Event::Failed(Box::new(Failed { subject, why: why.repeat(2_000) }))
    };
    while !world.file(3).exists() {
        world.append(failed("why "));
    }
    let last_of_first = fs::read_to_string(world.file(1)).unwrap();
    let kinds: Vec<Value> =
        last_of_first.lines().rev().take(2).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&kinds[0]["kind"], &kinds[1]["kind"]), (&"log.closed".into(), &"checkpoint".into()));
    let second = fs::read_to_string(world.file(2)).unwrap();
    let opened: Value = serde_json::from_str(second.lines().next().unwrap()).unwrap();
    assert_eq!((&opened["kind"], &opened["data"]["size"]), (&"log.opened".into(), &opened["seq"]));
    world.verify();
    // The list is read across files.
    world.append(granted(1));
    let list = world.log().elevations().unwrap();
    assert!(list.open().next().unwrap().active.is_some());
}

#[test]
fn a_new_file_that_was_made_and_not_written_is_carried_on() {
    let world = World::new();
    world.append(intent(1));
    let mut log = LastFile::open(world.folder.path()).unwrap();
    let chain = || match log.chain(world.folder.path(), &|_| Known::Nothing).unwrap() {
        LastChain::Whole { chain, .. } => chain,
        _ => panic!("the chain is whole"),
    };
    let origin = || {
        let writer = Writer { tool_version: "0", host: None, os_user: None };
        Ok(Origin { event_id: Ulid::from_parts(0, 0), at: stamp(0), writer })
    };
    let mut batch = Batch::after(chain(), &origin);
    batch.add(LogEvent::Closed {}).unwrap();
    batch.write(&mut log, Durability::OnDisk).unwrap();
    for is_made in [false, true] {
        if is_made {
            write_private(&world.file(2), b"").unwrap();
        }
        world.append(ended(1));
        world.verify();
        assert_eq!(world.kinds()[4], "log.opened");
        fs::remove_file(world.file(2)).unwrap();
        world.keyring.items.lock().unwrap().remove("log/head");
    }
}

#[test]
fn a_torn_end_is_set_aside_and_recorded_wherever_it_was_cut() {
    let whole = {
        let world = World::new();
        world.append(intent(1));
        (fs::read(world.file(1)).unwrap(), world)
    };
    let (first, world) = whole;
    let before = world.keyring.items.lock().unwrap().clone();
    world.append(ended(1));
    let both = fs::read(world.file(1)).unwrap();
    for cut in (first.len() + 1..both.len()).step_by(37).chain([both.len() - 1]) {
        *world.keyring.items.lock().unwrap() = before.clone();
        write_private(&world.file(1), &both[..cut]).unwrap();
        world.append(ended(1));
        let text = world.text();
        let whole_lines = both[..cut].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        assert!(text.as_bytes().starts_with(&both[..whole_lines]), "{cut}");
        world.verify();
        let torn = cut - whole_lines;
        let recovered = world.lines().into_iter().find(|line| line["kind"] == "log.recovered");
        assert_eq!(recovered.map(|line| line["data"]["bytes"].as_u64().unwrap()), (torn > 0).then_some(torn as u64));
    }
    let names = fs::read_dir(world.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_str().unwrap().contains("unrecorded")));
}

#[test]
fn records_of_many_writers_make_one_chain() {
    let world = World::new();
    std::thread::scope(|scope| {
        for writer in 0..4_u128 {
            let world = &world;
            scope.spawn(move || {
                for number in 0..20 {
                    world.append(if number % 2 == 0 { intent(writer * 100 + number) } else { granted(writer) });
                }
            });
        }
    });
    assert_eq!(world.kinds().iter().filter(|kind| kind.starts_with("elevation.")).count(), 80);
    assert_eq!(world.verify(), 40);
    assert_eq!(world.kinds().iter().filter(|kind| *kind == "log.created").count(), 1);
}

#[test]
fn a_record_that_cannot_be_written_is_refused_behind_a_gate_and_counted_without_one() {
    let world = World::new();
    world.append(issued());
    assert_eq!(world.text(), "", "a log begins with what a gate let through");
    world.append(intent(1));
    let text = world.text();
    fs::remove_file(world.file(1)).unwrap();
    fs::create_dir(world.file(1)).unwrap();
    assert!(matches!(world.log().append(stamp(0), intent(1)), Err(Error::NotRecorded(_))));
    assert!(!world.folder.path().join("audit-lost").exists());
    for _ in 0..3 {
        assert!(world.log().append(stamp(0), issued()).is_err());
    }
    fs::remove_dir(world.file(1)).unwrap();
    write_private(&world.file(1), text.as_bytes()).unwrap();
    world.append(issued());
    assert_eq!(world.kinds()[3..], ["log.lost", "credentials.issued"]);
    assert_eq!(world.lines()[3]["data"]["count"], 3);
    world.append(issued());
    assert_eq!(world.kinds().len(), 6, "each is counted once");
    world.verify();
}

#[test]
fn a_head_that_cannot_be_kept_is_recorded_and_refuses_nothing() {
    let world = World::new();
    world.keyring.takes_no_head.store(true, Ordering::SeqCst);
    world.append(intent(1));
    assert_eq!(world.kinds(), ["log.created", "elevation.intent", "checkpoint", "log.head_not_kept"]);
    assert_eq!(world.lines()[3]["data"]["size"], 3);
    world.keyring.takes_no_head.store(false, Ordering::SeqCst);
    world.append(ended(1));
    world.verify();
}

#[test]
fn the_list_of_elevations_is_the_same_with_and_without_what_was_kept_of_it() {
    let world = World::new();
    let kept = world.folder.path().join("elevations.json");
    for event in [intent(1), granted(1), intent(2), ended(1), intent(3), granted(3)] {
        world.append(event);
        let read_on = world.log().elevations().unwrap();
        assert_eq!(read_on, world.log().all_elevations().unwrap());
        fs::rename(&kept, world.folder.path().join("aside")).unwrap();
        assert_eq!(read_on, world.log().elevations().unwrap());
        fs::rename(world.folder.path().join("aside"), &kept).unwrap();
    }
    let list = world.log().elevations().unwrap();
    let open: Vec<bool> = list.open().map(|open| open.active.is_some()).collect();
    assert_eq!((open, list.past().len()), (vec![false, true], 1));
    for of_no_file in [2, 99, u32::MAX] {
        let json = format!("{{\"file\":{of_no_file},\"bytes\":0,\"list\":{{\"open\":{{}},\"past\":[]}}}}");
        write_private(&kept, json.as_bytes()).unwrap();
        assert_eq!(list, world.log().elevations().unwrap(), "file {of_no_file}");
    }
    write_private(&kept, b"{\xff torn").unwrap();
    assert_eq!(list, world.log().elevations().unwrap());
    // A log that is shorter than what was read is another one.
    world.append(ended(3));
    fs::write(world.file(1), "").unwrap();
    assert_eq!(world.log().elevations().unwrap(), ElevationList::default());
}

#[test]
fn names_are_looked_up_once_a_write_and_while_the_log_is_free() {
    thread_local! {
        static LOOKED_UP: RefCell<(PathBuf, usize)> = const { RefCell::new((PathBuf::new(), 0)) };
    }
    let world = World::new();
    world.append(intent(1));
    LOOKED_UP.with_borrow_mut(|looked_up| looked_up.0 = world.folder.path().to_owned());
    let user_name = || {
        LOOKED_UP.with_borrow_mut(|(path, times)| {
            *times += 1;
            fs::File::open(path.join("audit.lock")).unwrap().try_lock().expect("the log is locked");
        });
        Some("ann".to_owned())
    };
    AuditLog { user_name, ..world.log() }.append(stamp(0), ended(1)).unwrap();
    assert_eq!(LOOKED_UP.with_borrow(|(_, times)| *times), 1);
    assert!(world.lines()[3..].iter().all(|line| line["os_user"] == "ann"));
}

#[test]
fn a_line_of_the_log_that_nobody_knows_is_passed_over_in_the_list() {
    let world = World::new();
    world.append(intent(1));
    let line = Line::<AnyEvent>::read(world.text().lines().nth(1).unwrap().as_bytes()).unwrap();
    let mut list = ElevationList::default();
    list.take(&line);
    let unknown = String::from_utf8(line.to_bytes().unwrap()).unwrap().replace("elevation.intent", "elevation.other");
    list.take(&Line::read(unknown.as_bytes()).unwrap());
    assert_eq!(list.open().count(), 1);
}

fn refused(why: &str) -> Event {
    Event::Refused(Box::new(Refused { access: subject(0, "restore the ledger").access, why: why.to_owned() }))
}

/// One that takes much of a file.
fn long_issued() -> Event {
    let Event::Issued(mut issued) = issued() else { unreachable!() };
    issued.calls.arn = Some("a".repeat(12_000));
    Event::Issued(issued)
}

#[test]
fn a_full_file_is_closed_by_whatever_is_recorded_next() {
    let refusals = (0..).map(|number| refused(&format!("{number:012000}")));
    let issues = std::iter::repeat_with(long_issued);
    let events: [Box<dyn Iterator<Item = Event>>; 2] = [Box::new(refusals), Box::new(issues)];
    for (name, events) in [StoreName::Keychain, StoreName::Memory].into_iter().zip(events) {
        let world = World::with(name);
        world.append(intent(1));
        events.take(60).for_each(|event| world.append(event));
        assert!(world.file(3).exists());
        let closed = fs::read_to_string(world.file(1)).unwrap();
        assert!(closed.len() < 300_000 && closed.lines().last().unwrap().contains("log.closed"));
        assert_eq!(world.kinds().iter().filter(|kind| *kind == "log.created").count(), 1);
        world.verify();
    }
}

#[test]
fn a_full_file_takes_what_no_gate_let_through_while_the_keyring_is_locked() {
    let world = World::new();
    world.append(intent(1));
    world.keyring.is_locked.store(true, Ordering::SeqCst);
    (0..30).for_each(|_| world.append(long_issued()));
    assert!(!world.file(2).exists() && !world.folder.path().join("audit-lost").exists());
    world.keyring.is_locked.store(false, Ordering::SeqCst);
    world.append(long_issued());
    assert!(world.file(2).exists());
    assert_eq!(world.kinds().iter().filter(|kind| *kind == "credentials.issued").count(), 31);
    world.verify();
}

#[test]
fn a_refusal_that_is_repeated_is_recorded_once_a_minute() {
    let world = World::new();
    for (seconds, why) in [(0, "not on duty"), (59, "not on duty"), (59, "no reason"), (60, "no reason")] {
        world.append_at(seconds, refused(why));
    }
    let refusals = || world.kinds().into_iter().filter(|kind| kind == "elevation.refused").count();
    assert_eq!(refusals(), 2);
    world.append_at(61, refused("not on duty"));
    assert_eq!(refusals(), 3);
    world.append_at(-10, refused("no reason"));
    assert_eq!(refusals(), 4, "a clock that was set back hides none");
    world.append(intent(1));
    world.append(refused("no reason"));
    assert_eq!(refusals(), 5, "what came in between shows that it is another attempt");
}

#[test]
fn what_no_gate_let_through_is_counted_as_lost_where_the_log_is_damaged() {
    let world = World::new();
    world.append(intent(1));
    let text = world.text();
    let damaged = text.replacen("log.created", "log.cremated", 1);
    write_private(&world.file(1), damaged.as_bytes()).unwrap();
    assert!(world.log().append(stamp(0), issued()).is_err());
    assert_eq!(world.text(), damaged);
    world.append(intent(2));
    assert_eq!(world.kinds()[3..], ["log.created", "log.lost", "elevation.intent", "checkpoint"]);
}

#[test]
fn a_log_that_was_deleted_or_emptied_is_missed() {
    for is_emptied in [false, true] {
        for first in [intent(2), refused("not on duty")] {
            let world = World::new();
            world.append(intent(1));
            world.append(ended(1));
            let before = world.head();
            fs::remove_file(world.file(1)).unwrap();
            if is_emptied {
                write_private(&world.file(1), b"").unwrap();
            }
            world.append(first);
            let expected = (Some("missing".to_owned()), Some(before.chain.to_string()), Some(before.size));
            assert_eq!(world.last_beginning(), expected);
            assert_eq!(world.verify(), 1, "the chain that says so is signed");
            assert_ne!(world.head().chain, before.chain);
        }
    }
}

#[test]
fn a_log_that_was_replaced_by_another_is_missed() {
    let world = World::new();
    let other = World::new();
    world.append(intent(1));
    other.append(intent(1));
    let before = world.head();
    fs::copy(other.file(1), world.file(1)).unwrap();
    world.append(intent(2));
    let expected = (Some("not_extending".to_owned()), Some(before.chain.to_string()), Some(before.size));
    assert_eq!(world.last_beginning(), expected);
}

#[test]
fn a_store_without_a_key_leaves_a_signed_chain_as_it_is() {
    let world = World::new();
    world.append(intent(1));
    let signed = world.head();
    let in_memory = World { keyring: World::with(StoreName::Memory).keyring, ..world };
    for event in [intent(2), granted(2), ended(2)] {
        in_memory.append(event);
    }
    let beginning = in_memory.last_beginning();
    assert_eq!(beginning, (Some("not_signed".to_owned()), Some(signed.chain.to_string()), Some(signed.size)));
    assert_eq!(in_memory.kinds()[3..], ["log.created", "elevation.intent", "elevation.granted", "elevation.ended"]);
    // Within the run a cut is noticed; the next run begins a chain of its own.
    let head = in_memory.head();
    let text = fs::read_to_string(in_memory.file(2)).unwrap();
    write_private(&in_memory.file(2), text.split_inclusive('\n').take(2).collect::<String>().as_bytes()).unwrap();
    in_memory.append(intent(3));
    let beginning = in_memory.last_beginning();
    assert_eq!(beginning, (Some("not_extending".to_owned()), Some(head.chain.to_string()), Some(4)));
    let before = in_memory.head();
    in_memory.keyring.items.lock().unwrap().clear();
    in_memory.append(intent(4));
    let beginning = in_memory.last_beginning();
    assert_eq!(beginning, (Some("not_signed".to_owned()), Some(before.chain.to_string()), Some(before.size)));
}

#[test]
fn a_signed_chain_that_was_cut_behind_an_unsigned_one_is_missed() {
    let world = World::new();
    world.append(intent(1));
    let short = fs::read(world.file(1)).unwrap();
    world.append(ended(1));
    let signed = world.head();
    let keyring = Arc::clone(&world.keyring);
    let in_memory = World { keyring: World::with(StoreName::Memory).keyring, ..world };
    in_memory.append(intent(2));
    let whole = fs::read(in_memory.file(1)).unwrap();
    let again = World { keyring, ..in_memory };
    for (first_file, expected) in [(whole, "key_lost"), (short, "not_extending")] {
        let before = again.keyring.items.lock().unwrap().clone();
        write_private(&again.file(1), &first_file).unwrap();
        again.append(intent(3));
        let (why, chain, _) = again.last_beginning();
        assert_eq!(why.as_deref(), Some(expected));
        assert_eq!(chain == Some(signed.chain.to_string()), expected == "not_extending");
        fs::remove_file(again.file(3)).unwrap();
        *again.keyring.items.lock().unwrap() = before;
    }
}

#[test]
fn what_is_decided_rests_on_the_log_and_not_on_what_was_kept_of_it() {
    let world = World::new();
    let kept = world.folder.path().join("elevations.json");
    for event in [intent(1), granted(1), ended(1), intent(2), granted(2)] {
        world.append(event);
    }
    let told = world.log().elevations_for_decision().unwrap();
    assert_eq!((told.open().count(), told.past().len()), (1, 1));
    let mut edited: Value = serde_json::from_slice(&fs::read(&kept).unwrap()).unwrap();
    edited["list"] = serde_json::to_value(ElevationList::default()).unwrap();
    for (file, bytes) in
        [(1, edited["bytes"].clone()), (9, 0.into()), (u32::MAX, 0.into()), (u32::MAX, u64::MAX.into())]
    {
        (edited["file"], edited["bytes"]) = (file.into(), bytes);
        write_private(&kept, edited.to_string().as_bytes()).unwrap();
        assert_eq!(world.log().elevations_for_decision().unwrap(), told, "{file}");
        assert!(file == 1 || world.log().elevations().unwrap() == told, "{file}");
    }
}

#[test]
fn nothing_is_decided_where_a_record_of_an_elevation_cannot_be_read() {
    for (events, kind, is_decided) in [
        (vec![intent(1)], "elevation.intent", false),
        (vec![intent(1), granted(1)], "elevation.granted", false),
        (vec![intent(1), granted(1), ended(1)], "elevation.ended", true),
        (vec![intent(1), refused("not on duty")], "elevation.refused", true),
    ] {
        let world = World::new();
        events.into_iter().for_each(|event| world.append(event));
        let number = world.kinds().iter().position(|found| found == kind).unwrap();
        let mut lines = world.lines();
        lines[number]["data"]["tier"] = "supreme".into();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        write_private(&world.file(1), text.as_bytes()).unwrap();
        fs::remove_file(world.folder.path().join("elevations.json")).unwrap();
        match world.log().elevations_for_decision() {
            Ok(list) => assert_eq!((list.open().count(), is_decided), (1, true), "{kind}"),
            Err(Error::NotRecorded(why)) => {
                let expected =
                    format!("line {}: this version of daypass cannot read what it tells of an elevation", number + 1);
                assert!(why.to_string().ends_with(&expected), "{why}");
                assert!(!is_decided, "{kind}");
            }
            Err(other) => panic!("{other}"),
        }
        assert!(world.log().elevations().is_ok(), "what is open can be ended");
    }
}

#[test]
fn a_clock_that_jumps_makes_no_elevation_forgotten() {
    let world = World::new();
    for event in [intent(1), granted(1), ended(1)] {
        world.append(event);
    }
    world.append_at(9 * 86_400, refused("not on duty"));
    world.append(refused("no reason"));
    assert_eq!(world.log().elevations().unwrap().past().len(), 1);
}
