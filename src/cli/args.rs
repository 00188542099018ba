//! Arguments that several commands share: the target and the reason.

use super::context::Context;
use crate::domain::names::{Resolved, resolve};
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::{Target, TargetSpec};
use crate::error::Error;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::report::{Report, Result};

/// Which account and role.
#[derive(Debug, clap::Args)]
pub struct TargetArgs {
    /// ACCOUNT_ID/ROLE, account-name/role, an alias, or an AWS profile's name
    #[arg(required_unless_present_any = ["account", "profile"], conflicts_with_all = ["account", "profile"])]
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

    /// Looks the target and its session up.
    pub fn find<'a>(&self, context: &'a Context) -> Result<Found<'a>> {
        let spec = match (&self.target, &self.account, &self.role, &self.profile) {
            (_, _, _, Some(profile)) => TargetSpec::Profile(profile.clone()),
            (_, Some(account), Some(role), _) => TargetSpec::account_role(account, role).map_err(Error::from)?,
            (Some(target), ..) => TargetSpec::parse(target).map_err(Error::from)?,
            _ => return Err(Report::usage("no target is named")),
        };
        let resolved = resolve(&spec, context.names.as_ref()).map_err(|error| unresolved(&error, context))?;
        let session = context.session_for(&resolved)?;
        Ok(Found { resolved, session })
    }
}

/// Commands about a name work on the session that is chosen, where one is.
fn unresolved(error: &Error, context: &Context) -> Report {
    match context.session(None) {
        Ok(session) => context.in_session(Report::of(error), session),
        Err(_) => Report::of(error),
    }
}

/// The reason for an elevation.
#[derive(Debug, clap::Args)]
pub struct ReasonArgs {
    /// Why you need it, at least 10 characters, to be recorded; asked for by Admin targets, and by others where the
    /// policy says so
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl ReasonArgs {
    /// No reason.
    pub fn none() -> Self {
        ReasonArgs { reason: None }
    }

    /// Whether a reason was given.
    pub fn is_given(&self) -> bool {
        self.reason.is_some()
    }

    /// The request for `found`.
    pub fn request(&self, found: &Found<'_>, retry: RetryPolicy) -> CredentialsRequest {
        CredentialsRequest { source: found.source(), reason: self.reason.clone(), renew: false, retry }
    }
}
