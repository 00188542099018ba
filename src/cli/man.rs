//! `daypass man`: manual pages.

use clap::CommandFactory as _;

use super::{Cli, output};
use crate::error::Error;
use crate::report::{Report, Result};

/// Print a manual page, for daypass itself or for one of its commands
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The command whose page is wanted
    command: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    let mut root = Cli::command();
    root.build();
    let command = match &args.command {
        None => root,
        Some(name) => root
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
