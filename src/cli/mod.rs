//! The command line: one file for each command, with its arguments and a function that runs it. The demo's has arguments
//! alone: it needs every part of the program, so `crate::demo` runs it. The runbook is given what `crate::assemble` could read.

pub mod again;
pub mod args;
mod ask;
mod become_program;
pub mod complete;
mod completions;
pub mod context;
pub mod credentials;
pub mod demo;
mod elevate;
pub mod elevation_args;
mod elevations;
mod end;
mod ending_soon;
mod exec;
mod extend;
mod gate;
mod global;
mod login;
mod logout;
mod man;
mod obtain;
mod oncall;
mod open_elevation;
pub mod output;
mod policy;
mod roles;
pub mod runbook;
mod shell;
mod simulator;
mod start_program;
mod status;
mod terminal_line;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};

use self::context::Context;
pub use self::global::GlobalArgs;
pub use self::policy::PolicyCommand;
use crate::flows::elevation::settle_overdue;
use crate::report::Result;
use crate::settings::Flags;

/// Time-limited AWS access through IAM Identity Center.
///
/// Without a command, the terminal UI opens.
#[derive(Debug, Parser)]
#[command(name = "daypass", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done · 1 failed · 2 usage · 3 login needed · 4 denied · 5 elevation needed · \
                        6 AWS unavailable or throttled · 7 keyring unavailable · 8 partial result · 130 interrupted")]
pub struct Cli {
    /// The flags that every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command; without one, the terminal UI opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A command.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a command's help stands at its arguments")]
pub enum Command {
    /// Commands that work with the configured sessions.
    #[command(flatten)]
    Session(SessionCommand),
    /// Commands that need neither settings nor keyring.
    #[command(flatten)]
    Standalone(StandaloneCommand),
    #[command(subcommand)]
    Policy(PolicyCommand),
    Runbook(runbook::Args),
    Demo(demo::Args),
}

/// Commands that work with the configured sessions.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a command's help stands at its arguments")]
pub enum SessionCommand {
    Login(login::Args),
    Logout(logout::Args),
    Status(status::Args),
    Roles(roles::Args),
    Credentials(credentials::Args),
    Exec(exec::Args),
    Shell(shell::Args),
    Elevate(elevate::Args),
    Elevations(elevations::Args),
    Extend(extend::Args),
    End(end::Args),
    #[command(name = "oncall")]
    OnCall(oncall::Args),
}

/// Commands that need neither settings nor keyring.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a command's help stands at its arguments")]
pub enum StandaloneCommand {
    Simulator(simulator::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Cli {
    /// Reads a command line. A target may be left out where a person can choose one.
    ///
    /// # Errors
    /// It is wrong, or asks for help or version: clap's answer.
    pub fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let cli = Cli::try_parse_from(arguments)?;
        let needs_target = match &cli.command {
            Some(Command::Session(command)) => command.needs_target(),
            _ => None,
        };
        let Some(command) = needs_target else { return Ok(cli) };
        // The same words as for any other argument that is missing.
        let required = Cli::command().mut_subcommand(command, |command| {
            // One by one: an argument that is changed on its own goes behind the others.
            command.mut_args(|arg| if arg.get_id() == "target" { arg.required(true) } else { arg })
        });
        required.try_get_matches_from(arguments).map(|_| cli)
    }
}

impl SessionCommand {
    /// The command's name, where it was given no target and nobody can choose one: without a terminal, or where another
    /// program reads what it prints.
    fn needs_target(&self) -> Option<&'static str> {
        let (command, is_named) = match self {
            SessionCommand::Exec(args) => ("exec", args.role.target.name_a_target()),
            SessionCommand::Shell(args) => ("shell", args.role.target.name_a_target()),
            SessionCommand::Credentials(args) => ("credentials", args.target.name_a_target()),
            SessionCommand::Elevate(args) => ("elevate", args.name_a_target()),
            _ => return None,
        };
        // Whoever may be asked for the keyring's password may be asked for a role too.
        (!is_named && !self.may_ask()).then_some(command)
    }

    /// The settings that the command line overrides; `global` holds those of the global flags.
    pub fn flags(&self, global: Flags) -> Flags {
        match self {
            SessionCommand::Login(args) => args.flags(global),
            _ => global,
        }
    }

    /// Whether a locked keyring may show its prompt: only at a terminal, and never for another program.
    pub fn may_ask(&self) -> bool {
        match self {
            SessionCommand::Credentials(args) => !args.is_for_a_program() && output::is_attended(),
            _ => output::is_attended(),
        }
    }

    /// Whether the command begins with a look into the keyring.
    pub fn begins_with_keyring(&self) -> bool {
        matches!(self, SessionCommand::Credentials(_))
    }

    /// Whether the command records first which elevations are over. `credentials` has to be quick, and `status` leaves the
    /// keyring alone; sign-in and sign-out do it themselves.
    fn settles_what_is_over(&self) -> bool {
        !matches!(
            self,
            SessionCommand::Credentials(_)
                | SessionCommand::Status(_)
                | SessionCommand::Login(_)
                | SessionCommand::Logout(_)
        )
    }

    /// Runs the command; returns the exit code of a command that did not fail.
    ///
    /// # Errors
    /// As the exit codes say (README, Exit codes).
    pub fn run(self, context: &Context) -> Result<u8> {
        if self.settles_what_is_over() {
            settle_overdue(&context.ports);
            ending_soon::warn(context);
        }
        match self {
            SessionCommand::Login(args) => login::run(&args, context),
            SessionCommand::Logout(args) => logout::run(&args, context),
            SessionCommand::Status(args) => status::run(&args, context),
            SessionCommand::Roles(args) => roles::run(&args, context),
            SessionCommand::Credentials(args) => credentials::run(&args, context),
            SessionCommand::Exec(args) => exec::run(&args, context),
            SessionCommand::Shell(args) => shell::run(&args, context),
            SessionCommand::Elevate(args) => elevate::run(&args, context),
            SessionCommand::Elevations(args) => elevations::run(&args, context),
            SessionCommand::Extend(args) => extend::run(&args, context),
            SessionCommand::End(args) => end::run(&args, context),
            SessionCommand::OnCall(args) => oncall::run(&args, context),
        }
    }
}

impl StandaloneCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// As the exit codes say (README, Exit codes).
    pub fn run(self) -> Result<()> {
        match self {
            StandaloneCommand::Simulator(args) => simulator::run(&args),
            StandaloneCommand::Completions(args) => completions::run(&args, Cli::command()),
            StandaloneCommand::Man(args) => man::run(&args, Cli::command()),
        }
    }
}
