//! Credentials for a person, who is asked for what is missing where they are at a terminal.

use super::args::{Found, ReasonArgs};
use super::ask::ask_for_reason;
use super::context::Context;
use super::output::{is_attended, stderr, while_asking};
use crate::domain::credentials::CachedCredentials;
use crate::error::{self, Error};
use crate::flows::kept::Kept;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::flows::standby::obtain_with_standby;
use crate::report::Result;
use crate::runtime;

/// Credentials for `found`. A reason that is needed and was not given is asked for, while nothing is locked. `kept` is what
/// was read already.
pub(super) fn obtain_for_person(
    context: &Context,
    found: &Found<'_>,
    reason: &ReasonArgs,
    kept: Option<Kept>,
) -> Result<CachedCredentials> {
    let request = reason.request(found, RetryPolicy::INTERACTIVE);
    let obtained = match run(context, &request, kept) {
        Err(needed @ Error::ReasonRequired { .. }) if is_attended() => with_asked_reason(context, request, needed),
        obtained => obtained,
    };
    obtained.map_err(|error| context.in_session(error.into(), found.session))
}

/// The same with the reason that the person gives now; `needed` where they give none.
fn with_asked_reason(
    context: &Context,
    request: CredentialsRequest,
    needed: Error,
) -> error::Result<CachedCredentials> {
    match ask_for_reason(context, &request.source)? {
        Some(reason) => run(context, &CredentialsRequest { reason: Some(reason.into()), ..request }, None),
        None => Err(needed),
    }
}

fn run(context: &Context, request: &CredentialsRequest, kept: Option<Kept>) -> error::Result<CachedCredentials> {
    let standbys = context.standbys_of(request.source.session());
    let tell = |diversion| stderr(&format!("daypass: {diversion}"));
    let work = obtain_with_standby(&context.ports, &context.policy, request, kept, &standbys, &tell);
    runtime::run(&context.ports.tasks, while_asking(request.source.target(), work))
}
