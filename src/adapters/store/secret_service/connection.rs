//! A connection to the person's Secret Service: the calls of its protocol, made to the process that provides it.
//!
//! Secrets travel in a plain session. The bus is a private socket of the same user, who can ask the service
//! directly: an encrypted session protects against nobody here, and costs three quarters of a read.
//!
//! Source: freedesktop.org, "Secret Service API Draft", version 0.2.

use std::collections::HashMap;
use std::time::Duration;

use zeroize::Zeroizing;

use super::address::Address;
use super::bus::{Answer, BUS, Bus, Pending, Trouble};
use super::failure::Failure;
use super::prompt::{Outcome, Prompt};
use super::wire::{Method, Writer};
use crate::adapters::store::raw::SERVICE;

/// The path that stands for no object.
pub const NO_OBJECT: &str = "/";

const WELL_KNOWN_NAME: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const SERVICE_INTERFACE: &str = "org.freedesktop.Secret.Service";
const COLLECTION_INTERFACE: &str = "org.freedesktop.Secret.Collection";
const ITEM_INTERFACE: &str = "org.freedesktop.Secret.Item";
const PROPERTIES_INTERFACE: &str = "org.freedesktop.DBus.Properties";

/// One connection, to the process that provided the service when it was opened.
///
/// Calls name that process and not the service's well-known name: once another has taken its place they fail,
/// instead of reaching one that does not know our session.
pub struct Connection {
    bus: Bus,
    /// The unique bus name of that process.
    service: String,
    /// The path of our session, once it is open.
    session: Option<String>,
    /// The path of the default collection, once it is known.
    default_collection: Option<String>,
    /// The paths that items had when they were last read.
    items: HashMap<String, String>,
    /// The paths of all collections, as they were when the connection was opened.
    collections: Vec<String>,
    /// Whether the default collection was seen unlocked.
    has_unlocked_default: bool,
}

/// A connection whose first call is on its way.
pub struct Opening {
    bus: Bus,
    asked: Pending,
}

impl Opening {
    /// Connects to the bus at one of `addresses`, and makes the first call to the service.
    ///
    /// The first call is harmless, and its answer is waited for before any other call. gnome-keyring notes a new client
    /// in an idle callback that can come after the client's first call: if that call is OpenSession, the daemon aborts,
    /// and with it goes the keyring of every program.
    pub fn begin(addresses: &[Address], within: Duration) -> Result<Self, Trouble> {
        let mut bus = Bus::connect(addresses, within)?;
        let asked = bus.call(&get_property(WELL_KNOWN_NAME, SERVICE_PATH), |body| {
            body.string(SERVICE_INTERFACE);
            body.string("Collections");
        });
        bus.send_ahead()?;
        Ok(Opening { bus, asked })
    }

    /// Waits for the answer, but no longer than `within` from now.
    pub fn finish(self, within: Duration) -> Result<Connection, Trouble> {
        let Opening { mut bus, asked } = self;
        bus.extend(within);
        let (service, collections) = match bus.answer(asked) {
            Ok(answer) => (answer.sender()?.to_owned(), owned(answer.body("v")?.paths_variant()?)),
            // An answer all the same, but it does not say from whom.
            Err(Trouble::Refused(name)) => (name_owner(&mut bus).map_err(|_| Trouble::Refused(name))?, Vec::new()),
            Err(trouble) => return Err(trouble),
        };
        bus.trust_only(service.clone());
        Ok(Connection {
            bus,
            service,
            session: None,
            default_collection: None,
            items: HashMap::new(),
            collections,
            has_unlocked_default: false,
        })
    }
}

impl Connection {
    /// Whether the bus still holds the connection.
    pub fn is_open(&self) -> bool {
        self.bus.is_open()
    }

    /// Begins an operation, which may take until `within` from now.
    pub fn begin(&mut self, within: Duration) {
        self.bus.begin(within);
    }

    /// The answer to a call.
    pub fn answer(&mut self, call: Pending) -> Result<Answer, Trouble> {
        self.bus.answer(call)
    }

    /// Asks for a session where there is none yet.
    pub fn ask_for_session(&mut self) -> Option<Pending> {
        self.session.is_none().then(|| {
            self.call((SERVICE_PATH, SERVICE_INTERFACE, "OpenSession", "sv"), |body| {
                body.string("plain");
                body.signature("s");
                body.string("");
            })
        })
    }

    /// Our session, from the answer where it was asked for.
    pub fn session(&mut self, asked: Option<Pending>) -> Result<String, Failure> {
        if let Some(asked) = asked {
            self.session = Some(session_path(self.answer(asked))?);
        }
        self.session.clone().ok_or(Failure::NoPlainSession)
    }

