//! From the command line to the exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::adapters::shutdown;
use crate::cli::{Cli, Command, OwnCommand, credentials, output};
use crate::domain::text::visible;
use crate::error::Result;
use crate::{assemble, demo, hardening, logging, screen};

/// Runs daypass with `arguments`, the program's name first.
pub fn start(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    hardening::harden();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = match plain_credentials(&arguments) {
        Some(args) => Some(Command::Own(OwnCommand::Credentials(args))),
        None => match Cli::try_parse_from(arguments) {
            Ok(cli) => cli.command,
            Err(answer) => return usage(&answer),
        },
    };
    let outcome = match command {
        Some(Command::Alone(command)) => command.run().map(|()| 0),
        Some(Command::Own(command)) => own(command),
        Some(Command::Demo(args)) => demo::run(&args),
        None => screen::open_own(),
    };
    // One that was given up, because it took too long or because a person left, may still be going on.
    shutdown::finish_writes();
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output::stderr(error.report().trim_end());
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// `credentials ACCOUNT_ID/ROLE` and nothing else, which other programs call by the hundred. Building the whole
/// command line to read these two words would be a tenth of a warm hit.
fn plain_credentials(arguments: &[OsString]) -> Option<credentials::Args> {
    match arguments {
        [_, command, target] if command == "credentials" => {
            Some(credentials::Args::for_a_program(&target.to_str()?.parse().ok()?))
        }
        _ => None,
    }
}

fn own(command: OwnCommand) -> Result<u8> {
    shutdown::finish_writes_on_signals();
    let context = assemble::context(command.flags(), command.may_ask())?;
    logging::start_as_set(&context.surroundings)?;
    for warning in &context.settings.warnings {
        output::stderr(&format!("daypass: {}", visible(warning)));
    }
    command.run(&context)
}

/// What clap has to say: help and version go to stdout, mistakes to stderr. Arguments are quoted in it, so it is made
/// safe line by line.
fn usage(answer: &clap::Error) -> ExitCode {
    let text = answer.render().to_string();
    let safe: String = text.lines().map(|line| visible(line) + "\n").collect();
    if answer.use_stderr() {
        output::stderr(safe.trim_end());
        return ExitCode::from(crate::error::Kind::Usage.exit_code());
    }
    match output::stdout(&safe) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(error.kind().exit_code()),
    }
}
