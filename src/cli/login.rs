//! `daypass login`: signs in, unless the session is signed in already.

mod reporter;
mod request;
mod standby;

use std::sync::Arc;

use self::reporter::Reporter;
use self::request::{keyring_agrees, request, say_where_secrets_are};
use super::context::Context;
use super::global::one_of;
use super::output::stderr;
use super::terminal_line::agrees;
use crate::domain::ids::{Region, SessionName, StartUrl};
use crate::domain::index::{SessionNote, SignInNote};
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::visible;
use crate::domain::time::left_words;
use crate::error::{self, Error, Kind};
use crate::flows::standby::{sign_in as sign_in_itself, sign_out};
use crate::report::{Report, Result, correct_portal, standby_login};
use crate::runtime;
use crate::settings::Flags;

/// Sign in to an SSO session, unless it is signed in already
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The SSO session's name in ~/.aws/config
    #[arg(value_name = "SESSION", value_parser = SessionName::parse)]
    session: Option<SessionName>,
    /// How to sign in: `device` works with any browser anywhere, `pkce` with one on this machine
    #[arg(long, value_name = "FLOW", value_parser = one_of::<Flow>())]
    flow: Option<Flow>,
    /// Print the link and the code, and open nothing
    #[arg(long)]
    no_browser: bool,
    /// Sign in again though the session is signed in; with --start-url, replace a section of the same name
    #[arg(long)]
    force: bool,
    /// Sign in beforehand at a replica that `sso_regions` in the settings names; this sign-in works while the session's own
    /// region does not answer
    #[arg(long, conflicts_with = "start_url")]
    standby: bool,
    /// The portal's start URL, or `acme` of acme.awsapps.com, to add a session to ~/.aws/config
    #[arg(long, value_name = "URL", requires = "region", value_parser = StartUrl::from_typed)]
    start_url: Option<StartUrl>,
    /// The region Identity Center runs in
    #[arg(long, value_name = "REGION", requires = "start_url", value_parser = Region::parse)]
    region: Option<Region>,
}

