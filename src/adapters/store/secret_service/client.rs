//! Finding, reading, writing and deleting one item of the person's keyring: over one connection that is kept, within
//! a deadline, and with a prompt only where a person may be asked.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::address::Address;
use super::bus::{Pending, Trouble};
use super::connection::{Connection, NO_OBJECT};
use super::failure::{Failure, LONGEST_SECRET, is_no_object};
use super::prompt::Outcome;
use super::slot::Slot;
use crate::adapters::store::Interaction;

/// How long the two kinds of waiting may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For the service, in one operation.
    pub service: Duration,
    /// For a person, at a prompt.
    pub person: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts { service: Duration::from_secs(3), person: Duration::from_secs(60) }
    }
}

impl Timeouts {
    /// The longest that an operation may take, where `interaction` says whether it may show a prompt.
    pub fn longest(self, interaction: Interaction) -> Duration {
        match interaction {
            Interaction::Allowed => self.person,
            Interaction::Forbidden => self.service,
        }
    }
}

/// A client of the person's Secret Service, for all threads of this process.
pub struct Client {
    addresses: Vec<Address>,
    interaction: Interaction,
    timeouts: Timeouts,
    dismissed: AtomicBool,
    connection: Slot<Connection>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the service on the bus at one of `addresses`.
    pub fn new(addresses: Vec<Address>, interaction: Interaction, timeouts: Timeouts) -> Self {
        Client { addresses, interaction, timeouts, dismissed: AtomicBool::new(false), connection: Slot::default() }
    }

    /// The item's secret, or `None` where there is no such item.
    pub fn read(&self, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.on_connection(|connection| self.read_over(connection, item))
    }

    /// Puts `secret` into the item in the default collection, in place of every item of that name.
    pub fn write(&self, item: &str, secret: &[u8]) -> Result<(), Failure> {
        if secret.len() > LONGEST_SECRET {
            return Err(Failure::TooLong);
        }
        self.on_connection(|connection| self.write_over(connection, item, secret))
    }

    /// Deletes every item of that name.
    pub fn delete(&self, item: &str) -> Result<(), Failure> {
        self.on_connection(|connection| self.delete_over(connection, item))
    }

