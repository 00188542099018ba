//! `daypass credentials`: role credentials for other programs, above all as their `credential_process`.
//!
//! The warm path starts no runtime, logger or AWS client: it looks the target up, reads the keyring once and writes
//! to stdout.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use super::args::{Found, RegionArgs, TargetArgs};
use super::context::Context;
use super::elevation_args::ElevationArgs;
use super::obtain::{obtain_for_person, say_what_the_log_lost};
use super::output;
use crate::domain::credentials::CachedCredentials;
use crate::domain::handout::{Format, credential_process_line, process, render};
use crate::domain::target::Target;
use crate::environment::program;
use crate::error::{self, Error};
use crate::flows::admission::admission_cached;
use crate::flows::elevation::settle_overdue;
use crate::flows::judge::judge_by_ids;
use crate::flows::kept::Kept;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::flows::standby::obtain_with_standby;
use crate::report::{Report, Result};
use crate::runtime;

/// The SDKs' shortest timeout for a `credential_process` is five seconds after its start; the answer must come before.
/// This ends the requests to AWS, and [`PROGRAM_LIMIT`] everything else.
const PROGRAM_DEADLINE: Duration = Duration::from_millis(4_200);
const PROGRAM_LIMIT: Duration = Duration::from_millis(4_700);

/// Print role credentials for a target, from the cache while they are fresh
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// How to print them; `process` without it, but not on a terminal, which would show the secret key
    #[arg(long, value_enum)]
    format: Option<FormatArg>,
    #[command(flatten)]
    region: RegionArgs,
    #[command(flatten)]
    elevation: ElevationArgs,
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

impl Args {
    /// The arguments of `credentials ACCOUNT_ID/ROLE`, the form that other programs call.
    pub fn for_a_program(target: &Target) -> Self {
        Args {
            target: TargetArgs::of(target),
            format: None,
            region: RegionArgs::default(),
            elevation: ElevationArgs::default(),
        }
    }

    /// Whether another program reads the output.
    pub fn is_for_a_program(&self) -> bool {
        self.format.is_none_or(|format| format == FormatArg::Process)
    }
}

/// Prints role credentials.
///
/// # Errors
/// As the exit codes say (README, Exit codes).
pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let Some(found) = args.target.find_or_pick(context)? else { return Ok(output::INTERRUPTED) };
    if args.format.is_none() && io::stdout().is_terminal() {
        return Err(not_on_a_terminal(args, &found, context));
    }
    let in_session = |report| context.in_session(report, found.session);
    let in_format =
        |cached: &CachedCredentials, format| render(cached, &args.region.work_region(&found, context).region, format);
    let hand_out = |cached: &CachedCredentials| {
        output::stdout(&match args.format.unwrap_or(FormatArg::Process) {
            FormatArg::Process => process(cached),
            FormatArg::Env => in_format(cached, Format::Env),
            FormatArg::Fish => in_format(cached, Format::Fish),
            FormatArg::Powershell => in_format(cached, Format::PowerShell),
            FormatArg::Json => in_format(cached, Format::Json),
        })
    };
    match warm(args, &found, context).map_err(in_session)? {
        Warm::Fresh(cached) => {
            hand_out(&cached)?;
            // Last, so that it delays no answer.
            context.ports.state.note_use(&found.source(), context.ports.clock.now().wall);
        }
        Warm::Stale(kept) => {
            hand_out(&cold(args, &found, context, kept).map_err(in_session)?)?;
            settle_overdue(&context.ports);
        }
    }
    Ok(0)
}

/// A person who typed the command wants the role, and not its secret on the screen and in what the terminal keeps.
fn not_on_a_terminal(args: &Args, found: &Found<'_>, context: &Context) -> Report {
    let session = context.session_flag(found.session);
    let typed = args.target.words();
    let line = credential_process_line(&program(), &found.resolved.target);
    Report::usage("this would show the secret key on the terminal; --format process prints it all the same")
        .hint(format!("daypass exec{session} {typed} -- CMD   runs a command with the credentials"))
        .hint(format!("daypass shell{session} {typed}   opens your shell with them"))
        .hint(format!("{line}{session}   in a profile of ~/.aws/config gives them to every tool"))
}

/// What the keyring alone can answer.
#[expect(clippy::large_enum_variant, reason = "there is one for as long as the program runs")]
enum Warm {
    Fresh(CachedCredentials),
    Stale(Option<Kept>),
}

/// What is kept, where it may be handed out as it is. Without the account's name, rules about names count as matched
/// where they are stricter; the cold path looks the name up.
fn warm(args: &Args, found: &Found<'_>, context: &Context) -> Result<Warm> {
    if args.elevation.ask_for_one() {
        return Ok(Warm::Stale(None));
    }
    let source = found.source();
    let verdict = judge_by_ids(&context.ports, &context.policy, &source);
    let kept = Kept::load(&context.ports, &source, &verdict)?;
    let admission = admission_cached(&context.ports, &context.policy, &verdict, &source);
    Ok(match kept.fresh(&verdict, &admission, context.ports.clock.now()) {
        Some(fresh) => {
            kept.remember_time(&context.ports);
            Warm::Fresh(fresh)
        }
        None => Warm::Stale(Some(kept)),
    })
}

fn cold(args: &Args, found: &Found<'_>, context: &Context, kept: Option<Kept>) -> Result<CachedCredentials> {
    if !args.is_for_a_program() {
        return obtain_for_person(context, found, &args.elevation, kept);
    }
    let retry = RetryPolicy { until: Some(PROGRAM_DEADLINE), ..RetryPolicy::INTERACTIVE };
    let elevation = match args.elevation.reason() {
        Some(reason) => Some(args.elevation.draft(reason)),
        None if args.elevation.ask_for_one() => {
            return Err(Report::usage("an elevation takes a reason").hint("--reason TEXT   says why"));
        }
        None => None,
    };
    let request = CredentialsRequest { source: found.source(), elevation, renew: false, retry };
    let standbys = context.standbys_of(found.session);
    let tell = |diversion| output::stderr(&format!("daypass: {diversion}"));
    let work = obtain_with_standby(&context.ports, &context.policy, &request, kept, &standbys, &tell);
    let obtained = runtime::run(&context.ports.tasks, in_time(context, &request, work));
    say_what_the_log_lost(context);
    Ok(obtained?)
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
