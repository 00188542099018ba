//! Arguments that several commands share: the target and the region.

use super::context::Context;
use super::elevation_args::ElevationArgs;
use super::login;
use crate::domain::choices::role_choices;
use crate::domain::ids::Region;
use crate::domain::names::{Resolved, resolve};
use crate::domain::region::WorkRegion;
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::{Target, TargetSpec};
use crate::error::Error;
use crate::report::{Report, Result, word};

/// Which account and role.
#[derive(Debug, clap::Args)]
pub struct TargetArgs {
    /// ACCOUNT_ID/ROLE, account-name/role, an alias, or an AWS profile's name; chosen from a list on a terminal where it
    /// is left out
    #[arg(conflicts_with_all = ["account", "profile"])]
    target: Option<String>,
    /// The account's id or name, with --role
    #[arg(long, requires = "role", conflicts_with = "profile")]
    account: Option<String>,
    /// The role's name, with --account
    #[arg(long, requires = "account")]
    role: Option<String>,
    /// An AWS profile that names session, account and role
    #[arg(long)]
    profile: Option<String>,
}

/// A target that has been looked up.
pub struct Found<'a> {
    /// The target and what came with the way it was written.
    pub resolved: Resolved,
    /// The session it is reached through.
    pub session: &'a SsoSession,
}

impl Found<'_> {
    /// Where its credentials come from.
    pub fn source(&self) -> Source {
        Source::portal_role(self.session.clone(), self.resolved.target.clone())
    }
}

impl TargetArgs {
    /// The arguments that name `target` by its account's id.
    pub fn of(target: &Target) -> Self {
        TargetArgs { target: Some(target.to_string()), account: None, role: None, profile: None }
    }

    /// The arguments that name a target as a person writes it.
    pub fn named(target: &str) -> Self {
        TargetArgs { target: Some(target.to_owned()), account: None, role: None, profile: None }
    }

    /// The arguments as words of a command line.
    pub fn words(&self) -> String {
        let flag = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {}", word(value)));
        let given = [
            self.target.as_ref().map(word),
            flag("--account", &self.account),
            flag("--role", &self.role),
            flag("--profile", &self.profile),
        ];
        given.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Whether a target is named at all.
    pub fn name_a_target(&self) -> bool {
        self.target.is_some() || self.account.is_some() || self.profile.is_some()
    }

    /// Looks the target up, or lets a person choose one where none is named; `None` where nobody did.
    pub fn find_or_pick<'a>(&self, context: &'a Context) -> Result<Option<Found<'a>>> {
        if self.name_a_target() { self.find(context).map(Some) } else { pick(context) }
    }

    /// Looks the target and its session up.
    pub fn find<'a>(&self, context: &'a Context) -> Result<Found<'a>> {
        let resolved = self.resolve(context)?;
        let session = context.session_for(&resolved)?;
        Ok(Found { resolved, session })
    }

    /// Looks the target up.
    pub fn resolve(&self, context: &Context) -> Result<Resolved> {
        let spec = match (&self.target, &self.account, &self.role, &self.profile) {
            (_, _, _, Some(profile)) => TargetSpec::Profile(profile.clone()),
            (_, Some(account), Some(role), _) => TargetSpec::account_role(account, role).map_err(Error::from)?,
            (Some(target), ..) => TargetSpec::parse(target).map_err(Error::from)?,
            _ => return Err(Report::usage("no target is named")),
        };
        resolve(&spec, context.names.as_ref()).map_err(|error| unresolved(&error, context))
    }
}

/// Lets a person choose among the roles that have been listed, of the session that the command line names or of all, and
/// signs in where that is needed.
pub(super) fn pick(context: &Context) -> Result<Option<Found<'_>>> {
    let named = context.named(None)?.map(|name| context.session_named(name)).transpose()?;
    let sessions = named.map_or(context.sessions.as_slice(), std::slice::from_ref);
    let listed: Vec<_> =
        sessions.iter().map(|session| (session.clone(), context.ports.state.catalog(&session.key()))).collect();
    let (aliases, profiles) = context.other_names();
    let now = context.ports.clock.now();
    let choices = role_choices(&listed, &context.ports.state.index(), &context.policy, &aliases, &profiles, now);
    if choices.is_empty() {
        return Err(nothing_listed(sessions, context));
    }
    let Some(choice) = (context.pick)(context, choices)? else { return Ok(None) };
    let session = context.session_named(&choice.session)?;
    if choice.kept.is_none() {
        login::offer(session, context)?;
    }
    Ok(Some(Found { resolved: Resolved::from(choice.target), session }))
}

fn nothing_listed(sessions: &[SsoSession], context: &Context) -> Report {
    let Some(first) = sessions.first() else {
        return context.session(None).err().unwrap_or_else(|| Report::usage("no target is named"));
    };
    let report = Report::usage("no target is named, and no roles have been listed to choose from");
    let report = if login::is_signed_in(first, context) { report } else { report.hint("daypass login   signs in") };
    context.in_session(report.hint("daypass roles   lists them"), first)
}

/// Commands about a name work on the session that is chosen, where one is.
fn unresolved(error: &Error, context: &Context) -> Report {
    match context.session(None) {
        Ok(session) => context.in_session(Report::of(error), session),
        Err(_) => Report::of(error),
    }
}

/// The role that a program is started with, where it works and why.
#[derive(Debug, clap::Args)]
pub struct RoleArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) region: RegionArgs,
    #[command(flatten)]
    pub(super) elevation: ElevationArgs,
}

/// The region that the program works in.
#[derive(Debug, Default, clap::Args)]
pub struct RegionArgs {
    /// The region for AWS_REGION; without it the profile's, the environment's, the settings' or the SSO session's
    #[arg(long, value_name = "REGION", value_parser = Region::parse)]
    region: Option<Region>,
}

impl RegionArgs {
    /// The region for `found`.
    pub fn work_region(&self, found: &Found<'_>, context: &Context) -> WorkRegion {
        context.work_region(self.region.as_ref(), &found.resolved, found.session)
    }
}