impl Args {
    /// The settings that these arguments override, added to the global flags.
    pub fn flags(&self, global: Flags) -> Flags {
        Flags { flow: self.flow, open_browser: self.no_browser.then_some(false), ..global }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    if args.standby {
        return standby::run(context.session(args.session.as_ref())?, args.force, context);
    }
    let plan = plan(args, context)?;
    let session = &plan.session;
    if plan.config == ConfigEdit::Add {
        context.ports.session_config.add(session)?;
        stderr(&format!("added [sso-session {}] to {}", session.name, config_path(context)));
    }
    if let Some(signed_in) = still_signed_in(session, context).filter(|_| !args.force)
        && keyring_agrees(session, context).map_err(|report| context.in_session(report, session))?
    {
        let left = left_words(signed_in.lifespan().left(context.ports.clock.now()));
        stderr(&format!("`{}` is signed in for another {left}; --force signs in again", session.name));
        return Ok(0);
    }
    let first = is_first_sign_in(session, context);
    runtime::run(&context.ports.tasks, async {
        sign_in(session, context).await?;
        match &plan.config {
            ConfigEdit::Replace(replaced) => replace(replaced.as_ref(), session, context).await,
            ConfigEdit::None | ConfigEdit::Add => Ok(()),
        }
    })
    .map_err(|error| context.in_session(not_signed_in(&error, session, first, context), session))?;
    let left = still_signed_in(session, context).map_or_else(String::new, |note| {
        format!(" for {}", left_words(note.lifespan().left(context.ports.clock.now())))
    });
    stderr(&format!("`{}` is signed in{left}", session.name));
    standby::offer(session, context)
}

/// Whether the index notes a sign-in that has not expired.
pub fn is_signed_in(session: &SsoSession, context: &Context) -> bool {
    still_signed_in(session, context).is_some()
}

/// Asks a person whether to sign in to `session`, where that is needed, and does so.
///
/// # Errors
/// They do not want to, or the sign-in fails.
pub fn offer(session: &SsoSession, context: &Context) -> Result<()> {
    if is_signed_in(session, context) {
        return Ok(());
    }
    if !agrees(&format!("Sign in to {} now? [Y/n] ", session.name)) {
        let declined = Error::LoginNeeded { session: session.name.clone(), elsewhere: None, source: None };
        return Err(context.in_session(declined.into(), session));
    }
    let first = is_first_sign_in(session, context);
    runtime::run(&context.ports.tasks, sign_in(session, context))
        .map_err(|error| context.in_session(not_signed_in(&error, session, first, context), session))
}

/// Whether nothing shows yet that the session's start URL and region are good.
fn is_first_sign_in(session: &SsoSession, context: &Context) -> bool {
    let index = context.ports.state.index();
    index.session(&session.key()).is_none_or(SessionNote::is_untried)
        && context.ports.state.catalog(&session.key()).listed_at.is_none()
}

fn not_signed_in(error: &Error, session: &SsoSession, first: bool, context: &Context) -> Report {
    let report = Report::of(error);
    let is_out = error.kind() == Kind::Unavailable;
    let report = match is_out && !context.standbys_of(session).is_empty() {
        true => report.hint(standby_login(&session.name)),
        false => report,
    };
    if first && error.may_mean_wrong_portal() { report.hint(correct_portal(session)) } else { report }
}

/// The session to sign in to, and what has to change in the config file.
struct Plan {
    session: SsoSession,
    config: ConfigEdit,
}

/// What has to change in the config file.
#[derive(PartialEq)]
enum ConfigEdit {
    /// Nothing.
    None,
    /// The session is added before it is signed in to.
    Add,
    /// A section of the same name is replaced after the sign-in has succeeded; until then the old one stays. Holds
    /// the old session, where it was usable.
    Replace(Option<SsoSession>),
}

/// The session to sign in to: a configured one, or the one that start URL and region describe.
fn plan(args: &Args, context: &Context) -> Result<Plan> {
    let (Some(start_url), Some(region)) = (&args.start_url, &args.region) else {
        let session = context.session(args.session.as_ref())?.clone();
        return Ok(Plan { session, config: ConfigEdit::None });
    };
    let (start_url, region) = (start_url.clone(), region.clone());
    let session = match context.named(args.session.as_ref())? {
        Some(name) => SsoSession::new(name.clone(), start_url, region),
        None => SsoSession::named_after_portal(start_url, region)
            .map_err(|why| Report::usage("the session cannot be named after its portal").because(Some(&why)))?,
    };
    let session = session.at(Arc::clone(&context.endpoints));
    match context.sessions.iter().find(|known| known.name == session.name) {
        Some(known) if known.start_url == session.start_url && known.region == session.region => {
            Ok(Plan { session: known.clone(), config: ConfigEdit::None })
        }
        Some(known) if !args.force => Err(name_is_taken(known, context)),
        known if args.force => Ok(Plan { session, config: ConfigEdit::Replace(known.cloned()) }),
        _ => Ok(Plan { session, config: ConfigEdit::Add }),
    }
}

fn name_is_taken(known: &SsoSession, context: &Context) -> Report {
    Report::usage(format!(
        "{} was not changed: [sso-session {}] is there already, for {} in {}",
        config_path(context),
        known.name,
        known.start_url,
        known.region
    ))
    .hint("choose another name, or add --force to replace that section")
}

fn config_path(context: &Context) -> String {
    visible(&context.aws_config.display().to_string())
}

async fn sign_in(session: &SsoSession, context: &Context) -> error::Result<()> {
    let request = request(session, context);
    let reporter = Reporter::new(context);
    sign_in_itself(&context.ports, &request, &|event| reporter.show(event)).await?;
    drop(reporter);
    say_where_secrets_are(context);
    Ok(())
}

/// Replaces the section of `session`, and signs out of the session that it described before: without a section, no
/// command could delete its secrets from the keyring later.
async fn replace(replaced: Option<&SsoSession>, session: &SsoSession, context: &Context) -> error::Result<()> {
    let section = session.clone();
    context.ports.blocking(move |ports| ports.session_config.replace(&section)).await?;
    stderr(&format!("replaced [sso-session {}] in {}", session.name, config_path(context)));
    if let Some(replaced) = replaced
        && let Err(error) = sign_out(&context.ports, replaced, context.standbys_of(replaced)).await
    {
        stderr(Report::of(&error).text().trim_end());
    }
    Ok(())
}

/// The sign-in that the index notes, where it has not expired.
fn still_signed_in(session: &SsoSession, context: &Context) -> Option<SignInNote> {
    let note = context.ports.state.index().session(&session.key())?.signed_in.clone()?;
    (!note.lifespan().left(context.ports.clock.now()).is_zero()).then_some(note)
}
