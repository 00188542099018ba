//! A bus and a Secret Service in one, on a Unix socket of its own, that misbehaves as it is told.
//!
//! It has a small reader and writer of its own, so that a mistake in the client's cannot cancel itself out.

// Two test harnesses share it, and each uses a part.
#![allow(dead_code, reason = "each of the harnesses that include this file uses a part of it")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

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
    /// Nothing is answered, not even the sign-in, before a search came in.
    AnswersLate,
}

/// One item of the fake keyring.
#[derive(Debug, Clone)]
pub struct Item {
    pub attributes: BTreeMap<String, String>,
    pub secret: Vec<u8>,
    pub label: String,
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
}

/// The running fake; its socket goes away with it.
pub struct FakeSecretService {
    folder: tempfile::TempDir,
    state: Arc<Mutex<State>>,
}

impl FakeSecretService {
    pub fn start(behaviour: Behaviour) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("bus")).unwrap();
        let state = Arc::new(Mutex::new(State {
            behaviour,
            locked: false,
            collection: true,
            items: BTreeMap::new(),
            created: 0,
            prompts: 0,
            calls: Vec::new(),
        }));
        let fake = FakeSecretService { folder, state: Arc::clone(&state) };
        fake.behave(behaviour);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                thread::spawn(move || Connection { stream, state, serial: 0, held: None }.serve());
            }
        });
        fake
    }

    /// Behaves so from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        use Behaviour::{Locked, NoCollection, PromptDismissed, PromptIgnored};
        let mut state = self.state.lock().unwrap();
        state.behaviour = behaviour;
        state.locked = matches!(behaviour, Locked | PromptDismissed | PromptIgnored);
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
        let mut state = self.state.lock().unwrap();
        let attributes = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        state.add(Item { attributes, secret: secret.to_vec(), label: String::new() });
    }

    pub fn items(&self) -> Vec<Item> {
        self.state.lock().unwrap().items.values().cloned().collect()
    }

    /// Changes the items in place, as another program would.
    pub fn change(&self, change: impl FnMut(&mut Item)) {
        self.state.lock().unwrap().items.values_mut().for_each(change);
    }

    /// Prompts that were shown.
    pub fn prompts(&self) -> usize {
        self.state.lock().unwrap().prompts
    }

    /// The names of all methods called, in order.
    pub fn calls(&self) -> Vec<String> {
        self.state.lock().unwrap().calls.clone()
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
    state: Arc<Mutex<State>>,
    serial: u32,
    /// Answers that are held back.
    held: Option<Vec<u8>>,
}

/// A call as it came in.
struct Call {
    serial: u32,
    path: String,
    member: String,
    body: Vec<u8>,
}

const SECRETS: &str = "/org/freedesktop/secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

impl Connection {
    /// Serves until either side has enough; `None` anywhere is the end.
    fn serve(mut self) -> Option<()> {
        let behaviour = self.state.lock().unwrap().behaviour;
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
        self.held = (behaviour == Behaviour::AnswersLate).then(Vec::new);
        self.write(b"OK 0123456789abcdef0123456789abcdef\r\n")?;
        loop {
            let call = self.receive()?;
            self.state.lock().unwrap().calls.push(call.member.clone());
            self.react(&call)?;
            if call.member == "SearchItems" {
                let held = self.held.take().unwrap_or_default();
                self.write(&held)?;
            }
        }
    }

    fn receive(&mut self) -> Option<Call> {
        let mut fixed = [0; 16];
        self.stream.read_exact(&mut fixed).ok()?;
        let mut header = In { bytes: &fixed, at: 4 };
        let (body, serial, fields) = (header.u32() as usize, header.u32(), header.u32() as usize);
        let mut rest = vec![0; fields.next_multiple_of(8) + body];
        self.stream.read_exact(&mut rest).ok()?;
        let (mut path, mut member) = (String::new(), String::new());
        let mut reader = In { bytes: &rest[..fields], at: 0 };
        while reader.at < fields {
            reader.align(8);
            let code = reader.u8();
            reader.signature();
            match code {
                1 => path = reader.string(),
                3 => member = reader.string(),
                8 => drop(reader.signature()),
                _ => drop(reader.string()),
            }
        }
        Some(Call { serial, path, member, body: rest[fields.next_multiple_of(8)..].to_vec() })
    }

    fn react(&mut self, call: &Call) -> Option<()> {
        let state = Arc::clone(&self.state);
        let mut state = state.lock().unwrap();
        let mut body = In { bytes: &call.body, at: 0 };
        match (call.member.as_str(), state.behaviour) {
            ("Hello", _) => self.reply(call, "s", |out| out.string(":1.1")),
            ("AddMatch", _) => self.reply(call, "", |_| {}),
            (_, Behaviour::Silent) => Some(()),
            (_, Behaviour::NoService) => self.fail(call, "org.freedesktop.DBus.Error.ServiceUnknown", "nobody"),
            ("OpenSession", Behaviour::EncryptedOnly) => {
                self.fail(call, "org.freedesktop.DBus.Error.NotSupported", "no plain sessions")
            }
            ("OpenSession", _) => self.reply(call, "vo", |out| {
                out.signature("s");
                out.string("");
                out.string("/org/freedesktop/secrets/session/s1");
            }),
            ("SearchItems", Behaviour::Garbage) => {
                self.stream.write_all(b"l\x02\0\x01\x40\0\0\0garbage-canary\xff\xff\xff").ok()?;
                self.stream.write_all(&[0xee; 4096]).ok()
            }
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
            ("GetSecret", _) => {
                let Some(secret) = state.items.get(&call.path).map(|item| item.secret.clone()) else {
                    return self.fail(call, "org.freedesktop.Secret.Error.NoSuchObject", "gone");
                };
                self.reply(call, "(oayays)", |out| {
                    out.align(8);
                    out.string("/org/freedesktop/secrets/session/s1");
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
                let item = body.new_item();
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
                if behaviour == Behaviour::PromptIgnored {
                    return Some(());
                }
                state.locked = dismissed;
                state.collection = true;
                let made = call.path.ends_with("p2");
                self.signal(&call.path, "org.freedesktop.Secret.Prompt", "Completed", "bv", |out| {
                    out.u32(dismissed.into());
                    out.signature(if made { "o" } else { "s" });
                    out.string(if made { LOGIN } else { "" });
                })
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
        self.send(2, &[(5, Field::Serial(call.serial))], signature, body)
    }

    fn fail(&mut self, call: &Call, name: &str, text: &str) -> Option<()> {
        self.send(3, &[(5, Field::Serial(call.serial)), (4, Field::Text("s", name))], "s", |out| out.string(text))
    }

    fn signal(
        &mut self,
        path: &str,
        interface: &str,
        member: &str,
        signature: &str,
        body: impl FnOnce(&mut Out),
    ) -> Option<()> {
        let fields = [(1, Field::Text("o", path)), (2, Field::Text("s", interface)), (3, Field::Text("s", member))];
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
    fn new_item(&mut self) -> Item {
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
        assert_eq!(self.string(), "/org/freedesktop/secrets/session/s1");
        assert_eq!(self.blob(), b"");
        let secret = self.blob();
        assert_eq!(self.string(), "application/octet-stream");
        assert_eq!(self.u32(), 1, "replaces");
        assert_eq!(self.at, self.bytes.len());
        Item { attributes, secret, label }
    }
}
