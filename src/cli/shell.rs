//! `daypass shell`: starts the person's own shell with credentials in its environment, most often in place of this process.

use std::ffi::OsString;

use super::args::RoleArgs;
use super::context::Context;
use super::obtain::obtain_for_person;
use super::output::{INTERRUPTED, stderr};
use super::start_program::{Program, start};
use crate::domain::shell_session::ShellSession;
use crate::domain::text::visible;
use crate::domain::time::left_words;
use crate::ports::ChildKind;
use crate::report::Result;

/// Open your own shell with a target's credentials in its environment
///
/// The prompt of bash, zsh, fish and PowerShell shows role and time left.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub(super) role: RoleArgs,
    /// The shell to open, in place of the one that SHELL names
    #[arg(long, value_name = "PATH")]
    shell: Option<OsString>,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let Some(found) = args.role.target.find_or_pick(context)? else { return Ok(INTERRUPTED) };
    let cached = obtain_for_person(context, &found, &args.role.elevation, None)?;
    let work_region = args.role.region.work_region(&found, context);
    let catalog = context.ports.state.catalog(&found.session.key());
    let session = ShellSession {
        credentials: &cached,
        account_name: catalog.account(&found.resolved.target.account).map_or("", |account| account.name.raw()),
        tier: context.policy.judge_target(&catalog, &found.resolved.target, context.ports.clock.now().wall).tier(),
        region: &work_region.region,
        by_screen_alone: false,
    };
    let command = context.user_shell.command(&session, args.shell.as_deref())?;
    if let Some(outer) = outer_shell(context) {
        stderr(&format!("daypass: this shell is inside the one for {outer}; exit leads back there"));
    }
    let left = left_words(cached.life().left(context.ports.clock.now()));
    let (target, region, source) = (cached.target(), &work_region.region, work_region.source);
    stderr(&format!("daypass: {target} for {left}, in {region} ({source}); exit leaves it"));
    if let Some(hint) = session.elevation_hint() {
        stderr(&format!("daypass: {hint}"));
    }
    let program = Program { command, kind: ChildKind::Shell, hint: "name another shell: --shell PATH" };
    start(context, program, &found.source(), cached)
}

/// What the shell around this process is for, where daypass opened that.
fn outer_shell(context: &Context) -> Option<String> {
    let variable = |name| context.environment.text_if_utf8(name).map(visible);
    Some(format!("{}/{}", variable("DAYPASS_ACCOUNT")?, variable("DAYPASS_ROLE")?))
}
