//! Runs a program that has to end with an elevation, in place of a command that would otherwise become it.

use std::io;
use std::process::Command;

use crate::adapters::shutdown;
use crate::cli::context::{Context, Over};
use crate::ports::ChildKind;
use crate::runtime;
use crate::tui::{ChildEnd, run_child};

/// Runs `command` until it ends, or `over` does: then it is ended too, and there is no exit code.
///
/// # Errors
/// It cannot be started or waited for.
pub fn run_until(context: &Context, kind: ChildKind, command: Command, over: Over<'_>) -> io::Result<Option<u8>> {
    shutdown::leave_signals();
    let ended = runtime::run(&context.ports.tasks, async { Ok(run_child(kind, command, over).await) });
    Ok(match ended.map_err(io::Error::other)?? {
        ChildEnd::Left(code) => Some(code),
        ChildEnd::Signal(number) => Some(128 + number),
        ChildEnd::Over => None,
    })
}
