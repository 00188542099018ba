//! The command line: one file a command, each with its arguments and one function.

pub mod args;
mod completions;
pub mod context;
pub mod credentials;
pub mod demo;
mod exec;
mod login;
mod logout;
mod man;
pub mod output;
mod roles;
mod simulator;
mod status;

use clap::{CommandFactory as _, Parser, Subcommand};

use self::context::Context;
use crate::error::Result;
use crate::settings::Flags;

/// Time-limited AWS access through IAM Identity Center.
///
/// Without a command, the terminal UI opens.
#[derive(Debug, Parser)]
#[command(name = "daypass", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done · 1 failed · 2 usage · 3 login needed · 4 denied · 5 elevation needed · \
                        6 AWS unavailable · 7 keyring unavailable · 8 partial result · 130 interrupted")]
pub struct Cli {
    /// What to do; the terminal UI where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a command's help stands at its arguments")]
pub enum Command {
    /// Commands that work with the person's own sessions.
    #[command(flatten)]
    Own(OwnCommand),
    /// Commands that need neither settings nor a keyring.
    #[command(flatten)]
    Alone(AloneCommand),
    Demo(demo::Args),
}

/// Commands that work with the person's own sessions.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a command's help stands at its arguments")]
pub enum OwnCommand {
    Login(login::Args),
    Logout(logout::Args),
    Status(status::Args),
    Roles(roles::Args),
    Credentials(credentials::Args),
    Exec(exec::Args),
}

/// Commands that need neither settings nor a keyring.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a command's help stands at its arguments")]
pub enum AloneCommand {
    Simulator(simulator::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl OwnCommand {
    /// What the command line says about settings.
    pub fn flags(&self) -> Flags {
        match self {
            OwnCommand::Login(args) => args.flags(),
            _ => Flags::default(),
        }
    }

    /// Whether a locked keyring may ask the person: never on behalf of another program.
    pub fn may_ask(&self) -> bool {
        match self {
            OwnCommand::Credentials(args) => !args.is_for_a_program() && output::is_attended(),
            _ => output::is_attended(),
        }
    }

    /// Runs the command; gives the exit code of a command that did what it was asked.
    ///
    /// # Errors
    /// As the command-line contract's exit codes say.
    pub fn run(self, context: &Context) -> Result<u8> {
        match self {
            OwnCommand::Login(args) => login::run(&args, context),
            OwnCommand::Logout(args) => logout::run(&args, context),
            OwnCommand::Status(args) => status::run(&args, context),
            OwnCommand::Roles(args) => roles::run(&args, context),
            OwnCommand::Credentials(args) => credentials::run(&args, context),
            OwnCommand::Exec(args) => exec::run(&args, context),
        }
    }
}

impl AloneCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// As the command-line contract's exit codes say.
    pub fn run(self) -> Result<()> {
        match self {
            AloneCommand::Simulator(args) => simulator::run(&args),
            AloneCommand::Completions(args) => completions::run(&args, Cli::command()),
            AloneCommand::Man(args) => man::run(&args, Cli::command()),
        }
    }
}