    /// Runs `operation` on the connection that is kept, one operation at a time. Where that connection is of a service
    /// that has ended since, it is replaced by a new one.
    fn on_connection<T>(&self, operation: impl Fn(&mut Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let (started, longest) = (Instant::now(), self.timeouts.longest(self.interaction));
        let mut turn = self.connection.take_turn(longest).ok_or(Trouble::Silent(longest))?;
        let left = || self.timeouts.service.min(longest.saturating_sub(started.elapsed()));
        if let Some(mut kept) = turn.take().filter(Connection::is_open) {
            kept.begin(left());
            match operation(&mut kept) {
                Err(failure) if failure.is_about_the_past() => {}
                Err(failure) if failure.ends_connection() => return Err(failure),
                outcome => {
                    turn.keep(kept);
                    return outcome;
                }
            }
        }
        let mut fresh = Connection::open(&self.addresses, left())?;
        let outcome = operation(&mut fresh);
        if !outcome.as_ref().is_err_and(Failure::ends_connection) {
            turn.keep(fresh);
        }
        outcome
    }

    fn read_over(&self, connection: &mut Connection, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        let session = connection.ask_for_session();
        let guess = connection.ask_for_secret_as_before(item);
        let search = connection.ask_for_items(item);
        let mut found = self.readable(connection, item, search)?;
        let session = connection.session(session);
        if found.is_empty() {
            return Ok(None);
        }
        let session = session?;
        if let Some((path, secret)) = guess
            && found == [path]
            && let Ok(secret) = connection.secret(secret)
        {
            return Ok(Some(secret));
        }
        for _ in 0..2 {
            match read_first(connection, item, &found, &session) {
                // Some services replace an item by a new one: another process may have written just now.
                Err(Trouble::Refused(name)) if is_no_object(&name) => {
                    let search = connection.ask_for_items(item);
                    found = self.readable(connection, item, search)?;
                }
                outcome => return Ok(outcome?),
            }
        }
        Ok(None)
    }

    fn write_over(&self, connection: &mut Connection, item: &str, secret: &[u8]) -> Result<(), Failure> {
        let session = connection.ask_for_session();
        let search = connection.ask_for_items(item);
        let default = connection.ask_for_default_collection();
        let collection = match connection.default_collection(default)? {
            Some(collection) => collection,
            None => self.create_collection(connection)?,
        };
        let session = match connection.session(session) {
            Err(Failure::NoPlainSession) if self.refuses_prompts() && connection.is_locked(&collection)? => {
                return Err(Failure::Locked);
            }
            session => session?,
        };
        let create = |connection: &mut Connection| -> Result<String, Failure> {
            let (created, prompt) = connection.create_item(item, secret, &collection, &session)?;
            Ok(self.ask(connection, &prompt)?.unwrap_or(created))
        };
        let created = match create(connection) {
            Err(Failure::Locked) => {
                self.unlock(connection, std::slice::from_ref(&collection))?;
                create(connection)?
            }
            created => created?,
        };
        // Without its path the new item cannot be told from a double: it may be one that was there, with a new secret.
        if created == NO_OBJECT {
            return Ok(());
        }
        // The item is there either way, so a double that stays is no failure.
        let (unlocked, _) = connection.items(search)?;
        for double in unlocked.iter().filter(|path| **path != created) {
            let _ = connection.delete(double);
        }
        Ok(())
    }

    fn delete_over(&self, connection: &mut Connection, item: &str) -> Result<(), Failure> {
        let search = connection.ask_for_items(item);
        let (mut items, locked) = self.found(connection, item, search)?;
        if !locked.is_empty() {
            self.unlock(connection, &locked)?;
            items.extend(locked);
        }
        for path in items {
            match connection.delete(&path) {
                // Another process was faster.
                Err(Trouble::Refused(name)) if is_no_object(&name) => {}
                prompt => drop(self.ask(connection, &prompt?)?),
            }
        }
        Ok(())
    }

    /// The unlocked and the locked items that a search found.
    fn found(
        &self,
        connection: &mut Connection,
        item: &str,
        search: Pending,
    ) -> Result<(Vec<String>, Vec<String>), Failure> {
        let (unlocked, locked) = connection.items(search)?;
        if !unlocked.is_empty() || !locked.is_empty() {
            return Ok((unlocked, locked));
        }
        // Some services (oo7) find nothing in a locked collection.
        let Some(collection) = connection.locked_default()? else { return Ok((unlocked, locked)) };
        self.unlock(connection, &[collection])?;
        let search = connection.ask_for_items(item);
        Ok(connection.items(search)?)
    }

    /// The items that can be read, unlocked if need be.
    fn readable(&self, connection: &mut Connection, item: &str, search: Pending) -> Result<Vec<String>, Failure> {
        let (unlocked, locked) = self.found(connection, item, search)?;
        if !unlocked.is_empty() || locked.is_empty() {
            return Ok(unlocked);
        }
        self.unlock(connection, &locked)?;
        Ok(locked)
    }

    fn refuses_prompts(&self) -> bool {
        self.interaction == Interaction::Forbidden
    }

    fn unlock(&self, connection: &mut Connection, objects: &[String]) -> Result<(), Failure> {
        if self.refuses_prompts() {
            return Err(Failure::Locked);
        }
        let (unlocked, prompt) = connection.unlock(objects)?;
        if prompt == NO_OBJECT && unlocked.is_empty() {
            return Err(Failure::Locked);
        }
        self.ask(connection, &prompt).map(drop)
    }

    /// Makes a default collection, which the service asks the person about.
    fn create_collection(&self, connection: &mut Connection) -> Result<String, Failure> {
        if self.refuses_prompts() {
            return Err(Failure::NoCollection);
        }
        let (collection, prompt) = connection.create_collection()?;
        match self.ask(connection, &prompt)? {
            Some(made) => Ok(made),
            None if collection == NO_OBJECT => Err(Failure::NoCollection),
            None => Ok(collection),
        }
    }

    /// Shows `prompt`, if it is one, and waits for the person; what it made, where it made something. Whoever
    /// dismissed a prompt is not asked again.
    fn ask(&self, connection: &mut Connection, prompt: &str) -> Result<Option<String>, Failure> {
        if prompt == NO_OBJECT {
            return Ok(None);
        }
        if self.refuses_prompts() {
            return Err(Failure::Locked);
        }
        if self.dismissed.load(Ordering::Relaxed) {
            return Err(Failure::PromptDismissed);
        }
        match connection.prompt(prompt, self.timeouts.person, self.timeouts.service)? {
            Outcome::Done(made) => Ok(made),
            Outcome::Dismissed => {
                self.dismissed.store(true, Ordering::Relaxed);
                Err(Failure::PromptDismissed)
            }
        }
    }
}

/// The secret of the first item found.
fn read_first(
    connection: &mut Connection,
    item: &str,
    found: &[String],
    session: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
    let Some(path) = found.first() else { return Ok(None) };
    let asked = connection.ask_for_secret(path, session);
    let secret = connection.secret(asked)?;
    connection.note_path(item, path);
    Ok(Some(secret))
}
