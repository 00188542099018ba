//! `daypass completions`: completion scripts for the shells.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, output};
use crate::report::Result;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

pub fn run(args: &Args) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "daypass", &mut script);
    output::stdout(&String::from_utf8_lossy(&script))
}
