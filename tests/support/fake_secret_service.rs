//! A bus and a Secret Service in one, on a Unix socket of its own, that misbehaves as it is told.
//!
//! It has a small reader and writer of its own, so that a mistake in the client's cannot cancel itself out.

// Two test harnesses share it, and each uses a part.
#![allow(dead_code, reason = "each of the harnesses that include this file uses a part of it")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// What the service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// What it should.
    Good,
    /// The bus itself says nothing, not even to the sign-in.
    BusSilent,
    /// The bus refuses us.
    BusRefuses,
    /// The bus answers, the service never does.
    Silent,
    /// Nobody has the service's name.
    NoService,
    /// The service is locked; its prompt unlocks it.
    Locked,
    /// The same, and while it is locked a search finds nothing, as with oo7.
    LockedUnseen,
    /// The service is locked; its prompt is dismissed.
    PromptDismissed,
    /// The service is locked; its prompt is never answered.
    PromptIgnored,
    /// The connection ends when a secret is asked for or sent.
    DiesInMidCall,
    /// The service's process ends then, and the bus says so.
    DaemonDiesInMidCall,
    /// The service has encrypted sessions only.
    EncryptedOnly,
    /// Half of the answer to a search, then other bytes.
    Garbage,
    /// There is no default collection; a prompt makes one.
    NoCollection,
    /// Nothing can be written.
    ReadOnly,
    /// Nothing can be deleted.
    KeepsEverything,
    /// Errors repeat the secret that was sent.
    Indiscreet,
    /// Nothing is answered before all came in that a client can ask without an answer: not even the authentication
    /// before the first call to the service, nor a session before a search.
    AnswersLate,
    /// The service refuses what it is asked first.
    RefusesProperties,
    /// The service is locked. Before its prompt unlocks it, another program on the bus says that the prompt was
    /// dismissed and that the service is gone.
    PromptForged,
    /// The service is locked, and goes away while its prompt is shown.
    PromptVanishes,
    /// The next search is answered after [`SLOW_SEARCH`], and all is well after it.
    SlowSearch,
    /// A write changes the item that is there, behind a prompt that does not say which.
    WritesBehindAPrompt,
    /// A write is done and answered when [`FakeSecretService::release_one_write`] says so.
    HoldsWrites,
}

/// Less than a client waits for an answer.
pub const SLOW_SEARCH: Duration = Duration::from_secs(2);

/// One item of the fake keyring.
#[derive(Debug, Clone)]
pub struct Item {
    pub attributes: BTreeMap<String, String>,
    pub secret: Vec<u8>,
    pub label: String,
}

/// The first call that a connection made to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstCall {
    pub member: String,
    /// Whether nothing else had been sent when it was answered.
    pub alone: bool,
}

