//! `daypass runbook`: what to do when Identity Center or its identity provider is out. It needs neither of them, no network
//! and no keyring, and writes nothing; what it cannot read it says and leaves out.

mod document;
mod known;

pub use self::known::{Known, KnownReplica};
use super::output;
use crate::domain::ids::SessionName;
use crate::error::Kind;
use crate::report::{Report, Result};

/// Print what to do when Identity Center or its identity provider is out; needs neither network nor keyring
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the runbook, of one session alone where `--session` names it; returns the exit code.
///
/// # Errors
/// There is no session of that name, or stdout cannot be written.
pub fn run(mut known: Known, named: Option<&SessionName>) -> Result<u8> {
    if let Some(name) = named {
        known.sessions.retain(|(session, _)| session.name == *name);
        if known.sessions.is_empty() {
            return Err(Report::usage(format!("there is no SSO session `{name}`")).hint("daypass runbook"));
        }
    }
    output::stdout(&document::document(&known))?;
    Ok(if known.problems.is_empty() { 0 } else { Kind::Partial.exit_code() })
}
