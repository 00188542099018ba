//! The service's prompts: shown by its daemon, answered by the person.

use std::io;
use std::time::Duration;

use super::bus::{BUS, Bus, Trouble};
use super::wire::{Incoming, Method, Reader, Writer};

const PROMPT: Method<'static> = Method {
    destination: "org.freedesktop.secrets",
    path: "",
    interface: "org.freedesktop.Secret.Prompt",
    member: "",
    signature: "",
};
/// How long the dismissal of a prompt that nobody answered may take.
const DISMISSAL: Duration = Duration::from_millis(500);

/// How a prompt ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it was for; the path of what it made, if it made one thing.
    Done(Option<String>),
    /// The person dismissed it.
    Dismissed,
}

/// Shows `prompt` and waits up to `within` for the person. One that nobody answers is taken down.
pub fn show(bus: &mut Bus, prompt: &str, within: Duration) -> Result<Outcome, Trouble> {
    bus.extend(within);
    let completed = format!("type='signal',interface='{}',member='Completed',path='{prompt}'", PROMPT.interface);
    let gone = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.secrets'";
    for rule in [&completed, gone] {
        // Answered before the prompt's own call, and not worth a wait of its own.
        let _ = bus.call(&Method { member: "AddMatch", signature: "s", ..BUS }, |body| body.string(rule));
    }
    let asked = bus.call(&Method { path: prompt, member: "Prompt", signature: "s", ..PROMPT }, no_window);
    let outcome = bus.signal(asked, |signal, body| ending(prompt, signal, body));
    match outcome {
        Err(Trouble::Silent) => {
            bus.extend(DISMISSAL);
            let asked = bus.call(&Method { path: prompt, member: "Dismiss", ..PROMPT }, |_| {});
            let _ = bus.answer(asked);
            Err(Trouble::Silent)
        }
        outcome => outcome?,
    }
}

/// We have no window that the prompt could stand on.
fn no_window(body: &mut Writer) {
    body.string("");
}

/// What a signal says about the end of the prompt.
fn ending(prompt: &str, signal: Incoming<'_>, body: Reader<'_>) -> Option<Result<Outcome, Trouble>> {
    match signal {
        Incoming::Signal { path, interface, member: "Completed" }
            if path == prompt && interface == PROMPT.interface =>
        {
            Some(completion(body).map_err(Trouble::from))
        }
        Incoming::Signal { interface, member: "NameOwnerChanged", .. } if interface == BUS.interface => {
            Some(Err(Trouble::Broken(io::ErrorKind::ConnectionAborted.into())))
        }
        _ => None,
    }
}

fn completion(body: Reader<'_>) -> Result<Outcome, super::wire::Malformed> {
    let mut body = body.expect("bv")?;
    if body.boolean()? {
        return Ok(Outcome::Dismissed);
    }
    // An unlocked list (`ao`) says nothing that the next call won't; a path is what was created.
    let made = if body.signature()? == "o" { Some(body.path()?.to_owned()) } else { None };
    Ok(Outcome::Done(made))
}