#[derive(Debug)]
struct State {
    behaviour: Behaviour,
    locked: bool,
    collection: bool,
    items: BTreeMap<String, Item>,
    created: usize,
    prompts: usize,
    calls: Vec<String>,
    first_calls: Vec<FirstCall>,
    connections: usize,
    /// How often the service was started.
    starts: usize,
    streams: Vec<UnixStream>,
    writes_held: usize,
    writes_released: usize,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// The running fake; its socket goes away with it.
pub struct FakeSecretService {
    folder: tempfile::TempDir,
    shared: Arc<Shared>,
}

impl FakeSecretService {
    pub fn start(behaviour: Behaviour) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("bus")).unwrap();
        let state = State {
            behaviour,
            locked: false,
            collection: true,
            items: BTreeMap::new(),
            created: 0,
            prompts: 0,
            calls: Vec::new(),
            first_calls: Vec::new(),
            connections: 0,
            starts: 1,
            streams: Vec::new(),
            writes_held: 0,
            writes_released: 0,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let fake = FakeSecretService { folder, shared: Arc::clone(&shared) };
        fake.behave(behaviour);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = {
                    let mut state = shared.state();
                    state.connections += 1;
                    state.streams.push(stream.try_clone().unwrap());
                    state.connections
                };
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    Connection { stream, shared, number, service: String::new(), serial: 0, held: None }.serve()
                });
            }
        });
        fake
    }

    /// Behaves so from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        use Behaviour::{
            Locked, LockedUnseen, NoCollection, PromptDismissed, PromptForged, PromptIgnored, PromptVanishes,
        };
        let mut state = self.shared.state();
        state.behaviour = behaviour;
        state.locked = matches!(
            behaviour,
            Locked | LockedUnseen | PromptDismissed | PromptForged | PromptIgnored | PromptVanishes
        );
        state.collection = behaviour != NoCollection;
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("bus")
    }

    /// What belongs into `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }

    /// Puts an item there as another program would.
    pub fn put(&self, attributes: &[(&str, &str)], secret: &[u8]) {
        let mut state = self.shared.state();
        let attributes = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        state.add(Item { attributes, secret: secret.to_vec(), label: String::new() });
    }

    pub fn items(&self) -> Vec<Item> {
        self.shared.state().items.values().cloned().collect()
    }

    /// Changes the items in place, as another program would.
    pub fn change(&self, change: impl FnMut(&mut Item)) {
        self.shared.state().items.values_mut().for_each(change);
    }

    /// Removes items, as another program would.
    pub fn remove(&self, which: impl Fn(&Item) -> bool) {
        self.shared.state().items.retain(|_, item| !which(item));
    }

    /// Prompts that were shown.
    pub fn prompts(&self) -> usize {
        self.shared.state().prompts
    }

    /// Connections that were made to the bus.
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// What each connection asked the service first.
    pub fn first_calls(&self) -> Vec<FirstCall> {
        self.shared.state().first_calls.clone()
    }

    /// Another process takes the service's place: it has the items, and knows no session.
    pub fn restart_service(&self) {
        self.shared.state().starts += 1;
    }

    /// Ends all connections, as a bus does that ends.
    pub fn drop_connections(&self) {
        for stream in self.shared.state().streams.drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }

    /// Waits until `count` writes in all have been held back.
    pub fn wait_for_held_writes(&self, count: usize, within: Duration) -> bool {
        let state = self.shared.state();
        let (state, _) =
            self.shared.changed.wait_timeout_while(state, within, |state| state.writes_held < count).unwrap();
        state.writes_held >= count
    }

    /// Does and answers one of the writes that are held back.
    pub fn release_one_write(&self) {
        self.shared.state().writes_released += 1;
        self.shared.changed.notify_all();
    }

    /// The names of all methods called, in order.
    pub fn calls(&self) -> Vec<String> {
        self.shared.state().calls.clone()
    }
}

impl State {
    fn add(&mut self, item: Item) -> String {
        self.created += 1;
        let path = format!("/org/freedesktop/secrets/collection/login/{}", self.created);
        self.items.insert(path.clone(), item);
        path
    }
}

struct Connection {
    stream: UnixStream,
    shared: Arc<Shared>,
    number: usize,
    /// The unique name of the service, as it was when the present call came in.
    service: String,
    serial: u32,
    /// Answers that are held back.
    held: Option<Vec<u8>>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The list of all connections holds the socket open.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

/// A call as it came in.
struct Call {
    serial: u32,
    path: String,
    member: String,
    destination: String,
    body: Vec<u8>,
}

impl State {
    /// The unique name of the service's process.
    fn service(&self) -> String {
        format!(":1.{}", self.starts)
    }

