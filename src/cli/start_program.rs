//! Starts a program with credentials: this process becomes it, or waits beside it where it has to end with an elevation.

use std::process::Command;

use super::become_program::{become_program, not_started};
use super::context::Context;
use super::ending_soon;
use super::output::stderr;
use crate::domain::credentials::CachedCredentials;
use crate::domain::policy::OnEnd;
use crate::domain::source::Source;
use crate::flows::elevation::until_ended;
use crate::flows::judge::judge;
use crate::ports::ChildKind;
use crate::report::Result;

/// The exit code of what was ended by SIGTERM.
const ENDED: u8 = 128 + 15;

/// A program that is to be started.
pub(super) struct Program {
    pub(super) command: Command,
    pub(super) kind: ChildKind,
    /// What to do where it cannot be started.
    pub(super) hint: &'static str,
}

/// Starts `program`, which has the credentials `cached` of `source` in its environment.
pub(super) fn start(context: &Context, program: Program, source: &Source, cached: CachedCredentials) -> Result<u8> {
    let Program { command, kind, hint } = program;
    let ends_too = || judge(&context.ports, &context.policy, source).terms().on_end == OnEnd::Terminate;
    if cached.elevation().is_none() || !ends_too() {
        return become_program(command, hint);
    }
    let (key, life) = (source.key(), cached.life());
    // What waits beside the program needs no credentials.
    drop(cached);
    let over = until_ended(&context.ports, &key, life, || ending_soon::warn(context));
    let name = command.get_program().to_owned();
    match (context.run_until)(context, kind, command, Box::pin(over)) {
        Ok(Some(code)) => Ok(code),
        Ok(None) => {
            stderr(&format!("daypass: the elevation of {} has ended, and the program with it", source.target()));
            Ok(ENDED)
        }
        Err(error) => Err(not_started(&name, &error, hint)),
    }
}
