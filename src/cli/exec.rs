//! `daypass exec`: replaces this process by a program that has credentials in its environment.

use std::ffi::OsString;
use std::process::Command;

use super::args::RoleArgs;
use super::become_program::become_program;
use super::context::Context;
use super::obtain::obtain_for_person;
use super::output::INTERRUPTED;
use crate::domain::handout::{Variables, changes, variables};
use crate::report::{Report, Result};

/// Run a program with a target's credentials in its environment
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub(super) role: RoleArgs,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let Some(found) = args.role.target.find_or_pick(context)? else { return Ok(INTERRUPTED) };
    let cached = obtain_for_person(context, &found, &args.role.elevation, None)?;
    let variables = variables(&cached, &args.role.region.work_region(&found, context).region);
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Report::usage("no program is named"));
    };
    become_program(child(program, arguments, &variables), "check the name after `--`")
}

fn child(program: &OsString, arguments: &[OsString], variables: &Variables) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    for (name, value) in changes(variables) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