    /// The session that this process knows.
    fn session(&self) -> String {
        format!("/org/freedesktop/secrets/session/s{}", self.starts)
    }
}

const BUS: &str = "org.freedesktop.DBus";
/// A program on the bus that is neither the service nor its client.
const STRANGER: &str = ":1.666";

const SECRETS: &str = "/org/freedesktop/secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

impl Connection {
    /// Serves until either side has enough; `None` anywhere is the end.
    fn serve(mut self) -> Option<()> {
        let behaviour = self.shared.state().behaviour;
        if behaviour == Behaviour::BusSilent {
            return self.stream.read_to_end(&mut Vec::new()).ok().map(drop);
        }
        let mut line = Vec::new();
        while !line.ends_with(b"BEGIN\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).ok()?;
            line.push(byte[0]);
        }
        assert!(line.starts_with(b"\0AUTH EXTERNAL "));
        if behaviour == Behaviour::BusRefuses {
            return self.stream.write_all(b"REJECTED EXTERNAL\r\n").ok();
        }
        let late = behaviour == Behaviour::AnswersLate;
        self.held = late.then(Vec::new);
        self.write(b"OK 0123456789abcdef0123456789abcdef\r\n")?;
        let mut asked_service = false;
        loop {
            let call = self.receive()?;
            self.shared.state().calls.push(call.member.clone());
            if call.destination != BUS && !std::mem::replace(&mut asked_service, true) {
                self.note_first(&call);
            }
            if late && call.member == "OpenSession" {
                self.held = Some(Vec::new());
            }
            self.react(&call)?;
            if matches!(call.member.as_str(), "Get" | "SearchItems") {
                let held = self.held.take().unwrap_or_default();
                self.write(&held)?;
            }
        }
    }

    /// Whatever a client sends together with its first call is there when that is taken in.
    fn note_first(&self, call: &Call) {
        let alone = rustix::io::ioctl_fionread(&self.stream).unwrap() == 0;
        self.shared.state().first_calls.push(FirstCall { member: call.member.clone(), alone });
    }

    /// Waits until this write is released.
    fn hold(&self) {
        let mut state = self.shared.state();
        state.writes_held += 1;
        let mine = state.writes_held;
        self.shared.changed.notify_all();
        drop(self.shared.changed.wait_while(state, |state| state.writes_released < mine).unwrap());
    }

    fn receive(&mut self) -> Option<Call> {
        let mut fixed = [0; 16];
        self.stream.read_exact(&mut fixed).ok()?;
        let mut header = In { bytes: &fixed, at: 4 };
        let (body, serial, fields) = (header.u32() as usize, header.u32(), header.u32() as usize);
        let mut rest = vec![0; fields.next_multiple_of(8) + body];
        self.stream.read_exact(&mut rest).ok()?;
        let (mut path, mut member, mut destination) = (String::new(), String::new(), String::new());
        let mut reader = In { bytes: &rest[..fields], at: 0 };
        while reader.at < fields {
            reader.align(8);
            let code = reader.u8();
            reader.signature();
            match code {
                1 => path = reader.string(),
                3 => member = reader.string(),
                6 => destination = reader.string(),
                8 => drop(reader.signature()),
                _ => drop(reader.string()),
            }
        }
        Some(Call { serial, path, member, destination, body: rest[fields.next_multiple_of(8)..].to_vec() })
    }

