//! `daypass policy check`: whether a policy is valid.

use std::path::PathBuf;

use super::identity::{rules, shown_path};
use crate::cli::output;
use crate::domain::text::visible;
use crate::report::Result;
use crate::settings::{Settings, check_policy};

/// Check a policy, print how many rules it has, its path and its digest, and warn of what is surely a slip
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The policy file; the one in force otherwise
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Checks; the settings, which say where the policy in force is, are read for that one alone.
pub fn run(args: &Args, settings: impl FnOnce() -> Result<Settings>) -> Result<()> {
    let policy = match &args.file {
        Some(file) => check_policy(file)?,
        None => settings()?.read_policy()?,
    };
    for slip in policy.slips() {
        output::stderr(&format!("daypass: {}", visible(&slip)));
    }
    let identity = policy.identity();
    output::stdout(&format!("{} · {} · {}\n", rules(policy.rules().count()), shown_path(identity), identity.digest))
}
