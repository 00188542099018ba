//! `daypass completions`: completion scripts for the shells.

use clap_complete::Shell;

use super::output;
use crate::report::Result;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script for `program`, the whole command line.
pub fn run(args: &Args, mut program: clap::Command) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "daypass", &mut script);
    output::stdout(&String::from_utf8_lossy(&script))
}