    /// Asks for the items called `item`.
    pub fn ask_for_items(&mut self, item: &str) -> Pending {
        self.call((SERVICE_PATH, SERVICE_INTERFACE, "SearchItems", "a{ss}"), |body| {
            body.strings(&attributes(item));
        })
    }

    /// The unlocked and the locked items that a search found.
    pub fn items(&mut self, asked: Pending) -> Result<(Vec<String>, Vec<String>), Trouble> {
        let answer = self.answer(asked)?;
        let mut body = answer.body("aoao")?;
        Ok((owned(body.paths()?), owned(body.paths()?)))
    }

    /// Asks for the secret of `item` where it was when it was last read, which is probably where it still is. That
    /// saves a round trip, where the search that goes out with it finds the same path.
    pub fn ask_for_secret_as_before(&mut self, item: &str) -> Option<(String, Pending)> {
        let (path, session) = (self.items.get(item)?.clone(), self.session.clone()?);
        let asked = self.ask_for_secret(&path, &session);
        Some((path, asked))
    }

    /// Remembers where `item` is.
    pub fn note_path(&mut self, item: &str, path: &str) {
        self.items.insert(item.to_owned(), path.to_owned());
    }

    /// Asks for the secret of the item at `path`.
    pub fn ask_for_secret(&mut self, path: &str, session: &str) -> Pending {
        self.call((path, ITEM_INTERFACE, "GetSecret", "o"), |body| body.string(session))
    }

    /// The secret that was asked for.
    pub fn secret(&mut self, asked: Pending) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let answer = self.answer(asked)?;
        let mut body = answer.body("(oayays)")?;
        body.align(8)?;
        body.path()?;
        body.blob()?;
        Ok(Zeroizing::new(body.blob()?.to_vec()))
    }

    /// Asks for the default collection where it is not known yet.
    pub fn ask_for_default_collection(&mut self) -> Option<Pending> {
        self.default_collection
            .is_none()
            .then(|| self.call((SERVICE_PATH, SERVICE_INTERFACE, "ReadAlias", "s"), |body| body.string("default")))
    }

    /// The default collection, from the answer where it was asked for; `None` where there is none.
    pub fn default_collection(&mut self, asked: Option<Pending>) -> Result<Option<String>, Trouble> {
        if let Some(asked) = asked {
            let path = self.answer(asked)?.body("o")?.path()?.to_owned();
            self.default_collection = (path != NO_OBJECT).then_some(path);
        }
        Ok(self.default_collection.clone())
    }

    /// Whether `collection` is locked.
    pub fn is_locked(&mut self, collection: &str) -> Result<bool, Trouble> {
        let asked = self.ask_whether_locked(collection);
        self.lockedness(asked)
    }

    fn ask_whether_locked(&mut self, collection: &str) -> Pending {
        self.bus.call(&get_property(&self.service, collection), |body| {
            body.string(COLLECTION_INTERFACE);
            body.string("Locked");
        })
    }

    fn lockedness(&mut self, asked: Pending) -> Result<bool, Trouble> {
        Ok(self.answer(asked)?.body("v")?.boolean_variant()?)
    }

    /// The default collection, where it is locked and was never seen unlocked over this connection.
    pub fn locked_default(&mut self) -> Result<Option<String>, Trouble> {
        if self.has_unlocked_default {
            return Ok(None);
        }
        // All collections are asked about, so as not to wait for which is the default one first.
        let default = self.ask_for_default_collection();
        let asked: Vec<_> = self.collections.clone().iter().map(|path| self.ask_whether_locked(path)).collect();
        let Some(default) = self.default_collection(default)? else { return Ok(None) };
        let is_locked = match self.collections.iter().position(|path| *path == default) {
            Some(at) => self.lockedness(asked[at])?,
            None => self.is_locked(&default)?,
        };
        self.has_unlocked_default = !is_locked;
        Ok(is_locked.then_some(default))
    }

    /// Creates the item, or replaces its secret; its path, and a prompt where the service needs to ask.
    pub fn create_item(
        &mut self,
        item: &str,
        secret: &[u8],
        collection: &str,
        session: &str,
    ) -> Result<(String, String), Trouble> {
        let asked = self.call((collection, COLLECTION_INTERFACE, "CreateItem", "a{sv}(oayays)b"), |body| {
            write_item(body, item, secret, session);
        });
        self.object_or_prompt(asked)
    }

    /// Creates a default collection; its path, and a prompt where the service needs to ask.
    pub fn create_collection(&mut self) -> Result<(String, String), Trouble> {
        let asked = self.call((SERVICE_PATH, SERVICE_INTERFACE, "CreateCollection", "a{sv}s"), |body| {
            body.array(8, |properties| {
                properties.align(8);
                properties.string("org.freedesktop.Secret.Collection.Label");
                properties.signature("s");
                properties.string("Default keyring");
            });
            body.string("default");
        });
        self.object_or_prompt(asked)
    }

    fn object_or_prompt(&mut self, asked: Pending) -> Result<(String, String), Trouble> {
        let answer = self.answer(asked)?;
        let mut body = answer.body("oo")?;
        Ok((body.path()?.to_owned(), body.path()?.to_owned()))
    }

    /// Deletes the item at `path`; a prompt where the service needs to ask.
    pub fn delete(&mut self, path: &str) -> Result<String, Trouble> {
        let asked = self.call((path, ITEM_INTERFACE, "Delete", ""), |_| {});
        Ok(self.answer(asked)?.body("o")?.path()?.to_owned())
    }

    /// Unlocks `objects` as far as that works without a prompt; which, and the prompt for the others.
    pub fn unlock(&mut self, objects: &[String]) -> Result<(Vec<String>, String), Trouble> {
        let asked = self.call((SERVICE_PATH, SERVICE_INTERFACE, "Unlock", "ao"), |body| {
            body.array(4, |paths| objects.iter().for_each(|path| paths.string(path)));
        });
        let answer = self.answer(asked)?;
        let mut body = answer.body("aoo")?;
        Ok((owned(body.paths()?), body.path()?.to_owned()))
    }

    /// Shows the prompt at `path` and waits for the person until `person` from now; what follows may take until
    /// `service` from then.
    pub fn prompt(&mut self, path: &str, person: Duration, service: Duration) -> Result<Outcome, Trouble> {
        let outcome = Prompt { service: &self.service, path }.show(&mut self.bus, person);
        self.bus.extend(service);
        outcome
    }

    /// Queues a call of a method, given as path, interface, name and signature.
    fn call(&mut self, method: (&str, &str, &str, &str), arguments: impl FnOnce(&mut Writer)) -> Pending {
        let (path, interface, member, signature) = method;
        self.bus.call(&Method { destination: &self.service, path, interface, member, signature }, arguments)
    }
}

