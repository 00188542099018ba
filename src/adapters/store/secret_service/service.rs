//! The Secret Service: finding, reading, writing and deleting one item of the person's keyring.
//!
//! Every operation has a connection of its own. That costs one more round trip than an open session would, and
//! in return there is no state that a restarted daemon could leave stale.
//!
//! Secrets travel in a plain session. The bus is a private socket of the same user, who can ask the service
//! directly: an encrypted session protects against nobody here, and costs three quarters of a read.
//!
//! Source: freedesktop.org, "Secret Service API Draft", version 0.2.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zeroize::Zeroizing;

use super::address::Address;
use super::bus::{Answer, Bus, Pending, Trouble};
use super::prompt;
use super::wire::{Method, Writer};
use crate::adapters::store::Interaction;
use crate::adapters::store::raw::StoreError;

/// The longest secret that is sent.
const LONGEST_SECRET: usize = 16 << 20;
/// The path that stands for no object.
const NONE: &str = "/";

const SERVICE: Method<'static> = Method {
    destination: "org.freedesktop.secrets",
    path: "/org/freedesktop/secrets",
    interface: "org.freedesktop.Secret.Service",
    member: "",
    signature: "",
};
const COLLECTION: Method<'static> = Method { interface: "org.freedesktop.Secret.Collection", ..SERVICE };
const ITEM: Method<'static> = Method { interface: "org.freedesktop.Secret.Item", ..SERVICE };

/// How long the two kinds of waiting may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the service, in one operation.
    pub service: Duration,
    /// For a person, at a prompt.
    pub person: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { service: Duration::from_secs(3), person: Duration::from_secs(60) }
    }
}

/// Why the service did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The exchange went wrong, or the service refused.
    Trouble(Trouble),
    /// The service has encrypted sessions only.
    NoPlainSession,
    /// What is needed is locked, and nobody may be asked.
    Locked,
    /// The person dismissed a prompt, now or before.
    Declined,
    /// There is no default collection, and nobody may be asked to make one.
    NoCollection,
    /// The secret is longer than what is sent.
    TooLong,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(name) if name == "org.freedesktop.Secret.Error.IsLocked" => Failure::Locked,
            other => Failure::Trouble(other),
        }
    }
}

impl From<super::wire::Malformed> for Failure {
    fn from(malformed: super::wire::Malformed) -> Self {
        Failure::Trouble(malformed.into())
    }
}

/// What an item is known by: the attributes that the `keyring` crate gives it too.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The program it belongs to.
    pub service: String,
    /// The item's own name.
    pub user: String,
}

impl Identity {
    fn attributes(&self) -> [(&str, &str); 2] {
        [("service", &self.service), ("username", &self.user)]
    }
}

/// A client of the person's Secret Service.
#[derive(Debug)]
pub struct Client {
    addresses: Vec<Address>,
    interaction: Interaction,
    patience: Patience,
    declined: AtomicBool,
}

impl Client {
    /// A client of the service on the bus at one of `addresses`.
    pub fn new(addresses: Vec<Address>, interaction: Interaction, patience: Patience) -> Self {
        Client { addresses, interaction, patience, declined: AtomicBool::new(false) }
    }

