//! `daypass exec`: replaces this process by a program that has credentials in its environment.

use std::ffi::OsString;
use std::process::Command;

use super::args::{ReasonArgs, TargetArgs};
use super::context::Context;
use super::output::while_asking;
use crate::domain::handout::{STALE_VARIABLES, Variables, variables};
use crate::flows::obtain::obtain;
use crate::flows::retry::RetryPolicy;
use crate::report::{Report, Result};
use crate::runtime;

/// Run a program with a target's credentials in its environment
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    reason: ReasonArgs,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let found = args.target.find(context)?;
    let request = args.reason.request(&found, RetryPolicy::INTERACTIVE);
    let work = obtain(&context.ports, &context.policy, &request, None);
    let cached = runtime::run(&context.ports.tasks, while_asking(request.source.target(), work))
        .map_err(|error| context.in_session(error.into(), found.session))?;
    let variables = variables(&cached, context.work_region(&found.resolved).as_ref());
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Report::usage("no program is named"));
    };
    become_program(child(program, arguments, &variables))
}

fn child(program: &OsString, arguments: &[OsString], variables: &Variables) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    for name in STALE_VARIABLES {
        command.env_remove(name);
    }
    for (name, value) in variables {
        command.env(name, value.as_str());
    }
    command
}

/// Replaces this process, so that signals, terminal and exit code are the program's own, and limits, signal mask and
/// ignored signals those of our caller. SIGPIPE alone is always at its default: Rust's runtime ignores it before `main`
/// and no longer knows what it was.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<u8> {
    use std::os::unix::process::CommandExt as _;
    crate::hardening::restore_core_limit();
    let error = command.exec();
    Err(not_started(&command, &error))
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<u8> {
    let status = command.status().map_err(|error| not_started(&command, &error))?;
    Ok(exit_code(status.code()))
}

/// The program's exit code where ours can be the same, or that of a failure.
#[cfg(any(not(unix), test))]
fn exit_code(code: Option<i32>) -> u8 {
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

fn not_started(command: &Command, error: &std::io::Error) -> Report {
    Report::failed(format!("cannot start {}", command.get_program().display()))
        .because(Some(error))
        .hint("check the name after `--`")
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
