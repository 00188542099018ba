//! From the command line to the exit code.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory as _;
use tokio_util::task::TaskTracker;

use crate::adapters::clipboard::{CLEAR_COMMAND, SystemClipboard};
use crate::adapters::shutdown;
use crate::adapters::store::{Access, Interaction};
use crate::cli::again::with_command_again;
use crate::cli::{Cli, Command, GlobalArgs, SessionCommand, complete, credentials, output, runbook};
use crate::domain::osc52::Osc52;
use crate::domain::text::visible;
use crate::environment::Environment;
use crate::error::Kind;
use crate::report::Result;
use crate::settings::Flags;
use crate::{assemble, demo, hardening, logging, runtime, screen};

/// Runs daypass with `arguments`, of which the first is the program's name.
pub fn start(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    hardening::harden();
    shutdown::outlive_the_file_size_limit();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let [_, command, seconds] = arguments.as_slice()
        && command == CLEAR_COMMAND
        && let Some(seconds) = seconds.to_str().and_then(|seconds| seconds.parse().ok())
    {
        return exit(clear_clipboard(Duration::from_secs(seconds)));
    }
    if let [_, command, words @ ..] = arguments.as_slice()
        && command == complete::COMMAND
    {
        let read = || assemble::known(&Environment::of_process()).ok();
        return exit(complete::run(words, Cli::command(), Box::new(read)));
    }
    let cli = match plain_credentials(&arguments) {
        Some(args) => {
            Cli { global: GlobalArgs::default(), command: Some(Command::Session(SessionCommand::Credentials(args))) }
        }
        None => match Cli::read(&arguments) {
            Ok(cli) => cli,
            Err(answer) => return usage(&answer),
        },
    };
    // The report comes first: a program that waits for us may end us before the wait is over.
    let code = exit(with_command_again(run(cli), &arguments));
    // A write that was given up, because it took too long or because a person left, may still be going on.
    shutdown::finish_writes();
    code
}

fn exit(outcome: Result<u8>) -> ExitCode {
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(report) => {
            output::stderr(report.text().trim_end());
            ExitCode::from(report.kind().exit_code())
        }
    }
}

/// Hidden command, started by the TUI to clear the clipboard.
fn clear_clipboard(after: Duration) -> Result<u8> {
    let environment = Environment::of_process();
    let clipboard = SystemClipboard::new(&environment, Osc52::Never, std::path::PathBuf::new());
    runtime::run(&TaskTracker::new(), clipboard.clear_later(after))?;
    Ok(0)
}

/// Parses `credentials ACCOUNT_ID/ROLE`, which other programs call often, without clap: building the whole command
/// line takes a tenth of a warm hit's time.
fn plain_credentials(arguments: &[OsString]) -> Option<credentials::Args> {
    match arguments {
        [_, command, target] if command == "credentials" => {
            Some(credentials::Args::for_a_program(&target.to_str()?.parse().ok()?))
        }
        _ => None,
    }
}

fn run(cli: Cli) -> Result<u8> {
    let (flags, environment) = (cli.global.flags(), Environment::of_process());
    match cli.command {
        Some(Command::Standalone(command)) => command.run().map(|()| 0),
        Some(Command::Session(command)) => run_with_sessions(command, flags, environment),
        Some(Command::Policy(command)) => command.run(flags, environment, |flags, environment| {
            Ok(assemble::context(flags, environment, Interaction::Forbidden.into())?)
        }),
        Some(Command::Runbook(_)) => run_runbook(flags, &environment),
        Some(Command::Demo(args)) => demo::run(&args, flags, environment),
        None => screen::open_configured(flags, environment),
    }
}

fn run_runbook(flags: Flags, environment: &Environment) -> Result<u8> {
    let named = flags.session.clone();
    runbook::run(assemble::known_in_an_emergency(flags, environment)?, named.as_ref())
}

fn run_with_sessions(command: SessionCommand, global: Flags, environment: Environment) -> Result<u8> {
    shutdown::finish_writes_on_signals();
    let interaction = if command.may_ask() { Interaction::Allowed } else { Interaction::Forbidden };
    let access = Access { interaction, comes_soon: command.begins_with_keyring() };
    let context = assemble::context(command.flags(global), environment, access)?;
    logging::start_as_set(&context.environment, &context.state_folder)?;
    for warning in &context.settings.warnings {
        output::stderr(&format!("daypass: {}", visible(warning)));
    }
    command.run(&context)
}

/// Prints clap's answer: help and version to stdout, usage errors to stderr. It quotes arguments, so control characters
/// are made visible.
fn usage(answer: &clap::Error) -> ExitCode {
    let text = answer.render().to_string();
    let safe: String = text.lines().map(|line| visible(line) + "\n").collect();
    if answer.use_stderr() {
        output::stderr(safe.trim_end());
        return ExitCode::from(Kind::Usage.exit_code());
    }
    match output::stdout(&safe) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(error.kind().exit_code()),
    }
}