    /// The item's secret, or `None` where there is no such item.
    pub fn read(&self, identity: &Identity) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        let mut bus = self.connect()?;
        let session = open_session(&mut bus);
        let mut found = self.find(&mut bus, identity)?;
        if found.is_empty() {
            return Ok(None);
        }
        let session = session_path(bus.answer(session))?;
        for _ in 0..2 {
            let Some(item) = found.first() else { return Ok(None) };
            let asked = bus.call(&Method { path: item, member: "GetSecret", signature: "o", ..ITEM }, |body| {
                body.string(&session);
            });
            match bus.answer(asked) {
                Ok(answer) => return Ok(Some(secret_in(&answer)?)),
                // Some services replace an item by a new one: another process may have written just now.
                Err(Trouble::Refused(name)) if name == "org.freedesktop.Secret.Error.NoSuchObject" => {
                    found = self.find(&mut bus, identity)?;
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Ok(None)
    }

    /// Puts `secret` into the item in the default collection, in place of every item with the same attributes.
    pub fn write(&self, identity: &Identity, secret: &[u8]) -> Result<(), Failure> {
        if secret.len() > LONGEST_SECRET {
            return Err(Failure::TooLong);
        }
        let mut bus = self.connect()?;
        let session = open_session(&mut bus);
        let search = search(&mut bus, identity);
        let default = bus.call(&Method { member: "ReadAlias", signature: "s", ..SERVICE }, |body| {
            body.string("default");
        });
        let collection = bus.answer(default)?.body("o")?.path()?.to_owned();
        let collection = if collection == NONE { self.create_collection(&mut bus)? } else { collection };
        let session = match session_path(bus.answer(session)) {
            Err(Failure::NoPlainSession) if self.refuses_prompts() && is_locked(&mut bus, &collection)? => {
                return Err(Failure::Locked);
            }
            session => session?,
        };
        let item = NewItem { collection: &collection, session: &session, identity, secret };
        let created = match self.create_item(&mut bus, &item) {
            Err(Failure::Locked) => {
                self.unlock(&mut bus, &[&collection])?;
                self.create_item(&mut bus, &item)?
            }
            created => created?,
        };
        let (unlocked, _) = found_in(&bus.answer(search)?)?;
        delete_all(&mut bus, unlocked.iter().filter(|path| **path != created));
        Ok(())
    }

    /// Deletes every item with these attributes.
    pub fn delete(&self, identity: &Identity) -> Result<(), Failure> {
        let mut bus = self.connect()?;
        let search = search(&mut bus, identity);
        let (mut items, locked) = found_in(&bus.answer(search)?)?;
        if !locked.is_empty() {
            self.unlock(&mut bus, &locked)?;
            items.extend(locked);
        }
        for item in items {
            let asked = bus.call(&Method { path: &item, member: "Delete", ..ITEM }, |_| {});
            let prompt = bus.answer(asked)?.body("o")?.path()?.to_owned();
            self.ask(&mut bus, &prompt)?;
        }
        Ok(())
    }

    fn connect(&self) -> Result<Bus, Trouble> {
        Bus::connect(&self.addresses, self.patience.service)
    }

    /// The items with these attributes, unlocked.
    fn find(&self, bus: &mut Bus, identity: &Identity) -> Result<Vec<String>, Failure> {
        let search = search(bus, identity);
        let (unlocked, locked) = found_in(&bus.answer(search)?)?;
        if !unlocked.is_empty() || locked.is_empty() {
            return Ok(unlocked);
        }
        self.unlock(bus, &locked)?;
        Ok(locked)
    }

    fn refuses_prompts(&self) -> bool {
        self.interaction == Interaction::Forbidden
    }

    fn unlock(&self, bus: &mut Bus, objects: &[impl AsRef<str>]) -> Result<(), Failure> {
        if self.refuses_prompts() {
            return Err(Failure::Locked);
        }
        let asked = bus.call(&Method { member: "Unlock", signature: "ao", ..SERVICE }, |body| {
            body.array(4, |paths| objects.iter().for_each(|path| paths.string(path.as_ref())));
        });
        let answer = bus.answer(asked)?;
        let mut body = answer.body("aoo")?;
        let (unlocked, prompt) = (body.paths()?, body.path()?);
        if prompt == NONE && unlocked.is_empty() {
            return Err(Failure::Locked);
        }
        self.ask(bus, prompt).map(drop)
    }

    /// Makes a default collection, which the service asks the person about.
    fn create_collection(&self, bus: &mut Bus) -> Result<String, Failure> {
        if self.refuses_prompts() {
            return Err(Failure::NoCollection);
        }
        let asked = bus.call(&Method { member: "CreateCollection", signature: "a{sv}s", ..SERVICE }, |body| {
            body.array(8, |properties| {
                properties.align(8);
                properties.string("org.freedesktop.Secret.Collection.Label");
                properties.signature("s");
                properties.string("Default keyring");
            });
            body.string("default");
        });
        let answer = bus.answer(asked)?;
        let mut body = answer.body("oo")?;
        let (collection, prompt) = (body.path()?, body.path()?);
        match self.ask(bus, prompt)? {
            Some(made) => Ok(made),
            None if collection == NONE => Err(Failure::NoCollection),
            None => Ok(collection.to_owned()),
        }
    }

    /// Creates the item and returns its path.
    fn create_item(&self, bus: &mut Bus, item: &NewItem<'_>) -> Result<String, Failure> {
        bus.reserve(item.secret.len());
        let method = Method { path: item.collection, member: "CreateItem", signature: "a{sv}(oayays)b", ..COLLECTION };
        let asked = bus.call(&method, |body| item.write(body));
        let answer = bus.answer(asked)?;
        let mut body = answer.body("oo")?;
        let (created, prompt) = (body.path()?, body.path()?);
        Ok(self.ask(bus, prompt)?.unwrap_or_else(|| created.to_owned()))
    }

    /// Shows `prompt`, if it is one, and waits for the person; what it made, where it made something. Whoever
    /// dismissed a prompt is not asked again.
    fn ask(&self, bus: &mut Bus, prompt: &str) -> Result<Option<String>, Failure> {
        if prompt == NONE {
            return Ok(None);
        }
        if self.refuses_prompts() {
            return Err(Failure::Locked);
        }
        if self.declined.load(Ordering::Relaxed) {
            return Err(Failure::Declined);
        }
        let outcome = prompt::show(bus, prompt, self.patience.person)?;
        bus.extend(self.patience.service);
        match outcome {
            prompt::Outcome::Done(made) => Ok(made),
            prompt::Outcome::Dismissed => {
                self.declined.store(true, Ordering::Relaxed);
                Err(Failure::Declined)
            }
        }
    }

    /// What a failure means to the store's callers.
    pub fn explained(&self, failure: Failure) -> StoreError {
        match failure {
            Failure::Locked => StoreError::Locked,
            Failure::Declined => StoreError::Declined,
            Failure::TooLong => StoreError::TooLong { limit: LONGEST_SECRET },
            Failure::NoCollection => StoreError::Failed("it has no default keyring to save into".to_owned()),
            Failure::NoPlainSession => StoreError::Failed("it has encrypted sessions only".to_owned()),
            Failure::Trouble(Trouble::Silent) => StoreError::Silent(self.patience.service),
            Failure::Trouble(Trouble::NoBus(why)) => StoreError::Absent(format!("no session bus: {why}")),
            Failure::Trouble(Trouble::Refused(name)) => refused(&name),
            Failure::Trouble(trouble) => StoreError::Failed(trouble.to_string()),
        }
    }
}

/// An item about to be created.
struct NewItem<'a> {
    collection: &'a str,
    session: &'a str,
    identity: &'a Identity,
    secret: &'a [u8],
}

impl NewItem<'_> {
    fn write(&self, body: &mut Writer) {
        body.array(8, |properties| {
            properties.align(8);
            properties.string("org.freedesktop.Secret.Item.Label");
            properties.signature("s");
            properties.string(&format!("{}: {}", self.identity.service, self.identity.user));
            properties.align(8);
            properties.string("org.freedesktop.Secret.Item.Attributes");
            properties.signature("a{ss}");
            properties.strings(&self.identity.attributes());
        });
        body.align(8);
        body.string(self.session);
        body.blob(&[]);
        body.blob(self.secret);
        body.string("application/octet-stream");
        body.boolean(true);
    }
}

