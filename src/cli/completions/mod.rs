//! `daypass completions`: completion scripts for the shells.
//!
//! The scripts ask [`super::complete`] for what fits; they hold no names themselves. Elvish gets commands and flags alone.

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
    match args.shell {
        Shell::Bash => output::stdout(include_str!("daypass.bash")),
        Shell::Fish => output::stdout(include_str!("daypass.fish")),
        Shell::PowerShell => output::stdout(include_str!("daypass.ps1")),
        Shell::Zsh => output::stdout(include_str!("daypass.zsh")),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut program, "daypass", &mut script);
            output::stdout(&String::from_utf8_lossy(&script))
        }
    }
}
