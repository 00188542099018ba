//! Becoming another program, so that signals, terminal and exit code are that program's own.

use std::ffi::OsStr;
use std::io;
use std::process::Command;

use crate::report::{Report, Result};

/// Replaces this process by `command`; limits, signal mask and ignored signals are those of our caller. SIGPIPE alone is
/// always at its default: Rust's runtime ignores it before `main` and no longer knows what it was. `hint` is what to do
/// where it cannot be started.
#[cfg(unix)]
pub(super) fn become_program(mut command: Command, hint: &str) -> Result<u8> {
    use std::os::unix::process::CommandExt as _;
    crate::hardening::restore_core_limit();
    let error = command.exec();
    Err(not_started(command.get_program(), &error, hint))
}

/// Where a process cannot be replaced, this one waits for the other and ends as it did.
#[cfg(not(unix))]
pub(super) fn become_program(mut command: Command, hint: &str) -> Result<u8> {
    let status = command.status().map_err(|error| not_started(command.get_program(), &error, hint))?;
    Ok(exit_code(status.code()))
}

/// The program's exit code where ours can be the same, or that of a failure.
#[cfg(any(not(unix), test))]
fn exit_code(code: Option<i32>) -> u8 {
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// That `program` cannot be started.
pub(super) fn not_started(program: &OsStr, error: &io::Error, hint: &str) -> Report {
    Report::failed(format!("cannot start {}", program.display())).because(Some(error)).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_never_becomes_a_success_where_exit_codes_have_more_bits() {
        let table = [(0, 0), (3, 3), (255, 255), (256, 1), (512, 1), (-1, 1), (i32::MIN, 1)];
        for (given, expected) in table {
            assert_eq!(exit_code(Some(given)), expected, "{given}");
        }
        assert_eq!(exit_code(None), 1);
    }
}
