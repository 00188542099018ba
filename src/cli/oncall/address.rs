//! The address of a rota's calendar, from a person or a pipe into the keyring. It is never an argument, which other users
//! can read.

use std::io::{self, IsTerminal as _, Read as _};

use zeroize::Zeroizing;

use super::super::context::Context;
use super::super::output::stderr;
use super::super::terminal_line::read_secret_line;
use crate::domain::on_call::{Rota, RotaSource, SecretUrl};
use crate::error::Error;
use crate::flows::on_call::{forget_address, set_address};
use crate::report::{Report, Result, word};

/// Keeps the address that is typed or piped in.
pub(super) fn set(name: &str, context: &Context) -> Result<u8> {
    let rota = find(name, context)?;
    if !matches!(rota.source, RotaSource::KeyringUrl { .. }) {
        return Err(Report::usage(format!("the address of `{name}` is in the policy, not in the keyring"))
            .hint("write ical = \"keyring\" there first"));
    }
    let typed = read_address(name, context)?;
    let url = SecretUrl::parse(&typed).map_err(|why| {
        let command = format!("daypass oncall set {}   takes the https URL of a calendar", word(&name));
        Report::usage(format!("this address cannot be used: {why}")).hint(command)
    })?;
    let host = url.host();
    let ports = &context.ports;
    set_address(ports, rota, url)?;
    stderr(&format!("the address of `{name}`, a calendar at {host}, is kept with {}", ports.store.name()));
    Ok(0)
}

/// Deletes the address, and what was read there.
pub(super) fn forget(name: &str, context: &Context) -> Result<u8> {
    forget_address(&context.ports, name)?;
    stderr(&format!("the keyring has no address for `{name}` any more"));
    Ok(0)
}

fn find<'a>(name: &str, context: &'a Context) -> Result<&'a Rota> {
    context.policy.rota(name).ok_or_else(|| {
        let names: Vec<&str> = context.policy.rotas().iter().map(|rota| rota.name.as_str()).collect();
        let known =
            if names.is_empty() { "the policy has none".to_owned() } else { format!("known: {}", names.join(", ")) };
        Report::usage(format!("there is no rota `{name}`")).hint(known)
    })
}

/// The address, from a terminal without showing it, or from standard input to its end.
fn read_address(rota: &str, context: &Context) -> Result<Zeroizing<String>> {
    let unreadable = |source| Error::System { action: "read the address", source };
    if io::stdin().is_terminal() {
        let prompt = format!("address of the calendar of {rota} (not shown): ");
        let typed = read_secret_line(&prompt, context.before_a_signal_ends).map_err(unreadable)?;
        return typed
            .ok_or_else(|| Report::usage("no address was given").hint("type or paste the https URL of the calendar"));
    }
    // Large enough from the start: growing would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * SecretUrl::LIMIT));
    io::stdin().take(SecretUrl::LIMIT as u64 + 64).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}
