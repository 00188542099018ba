//! `daypass man`: manual pages.

use super::output;
use crate::error::Error;
use crate::report::{Report, Result};

/// Print a manual page, for daypass itself or for one of its commands
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The command whose page is wanted, such as `login` or `policy check`
    command: Vec<String>,
}

/// Prints the page for `program`, the whole command line, or for one of its commands.
pub fn run(args: &Args, mut program: clap::Command) -> Result<()> {
    program.build();
    let mut command = &program;
    for name in &args.command {
        command = command
            .find_subcommand(name)
            .ok_or_else(|| Report::usage(format!("there is no command `{name}`")).hint("daypass --help"))?;
    }
    let names: Vec<&str> = std::iter::once("daypass").chain(args.command.iter().map(String::as_str)).collect();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().display_name(names.join("-")))
        .render(&mut page)
        .map_err(|source| Error::System { action: "write the manual page", source })?;
    output::stdout(&String::from_utf8_lossy(&page))
}
