//! `daypass login --standby`: a sign-in made beforehand at a replica, and its offer after the session's own.

use super::reporter::Reporter;
use super::request::{keyring_agrees, request, say_where_secrets_are};
use crate::cli::context::Context;
use crate::cli::output::{is_attended, stderr};
use crate::cli::terminal_line::agrees;
use crate::domain::ids::Region;
use crate::domain::index::SignInNote;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby::usable;
use crate::domain::time::left_words;
use crate::error::{Error, Kind};
use crate::flows::standby::sign_in_standby;
use crate::report::{Report, Result, standby_login, toml_key};
use crate::runtime;
use crate::settings::StandbyChoice;

/// Signs in at a replica of `session`, unless there is such a sign-in already.
pub(super) fn run(session: &SsoSession, force: bool, context: &Context) -> Result<u8> {
    let standbys = context.standbys_of(session);
    if standbys.is_empty() {
        return Err(Error::NoReplica { session: session.name.clone() }.into());
    }
    if !force && let Some((standby, signed_in)) = signed_in(session, &standbys, context)? {
        let left = left_words(signed_in.lifespan().left(context.ports.clock.now()));
        let region = &standby.region;
        stderr(&format!(
            "`{}` has a standby sign-in in {region} for another {left}; --force signs in again",
            session.name
        ));
        return Ok(0);
    }
    sign_in(session, &standbys, context)
}

/// Asks at the terminal whether to make a standby sign-in too, where the settings say so and there is none.
pub(super) fn offer(session: &SsoSession, context: &Context) -> Result<u8> {
    let standbys = context.standbys_of(session);
    let Some(first) = standbys.first() else { return Ok(0) };
    let is_wanted = context.settings.standby.value == StandbyChoice::Offer && is_attended();
    if !is_wanted || signed_in(session, &standbys, context)?.is_some() {
        return Ok(0);
    }
    match agrees(&format!("Also sign in at {}, in case {} goes out? [Y/n] ", first.region, session.region)) {
        true => sign_in(session, &standbys, context),
        false => Ok(0),
    }
}

/// The first of `standbys` with a sign-in that may serve, in the index and in the keyring.
fn signed_in<'a>(
    session: &SsoSession,
    standbys: &'a [SsoSession],
    context: &Context,
) -> Result<Option<(&'a SsoSession, SignInNote)>> {
    let (index, now) = (context.ports.state.index(), context.ports.clock.now());
    for standby in standbys {
        let noted = usable(index.session(&session.key()), index.session(&standby.key()), now);
        if let Some(noted) = noted
            && keyring_agrees(standby, context)?
        {
            return Ok(Some((standby, noted.clone())));
        }
    }
    Ok(None)
}

fn sign_in(session: &SsoSession, standbys: &[SsoSession], context: &Context) -> Result<u8> {
    let work = async {
        let reporter = Reporter::new(context);
        let tell = |region: &Region| stderr(&format!("signing in to `{}` at its replica in {region}", session.name));
        sign_in_standby(&context.ports, &request(session, context), standbys, &tell, &|event| reporter.show(event))
            .await
    };
    let standby = runtime::run(&context.ports.tasks, work).map_err(|error| not_signed_in(&error, session, standbys))?;
    say_where_secrets_are(context);
    let index = context.ports.state.index();
    let note = index.session(&standby.key()).and_then(|note| note.signed_in.as_ref());
    let left = note.map(|note| left_words(note.lifespan().left(context.ports.clock.now()))).unwrap_or_default();
    stderr(&format!(
        "`{}` has a standby sign-in in {} for {left}: made beforehand, it works while {} does not answer",
        session.name, standby.region, session.region
    ));
    Ok(0)
}

fn not_signed_in(error: &Error, session: &SsoSession, standbys: &[SsoSession]) -> Report {
    let report = Report::of(error);
    let report = match error.kind() {
        Kind::LoginNeeded | Kind::Denied => report.with_only_hint(standby_login(&session.name)),
        _ => report,
    };
    let has_no_region = standbys.iter().any(|standby| standby.start_url.region().is_none());
    if !has_no_region || !error.may_mean_wrong_portal() {
        return report;
    }
    report.hint(format!(
        "a replica's portal has an address of its own, which [sso_regions] takes in the place of the region: \
         {} = [\"https://ID.REGION.portal.amazonaws.com\"]",
        toml_key(&session.name)
    ))
}