fn open_session(bus: &mut Bus) -> Pending {
    bus.call(&Method { member: "OpenSession", signature: "sv", ..SERVICE }, |body| {
        body.string("plain");
        body.signature("s");
        body.string("");
    })
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

fn search(bus: &mut Bus, identity: &Identity) -> Pending {
    bus.call(&Method { member: "SearchItems", signature: "a{ss}", ..SERVICE }, |body| {
        body.strings(&identity.attributes());
    })
}

/// The unlocked and the locked items that a search found.
fn found_in(answer: &Answer) -> Result<(Vec<String>, Vec<String>), Trouble> {
    let mut body = answer.body("aoao")?;
    let owned = |paths: Vec<&str>| paths.into_iter().map(str::to_owned).collect();
    Ok((owned(body.paths()?), owned(body.paths()?)))
}

fn secret_in(answer: &Answer) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let mut body = answer.body("(oayays)")?;
    body.align(8)?;
    body.path()?;
    body.blob()?;
    Ok(Zeroizing::new(body.blob()?.to_vec()))
}

fn is_locked(bus: &mut Bus, collection: &str) -> Result<bool, Trouble> {
    let properties = Method { path: collection, interface: "org.freedesktop.DBus.Properties", ..SERVICE };
    let asked = bus.call(&Method { member: "Get", signature: "ss", ..properties }, |body| {
        body.string(COLLECTION.interface);
        body.string("Locked");
    });
    Ok(bus.answer(asked)?.body("v")?.boolean_variant()?)
}

/// Deletes doubles of an item just written. It is there either way, so a double that stays is no failure.
fn delete_all<'a>(bus: &mut Bus, items: impl Iterator<Item = &'a String>) {
    for item in items {
        let asked = bus.call(&Method { path: item, member: "Delete", ..ITEM }, |_| {});
        let _ = bus.answer(asked);
    }
}

fn refused(name: &str) -> StoreError {
    match name {
        "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
            StoreError::Absent("nothing provides the Secret Service".to_owned())
        }
        "org.freedesktop.DBus.Error.NoReply" => StoreError::Failed("its daemon died or gave no reply".to_owned()),
        other => StoreError::Failed(format!("it refused with {other}")),
    }
}
