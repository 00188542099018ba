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
use crate::flows::judge::judge_by_ids;
use crate::flows::kept::Kept;
use crate::flows::obtain::{CredentialsRequest, obtain};
use crate::flows::retry::RetryPolicy;
use crate::report::Result;
use crate::runtime;

/// The SDKs' shortest timeout for a `credential_process` is five seconds after its start; the answer must come before.
/// This ends the requests to AWS, and [`PROGRAM_LIMIT`] everything else.
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
/// As the exit codes say (README, Exit codes).
pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let found = args.target.find(context)?;
    let cached = cached(args, &found, context).map_err(|report| context.in_session(report, found.session))?;
    output::stdout(&render(&cached, context.work_region(&found.resolved).as_ref(), args.format.into()))?;
    Ok(0)
}

fn cached(args: &Args, found: &Found<'_>, context: &Context) -> Result<CachedCredentials> {
    match warm(args, found, context)? {
        Warm::Fresh(cached) => Ok(cached),
        Warm::Stale(kept) => cold(args, found, context, kept),
    }
}

/// What the keyring alone can answer.
enum Warm {
    Fresh(CachedCredentials),
    Stale(Option<Kept>),
}

/// What is kept, where it may be handed out as it is. Without the account's name, rules about names count as matched
/// where they are stricter; the cold path looks the name up.
fn warm(args: &Args, found: &Found<'_>, context: &Context) -> Result<Warm> {
    if args.reason.is_given() {
        return Ok(Warm::Stale(None));
    }
    let source = found.source();
    let verdict = judge_by_ids(&context.ports, &context.policy, &source);
    let kept = Kept::load(&context.ports, &source, &verdict)?;
    Ok(match kept.fresh(&verdict, context.ports.clock.now()) {
        Some(fresh) => {
            kept.remember_time(&context.ports);
            Warm::Fresh(fresh)
        }
        None => Warm::Stale(Some(kept)),
    })
}

fn cold(args: &Args, found: &Found<'_>, context: &Context, kept: Option<Kept>) -> Result<CachedCredentials> {
    let for_a_program = args.is_for_a_program();
    let until = for_a_program.then_some(PROGRAM_DEADLINE);
    let retry = RetryPolicy { until, ..RetryPolicy::INTERACTIVE };
    let request = args.reason.request(found, retry);
    let cached = runtime::run(&context.ports.tasks, async {
        let work = obtain(&context.ports, &context.policy, &request, kept);
        match for_a_program {
            true => in_time(context, &request, work).await,
            false => output::while_asking(request.source.target(), work).await,
        }
    })?;
    Ok(cached)
}

/// Does the work, and fails before the calling program's own timeout. What the keyring took for its answer counts.
async fn in_time(
    context: &Context,
    request: &CredentialsRequest,
    work: impl Future<Output = error::Result<CachedCredentials>>,
) -> error::Result<CachedCredentials> {
    let left = PROGRAM_LIMIT.saturating_sub(context.ports.clock.elapsed());
    let in_time = tokio::time::timeout(left, work).await;
    in_time.unwrap_or_else(|_| Err(Error::NotInTime { target: request.source.target().clone() }))
}
