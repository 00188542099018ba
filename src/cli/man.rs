//! `daypass man`: manual pages.

use super::output;
use crate::error::Error;
use crate::report::{Report, Result};

/// Print a manual page, for daypass itself or for one of its commands
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The command whose page is wanted
    command: Option<String>,
}

/// Prints the page for `program`, the whole command line, or for one of its commands.
pub fn run(args: &Args, mut program: clap::Command) -> Result<()> {
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => program
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Report::usage(format!("there is no command `{name}`")).hint("daypass --help"))?
            .display_name(format!("daypass-{name}")),
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|source| Error::System { action: "write the manual page", source })?;
    output::stdout(&String::from_utf8_lossy(&page))
}