    fn react(&mut self, call: &Call) -> Option<()> {
        if call.member == "CreateItem" && self.shared.state().behaviour == Behaviour::HoldsWrites {
            self.hold();
        }
        if call.member == "SearchItems" && self.shared.state().behaviour == Behaviour::SlowSearch {
            self.shared.state().behaviour = Behaviour::Good;
            thread::sleep(SLOW_SEARCH);
        }
        let shared = Arc::clone(&self.shared);
        let mut state = shared.state();
        let (service, session) = (state.service(), state.session());
        self.service.clone_from(&service);
        let is_gone = call.destination.starts_with(':') && call.destination != service;
        let mut body = In { bytes: &call.body, at: 0 };
        match (call.member.as_str(), state.behaviour) {
            ("Hello", _) => {
                let name = format!(":1.{}", 1_000 + self.number);
                self.reply(call, "s", |out| out.string(&name))
            }
            ("AddMatch" | "RemoveMatch", _) => self.reply(call, "", |_| {}),
            ("GetNameOwner", Behaviour::NoService) => {
                self.fail(call, "org.freedesktop.DBus.Error.NameHasNoOwner", "nobody")
            }
            ("GetNameOwner", _) => self.reply(call, "s", |out| out.string(&service)),
            (_, Behaviour::Silent) => Some(()),
            (_, Behaviour::NoService) => self.fail(call, "org.freedesktop.DBus.Error.ServiceUnknown", "nobody"),
            _ if is_gone => self.fail(call, "org.freedesktop.DBus.Error.ServiceUnknown", "gone"),
            ("Get", Behaviour::RefusesProperties) => {
                self.fail(call, "org.freedesktop.DBus.Error.AccessDenied", "no properties")
            }
            ("Get", _) if call.path == SECRETS => self.reply(call, "v", |out| {
                out.signature("ao");
                out.strings(&[LOGIN.to_owned()]);
            }),
            ("OpenSession", Behaviour::EncryptedOnly) => {
                self.fail(call, "org.freedesktop.DBus.Error.NotSupported", "no plain sessions")
            }
            ("OpenSession", _) => self.reply(call, "vo", |out| {
                out.signature("s");
                out.string("");
                out.string(&session);
            }),
            ("SearchItems", Behaviour::Garbage) => {
                self.stream.write_all(b"l\x02\0\x01\x40\0\0\0garbage-canary\xff\xff\xff").ok()?;
                self.stream.write_all(&[0xee; 4096]).ok()
            }
            ("SearchItems", Behaviour::LockedUnseen) if state.locked => self.reply(call, "aoao", |out| {
                out.strings(&[]);
                out.strings(&[]);
            }),
            ("SearchItems", _) => {
                let wanted = body.dictionary();
                let found: Vec<String> = state
                    .items
                    .iter()
                    .filter(|(_, item)| wanted.iter().all(|(key, value)| item.attributes.get(key) == Some(value)))
                    .map(|(path, _)| path.clone())
                    .collect();
                let none = Vec::new();
                let (unlocked, locked) = if state.locked { (&none, &found) } else { (&found, &none) };
                self.reply(call, "aoao", |out| {
                    out.strings(unlocked);
                    out.strings(locked);
                })
            }
            ("GetSecret" | "CreateItem", Behaviour::DiesInMidCall) => None,
            ("GetSecret" | "CreateItem", Behaviour::DaemonDiesInMidCall) => {
                self.fail(call, "org.freedesktop.DBus.Error.NoReply", "the peer went away")
            }
            ("GetSecret" | "CreateItem", Behaviour::Indiscreet) => {
                let text = String::from_utf8_lossy(&call.body).replace('\0', " ");
                self.fail(call, "org.freedesktop.DBus.Error.Failed", &format!("{text} canary"))
            }
            ("GetSecret" | "CreateItem", _) if state.locked => {
                self.fail(call, "org.freedesktop.Secret.Error.IsLocked", "locked")
            }
            ("GetSecret", _) if body.string() != session => {
                self.fail(call, "org.freedesktop.Secret.Error.NoSession", "no such session")
            }
            ("GetSecret", _) => {
                let Some(secret) = state.items.get(&call.path).map(|item| item.secret.clone()) else {
                    return self.fail(call, "org.freedesktop.Secret.Error.NoSuchObject", "gone");
                };
                self.reply(call, "(oayays)", |out| {
                    out.align(8);
                    out.string(&session);
                    out.blob(b"");
                    out.blob(&secret);
                    out.string("application/octet-stream");
                })
            }
            ("ReadAlias", _) => {
                let collection = if state.collection { LOGIN } else { "/" };
                self.reply(call, "o", |out| out.string(collection))
            }
            ("Get", _) => {
                let locked = state.locked;
                self.reply(call, "v", |out| {
                    out.signature("b");
                    out.u32(locked.into());
                })
            }
            ("CreateItem", Behaviour::ReadOnly) => {
                self.fail(call, "org.freedesktop.DBus.Error.AccessDenied", "read-only")
            }
            ("CreateItem", _) => {
                assert_eq!(call.path, LOGIN);
                let (item, used) = body.new_item();
                if used != session {
                    return self.fail(call, "org.freedesktop.Secret.Error.NoSession", "no such session");
                }
                if state.behaviour == Behaviour::WritesBehindAPrompt {
                    match state.items.values_mut().find(|old| old.attributes == item.attributes) {
                        Some(old) => *old = item,
                        None => drop(state.add(item)),
                    }
                    return self.reply(call, "oo", |out| {
                        out.string("/");
                        out.string("/org/freedesktop/secrets/prompt/p3");
                    });
                }
                state.items.retain(|_, old| old.attributes != item.attributes);
                let path = state.add(item);
                self.reply(call, "oo", |out| {
                    out.string(&path);
                    out.string("/");
                })
            }
            ("CreateCollection", _) => self.reply(call, "oo", |out| {
                out.string("/");
                out.string("/org/freedesktop/secrets/prompt/p2");
            }),
            ("Unlock", _) => self.reply(call, "aoo", |out| {
                out.strings(&[]);
                out.string("/org/freedesktop/secrets/prompt/p1");
            }),
            ("Prompt", behaviour) => {
                state.prompts += 1;
                self.reply(call, "", |_| {})?;
                let dismissed = behaviour == Behaviour::PromptDismissed;
                match behaviour {
                    Behaviour::PromptIgnored => return Some(()),
                    Behaviour::PromptVanishes => {
                        state.starts += 1;
                        return self.gone(BUS, &service);
                    }
                    Behaviour::PromptForged => {
                        self.completed(STRANGER, &call.path, true, "")?;
                        self.gone(STRANGER, &service)?;
                    }
                    _ => {}
                }
                state.locked = dismissed;
                state.collection = true;
                self.completed(&service, &call.path, dismissed, if call.path.ends_with("p2") { LOGIN } else { "" })
            }
            ("Delete", Behaviour::KeepsEverything) => {
                self.fail(call, "org.freedesktop.DBus.Error.AccessDenied", "read-only")
            }
            ("Delete", _) => {
                state.items.remove(&call.path);
                self.reply(call, "o", |out| out.string("/"))
            }
            ("Dismiss", _) => self.reply(call, "", |_| {}),
            (other, _) => panic!("{SECRETS} has no {other}"),
        }
    }