fn owned(paths: Vec<&str>) -> Vec<String> {
    paths.into_iter().map(str::to_owned).collect()
}

/// What an item is known by: the attributes that the `keyring` crate gives it too, so that either finds what the
/// other wrote.
fn attributes(item: &str) -> [(&str, &str); 2] {
    [("service", SERVICE), ("username", item)]
}

fn write_item(body: &mut Writer, item: &str, secret: &[u8], session: &str) {
    body.array(8, |properties| {
        properties.align(8);
        properties.string("org.freedesktop.Secret.Item.Label");
        properties.signature("s");
        properties.string(&format!("{SERVICE}: {item}"));
        properties.align(8);
        properties.string("org.freedesktop.Secret.Item.Attributes");
        properties.signature("a{ss}");
        properties.strings(&attributes(item));
    });
    body.align(8);
    body.string(session);
    body.blob(&[]);
    body.blob(secret);
    body.string("application/octet-stream");
    body.boolean(true);
}

fn get_property<'a>(destination: &'a str, path: &'a str) -> Method<'a> {
    Method { destination, path, interface: PROPERTIES_INTERFACE, member: "Get", signature: "ss" }
}

/// The unique bus name of the process that provides the service.
fn name_owner(bus: &mut Bus) -> Result<String, Trouble> {
    let asked = bus.call(&Method { member: "GetNameOwner", signature: "s", ..BUS }, |body| {
        body.string(WELL_KNOWN_NAME);
    });
    Ok(bus.answer(asked)?.body("s")?.string()?.to_owned())
}

fn session_path(answer: Result<Answer, Trouble>) -> Result<String, Failure> {
    match answer {
        Ok(answer) => {
            let mut body = answer.body("vo")?;
            body.skip_variant()?;
            Ok(body.path()?.to_owned())
        }
        Err(Trouble::Refused(name))
            if name == "org.freedesktop.DBus.Error.NotSupported"
                || name == "org.freedesktop.DBus.Error.InvalidArgs" =>
        {
            Err(Failure::NoPlainSession)
        }
        Err(trouble) => Err(trouble.into()),
    }
}
