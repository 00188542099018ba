//! `daypass credentials`: role credentials for other programs, above all as their `credential_process`.
//!
//! The warm path starts no runtime, logger or AWS client: it looks the target up, reads the keyring once and writes
//! to stdout.

use std::time::Duration;

use super::args::{Found, ReasonArgs, TargetArgs};
use super::context::Context;
use super::output;
use crate::domain::credentials::CachedCredentials;
use crate::domain::handout::{Format, render};
use crate::domain::target::Target;
use crate::error::{self, Error};
use crate::flows::credentials::{CredentialsRequest, may_be_handed_out, role_credentials};
use crate::flows::retry::RetryPolicy;
use crate::report::Result;
use crate::runtime;

/// The SDKs' shortest timeout for a `credential_process` is five seconds; the answer must come before.
const PROGRAM_DEADLINE: Duration = Duration::from_millis(4_200);
const PROGRAM_LIMIT: Duration = Duration::from_millis(4_700);

/// Print role credentials for a target, from the cache while they are fresh
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// How to print them
    #[arg(long, value_enum, default_value_t = FormatArg::Process)]
    format: FormatArg,
    #[command(flatten)]
    reason: ReasonArgs,
}

/// The formats' names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FormatArg {
    /// For the SDKs' credential_process
    Process,
    /// export lines for bash, zsh and sh
    Env,
    /// set -gx lines for fish
    Fish,
    /// $Env: lines for PowerShell
    Powershell,
    /// One JSON object with target and expiries
    Json,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Format {
        match format {
            FormatArg::Process => Format::Process,
            FormatArg::Env => Format::Env,
            FormatArg::Fish => Format::Fish,
            FormatArg::Powershell => Format::PowerShell,
            FormatArg::Json => Format::Json,
        }
    }
}

impl Args {
    /// The arguments of `credentials ACCOUNT_ID/ROLE`, the form that other programs call.
    pub fn for_a_program(target: &Target) -> Self {
        Args { target: TargetArgs::of(target), format: FormatArg::Process, reason: ReasonArgs::none() }
    }

    /// Whether another program reads the output.
    pub fn is_for_a_program(&self) -> bool {
        self.format == FormatArg::Process
    }
}

/// Prints role credentials.
///
/// # Errors
/// As the command-line contract's exit codes say.
pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let found = args.target.find(context)?;
    let cached = match warm(args, &found, context)? {
        Some(cached) => cached,
        None => cold(args, &found, context)?,
    };
    output::stdout(&render(&cached, context.work_region(&found.resolved).as_ref(), args.format.into()))?;
    Ok(0)
}

/// The cached credentials, where they may be handed out.
fn warm(args: &Args, found: &Found<'_>, context: &Context) -> Result<Option<CachedCredentials>> {
    if args.reason.is_given() {
        return Ok(None);
    }
    let target = &found.resolved.target;
    let cached = context.ports.store.load_role(&found.session.key(), target)?;
    // Without the account's name, rules about names are left to the cold path.
    let tier = context.policy.tier_of(&target.account, None, &target.role);
    let now = context.ports.clock.now();
    Ok(cached.filter(|cached| may_be_handed_out(&context.policy, tier, cached, now)))
}

fn cold(args: &Args, found: &Found<'_>, context: &Context) -> Result<CachedCredentials> {
    let for_a_program = args.is_for_a_program();
    let retry =
        if for_a_program { RetryPolicy::within(PROGRAM_DEADLINE, &context.ports) } else { RetryPolicy::INTERACTIVE };
    let request = args.reason.request(found, retry, context)?;
    let cached = runtime::run(async {
        if for_a_program { in_time(context, &request).await } else { fetch(context, &request).await }
    })?;
    Ok(cached)
}

async fn fetch(context: &Context, request: &CredentialsRequest) -> error::Result<CachedCredentials> {
    role_credentials(&context.ports, &context.policy, request).await
}

/// Fetches, and fails before the calling program's own timeout.
async fn in_time(context: &Context, request: &CredentialsRequest) -> error::Result<CachedCredentials> {
    let in_time = tokio::time::timeout(PROGRAM_LIMIT, fetch(context, request)).await;
    in_time.unwrap_or_else(|_| Err(Error::NotInTime { target: request.target.clone() }))
}