    fn reply(&mut self, call: &Call, signature: &str, body: impl FnOnce(&mut Out)) -> Option<()> {
        let sender = self.sender_of_answer(call);
        self.send(2, &[(5, Field::Serial(call.serial)), (7, Field::Text("s", &sender))], signature, body)
    }

    fn fail(&mut self, call: &Call, name: &str, text: &str) -> Option<()> {
        let sender = self.sender_of_answer(call);
        let fields = [(5, Field::Serial(call.serial)), (4, Field::Text("s", name)), (7, Field::Text("s", &sender))];
        self.send(3, &fields, "s", |out| out.string(text))
    }

    /// Who an answer comes from; the bus fills it in.
    fn sender_of_answer(&self, call: &Call) -> String {
        match call.destination.as_str() {
            BUS => BUS.to_owned(),
            unique if unique.starts_with(':') => unique.to_owned(),
            _ => self.service.clone(),
        }
    }

    /// The end of a prompt, as `sender` says it.
    fn completed(&mut self, sender: &str, prompt: &str, dismissed: bool, made: &str) -> Option<()> {
        self.signal(sender, prompt, "org.freedesktop.Secret.Prompt", "Completed", "bv", |out| {
            out.u32(dismissed.into());
            out.signature(if made.is_empty() { "s" } else { "o" });
            out.string(made);
        })
    }

    /// The end of the service's process, as `sender` says it.
    fn gone(&mut self, sender: &str, service: &str) -> Option<()> {
        self.signal(sender, "/org/freedesktop/DBus", BUS, "NameOwnerChanged", "sss", |out| {
            out.string(service);
            out.string(service);
            out.string("");
        })
    }

    fn signal(
        &mut self,
        sender: &str,
        path: &str,
        interface: &str,
        member: &str,
        signature: &str,
        body: impl FnOnce(&mut Out),
    ) -> Option<()> {
        let fields = [
            (1, Field::Text("o", path)),
            (2, Field::Text("s", interface)),
            (3, Field::Text("s", member)),
            (7, Field::Text("s", sender)),
        ];
        self.send(4, &fields, signature, body)
    }

