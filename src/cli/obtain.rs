//! Credentials for a person, who is asked for what is missing where they are at a terminal.

use super::args::Found;
use super::context::Context;
use super::elevation_args::ElevationArgs;
use super::gate::{Elevating, confirmed};
use super::output::{is_attended, stderr, while_asking};
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::Draft;
use crate::domain::source::Source;
use crate::error::{self, Error};
use crate::flows::kept::Kept;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::flows::standby::obtain_with_standby;
use crate::report::Result;
use crate::runtime;

/// Credentials for `found`. With a reason they are those of a new elevation; one that is needed and was not asked for is
/// asked for here, while nothing is locked. `kept` is what was read already.
pub(super) fn obtain_for_person(
    context: &Context,
    found: &Found<'_>,
    args: &ElevationArgs,
    kept: Option<Kept>,
) -> Result<CachedCredentials> {
    let target = Elevating::judged(context, found.source());
    let obtained = if args.ask_for_one() && target.verdict.is_gated() {
        elevate(context, target, args)
    } else {
        match obtain_now(context, found.source(), None, kept) {
            Err(changed @ Error::ReasonRequired { lacking: Some(_), .. }) if is_attended() => {
                stderr(&format!("daypass: {changed}"));
                elevate(context, target, args)
            }
            Err(Error::ReasonRequired { .. }) if is_attended() => elevate(context, target, args),
            Err(refused @ Error::NotOnCall { .. }) if is_attended() => {
                stderr(&format!("daypass: {refused}; an elevation opens it"));
                elevate(context, target, args)
            }
            obtained => obtained,
        }
    };
    obtained.map_err(|error| context.in_session(error.into(), found.session))
}

fn elevate(context: &Context, target: Elevating, args: &ElevationArgs) -> error::Result<CachedCredentials> {
    let targets = [target];
    let draft = confirmed(context, &targets, args, |reason| args.draft(reason))?;
    let [target] = targets;
    obtain_now(context, target.source().clone(), Some(draft), None)
}

/// Credentials of `source`, under a new elevation where there is a draft of one.
pub(super) fn obtain_now(
    context: &Context,
    source: Source,
    elevation: Option<Draft>,
    kept: Option<Kept>,
) -> error::Result<CachedCredentials> {
    let request = CredentialsRequest { source, elevation, renew: false, retry: RetryPolicy::INTERACTIVE };
    let standbys = context.standbys_of(request.source.session());
    let tell = |diversion| stderr(&format!("daypass: {diversion}"));
    let work = obtain_with_standby(&context.ports, &context.policy, &request, kept, &standbys, &tell);
    let obtained = runtime::run(&context.ports.tasks, while_asking(request.source.target(), work));
    say_what_the_log_lost(context);
    obtained
}

/// Says that something went on without a record, where it did.
pub(super) fn say_what_the_log_lost(context: &Context) {
    if let Some(notice) = context.ports.audit.notice() {
        stderr(&format!("daypass: {notice}"));
    }
}
