//! `daypass policy`: whether a policy is valid, what it says, what it would ask for a target, and its JSON Schema. Nothing is
//! asked of AWS, and nothing is recorded; `test` alone reads rotas.

mod at;
mod check;
mod identity;
mod json;
mod rotas;
mod schema;
mod show;
mod terms;
mod test;

use clap::Subcommand;

use super::context::Context;
use super::output::stderr;
use crate::domain::text::visible;
use crate::environment::Environment;
use crate::report::Result;
use crate::settings::{Flags, Folders, Settings, load};

/// Check the policy, show it, try it on a target, or print its JSON Schema
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a command's help stands at its arguments")]
pub enum PolicyCommand {
    Check(check::Args),
    Show(show::Args),
    Test(test::Args),
    Schema(schema::Args),
}

impl PolicyCommand {
    /// Answers; `context` makes what the commands share, which a look at a file alone does without.
    ///
    /// # Errors
    /// The policy, or what else is read, is wrong; or the target is unknown.
    pub fn run(
        self,
        flags: Flags,
        environment: Environment,
        context: impl FnOnce(Flags, Environment) -> Result<Context>,
    ) -> Result<u8> {
        match self {
            PolicyCommand::Check(args) => check::run(&args, || settings(flags, &environment))?,
            PolicyCommand::Show(args) => show::run(&args, &settings(flags, &environment)?)?,
            PolicyCommand::Schema(args) => schema::run(&args)?,
            PolicyCommand::Test(args) => {
                let context = context(flags, environment)?;
                warn(&context.settings);
                test::run(&args, &context)?;
            }
        }
        Ok(0)
    }
}

fn settings(flags: Flags, environment: &Environment) -> Result<Settings> {
    let settings = load(flags, environment, &Folders::find(environment)?)?;
    warn(&settings);
    Ok(settings)
}

fn warn(settings: &Settings) {
    for warning in &settings.warnings {
        stderr(&format!("daypass: {}", visible(warning)));
    }
}
