//! `daypass exec`: starts a program that has credentials in its environment, most often in place of this process.

use std::ffi::OsString;
use std::process::Command;

use super::args::RoleArgs;
use super::context::Context;
use super::obtain::obtain_for_person;
use super::output::INTERRUPTED;
use super::start_program::{Program, start};
use crate::domain::handout::{APP_ID_VARIABLE, Variables, changes_for_program, program_variables};
use crate::ports::ChildKind;
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
    let variables = program_variables(&cached, &args.role.region.work_region(&found, context).region);
    let inherited = context.environment.text_if_utf8(APP_ID_VARIABLE);
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Report::usage("no program is named"));
    };
    let command = child(program, arguments, &variables, inherited);
    let program = Program { command, kind: ChildKind::Program, hint: "check the name after `--`" };
    start(context, program, &found.source(), cached)
}

fn child(program: &OsString, arguments: &[OsString], variables: &Variables, app_id: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    for (name, value) in changes_for_program(variables, app_id) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
