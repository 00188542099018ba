//! The service's prompts: shown by its daemon, answered by the person.

use std::io;
use std::time::Duration;

use super::bus::{BUS, Bus, Trouble};
use super::wire::{Incoming, Malformed, Message, Method, Reader, Writer};

const INTERFACE: &str = "org.freedesktop.Secret.Prompt";
/// How long taking down what the prompt needed may take.
const AFTERMATH: Duration = Duration::from_millis(500);

/// How a prompt ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it was for; the path of what it made, if it made one thing.
    Done(Option<String>),
    /// The person dismissed it.
    Dismissed,
}

/// A prompt of the service whose unique bus name is `service`.
#[derive(Debug, Clone, Copy)]
pub struct Prompt<'a> {
    pub service: &'a str,
    pub path: &'a str,
}

impl Prompt<'_> {
    /// Shows it and waits up to `within` for the person. One that nobody answers is taken down.
    pub fn show(self, bus: &mut Bus, within: Duration) -> Result<Outcome, Trouble> {
        bus.extend(within);
        let rules = self.match_rules();
        for rule in &rules {
            // Answered before the prompt's own call, and not worth a wait of its own.
            let _ = bus.call(&Method { member: "AddMatch", signature: "s", ..BUS }, |body| body.string(rule));
        }
        let asked = bus.call(&self.method("Prompt", "s"), no_window);
        let outcome = bus.signal(asked, |message| self.ending(message));
        bus.extend(AFTERMATH);
        if matches!(outcome, Err(Trouble::Silent(_))) {
            let asked = bus.call(&self.method("Dismiss", ""), |_| {});
            let _ = bus.answer(asked);
        }
        for rule in &rules {
            let asked = bus.call(&Method { member: "RemoveMatch", signature: "s", ..BUS }, |body| body.string(rule));
            let _ = bus.answer(asked);
        }
        outcome?
    }

    /// What the bus is asked to pass on: the prompt's end, and that of the process that shows it.
    fn match_rules(self) -> [String; 2] {
        let Prompt { service, path } = self;
        [
            format!("type='signal',sender='{service}',interface='{INTERFACE}',member='Completed',path='{path}'"),
            format!("type='signal',sender='{}',member='NameOwnerChanged',arg0='{service}'", BUS.destination),
        ]
    }

    fn method<'a>(&'a self, member: &'a str, signature: &'a str) -> Method<'a> {
        Method { destination: self.service, path: self.path, interface: INTERFACE, member, signature }
    }

    /// What a signal says about the end of the prompt. Anyone on the bus may send signals: the sender counts.
    fn ending(self, message: &Message<'_>) -> Option<Result<Outcome, Trouble>> {
        let Incoming::Signal { path, interface, member } = message.incoming else { return None };
        let signal = (message.sender, interface, member);
        if signal == (self.service, INTERFACE, "Completed") && path == self.path {
            return Some(completion(message.body.clone()).map_err(Trouble::from));
        }
        let gone = signal == (BUS.destination, BUS.interface, "NameOwnerChanged") && self.is_about_service(message);
        gone.then(|| Err(Trouble::Broken(io::ErrorKind::ConnectionAborted.into())))
    }

    fn is_about_service(self, message: &Message<'_>) -> bool {
        message.body.clone().expect("sss").and_then(|mut body| body.string()) == Ok(self.service)
    }
}

/// We have no window that the prompt could stand on.
fn no_window(body: &mut Writer) {
    body.string("");
}

fn completion(body: Reader<'_>) -> Result<Outcome, Malformed> {
    let mut body = body.expect("bv")?;
    if body.boolean()? {
        return Ok(Outcome::Dismissed);
    }
    // An unlocked list (`ao`) says nothing that the next call won't; a path is what was created.
    let made = if body.signature()? == "o" { Some(body.path()?.to_owned()) } else { None };
    Ok(Outcome::Done(made))
}