    fn send(
        &mut self,
        kind: u8,
        fields: &[(u8, Field<'_>)],
        signature: &str,
        body: impl FnOnce(&mut Out),
    ) -> Option<()> {
        self.serial += 1;
        let mut payload = Out(Vec::new());
        body(&mut payload);
        let mut header = Out(Vec::new());
        for (code, field) in fields {
            header.align(8);
            header.0.push(*code);
            match field {
                Field::Serial(serial) => {
                    header.signature("u");
                    header.u32(*serial);
                }
                Field::Text(kind, text) => {
                    header.signature(kind);
                    header.string(text);
                }
            }
        }
        if !signature.is_empty() {
            header.align(8);
            header.0.push(8);
            header.signature("g");
            header.signature(signature);
        }
        let mut message = Out(vec![b'l', kind, 0, 1]);
        message.u32(u32::try_from(payload.0.len()).unwrap());
        message.u32(self.serial);
        message.u32(u32::try_from(header.0.len()).unwrap());
        message.0.extend(header.0);
        message.align(8);
        message.0.extend(payload.0);
        self.write(&message.0)
    }

    fn write(&mut self, bytes: &[u8]) -> Option<()> {
        match &mut self.held {
            Some(held) => {
                held.extend(bytes);
                Some(())
            }
            None => self.stream.write_all(bytes).ok(),
        }
    }
}

enum Field<'a> {
    Serial(u32),
    Text(&'a str, &'a str),
}

/// Values on their way out, little-endian.
struct Out(Vec<u8>);

impl Out {
    fn align(&mut self, to: usize) {
        self.0.resize(self.0.len().next_multiple_of(to), 0);
    }
    fn u32(&mut self, value: u32) {
        self.align(4);
        self.0.extend(value.to_le_bytes());
    }
    fn blob(&mut self, value: &[u8]) {
        self.u32(u32::try_from(value.len()).unwrap());
        self.0.extend(value);
    }
    fn string(&mut self, value: &str) {
        self.blob(value.as_bytes());
        self.0.push(0);
    }
    fn signature(&mut self, value: &str) {
        self.0.push(u8::try_from(value.len()).unwrap());
        self.0.extend(value.as_bytes());
        self.0.push(0);
    }
    fn strings(&mut self, values: &[String]) {
        let mut elements = Out(Vec::new());
        values.iter().for_each(|value| elements.string(value));
        self.blob(&elements.0);
    }
}

/// Values as they come in, little-endian.
struct In<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl In<'_> {
    fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }
    fn take(&mut self, count: usize) -> Vec<u8> {
        self.at += count;
        self.bytes[self.at - count..self.at].to_vec()
    }
    fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }
    fn u32(&mut self) -> u32 {
        self.align(4);
        u32::from_le_bytes(self.take(4).try_into().unwrap())
    }
    fn blob(&mut self) -> Vec<u8> {
        let length = self.u32() as usize;
        self.take(length)
    }
    fn string(&mut self) -> String {
        let text = String::from_utf8(self.blob()).unwrap();
        assert_eq!(self.u8(), 0);
        text
    }
    fn signature(&mut self) -> String {
        let length = self.u8().into();
        let text = String::from_utf8(self.take(length)).unwrap();
        assert_eq!(self.u8(), 0);
        text
    }
    fn dictionary(&mut self) -> BTreeMap<String, String> {
        let length = self.u32() as usize;
        self.align(8);
        let end = self.at + length;
        let mut pairs = BTreeMap::new();
        while self.at < end {
            self.align(8);
            let key = self.string();
            pairs.insert(key, self.string());
        }
        assert_eq!(self.at, end);
        pairs
    }
    fn new_item(&mut self) -> (Item, String) {
        let length = self.u32() as usize;
        self.align(8);
        let end = self.at + length;
        let (mut label, mut attributes) = (String::new(), BTreeMap::new());
        while self.at < end {
            self.align(8);
            match (self.string().as_str(), self.signature().as_str()) {
                ("org.freedesktop.Secret.Item.Label", "s") => label = self.string(),
                ("org.freedesktop.Secret.Item.Attributes", "a{ss}") => attributes = self.dictionary(),
                other => panic!("an item has no {other:?}"),
            }
        }
        self.align(8);
        let session = self.string();
        assert_eq!(self.blob(), b"");
        let secret = self.blob();
        assert_eq!(self.string(), "application/octet-stream");
        assert_eq!(self.u32(), 1, "replaces");
        assert_eq!(self.at, self.bytes.len());
        (Item { attributes, secret, label }, session)
    }
}
