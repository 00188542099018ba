//! `daypass policy schema`: the JSON Schema of a policy, for editors.

use crate::cli::output;
use crate::report::Result;

/// Print the JSON Schema of policy.toml, for editors that complete keys and mark mistakes
#[derive(Debug, clap::Args)]
pub struct Args {}

/// The schema, as it stands beside the documentation.
const SCHEMA: &str = include_str!("../../../assets/schema/policy.schema.json");

pub fn run(_: &Args) -> Result<()> {
    output::stdout(SCHEMA)
}
