//! `daypass logout`: ends a session on the server and deletes its secrets from the keyring.

use std::collections::BTreeSet;

use super::context::Context;
use super::output::stderr;
use crate::domain::ids::SessionName;
use crate::domain::sso_session::SsoSession;
use crate::error;
use crate::flows::logout::{Found, logout};
use crate::flows::standby::all_standbys;
use crate::report::{Report, Result};
use crate::runtime;

/// Sign out: revoke the session at AWS and delete its secrets from the keyring
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The SSO session's name
    #[arg(value_name = "SESSION", value_parser = SessionName::parse, conflicts_with = "all")]
    session: Option<SessionName>,
    /// Sign out of every session
    #[arg(long)]
    all: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let sessions = if args.all {
        if let Some(name) = context.named(None)? {
            return Err(Report::usage(format!("--all and --session `{name}` contradict each other"))
                .hint(format!("daypass logout {name}   signs out of that one")));
        }
        every_session(context)
    } else {
        vec![context.session(args.session.as_ref())?.clone()]
    };
    let found = runtime::run(&context.ports.tasks, sign_out(&with_standbys(&sessions, context), context))?;
    if found == Found::Nothing {
        say_that_nothing_was_found(args, &sessions, context);
    }
    Ok(0)
}

/// The sessions of the config file, and those that the index has beside them: a section may be gone, or lead to another
/// portal, since somebody signed in to it.
fn every_session(context: &Context) -> Vec<SsoSession> {
    let mut sessions = context.sessions.clone();
    let in_use = context.ports.state.index().sessions_in_use();
    let known: BTreeSet<_> = sessions.iter().map(SsoSession::key).collect();
    sessions.extend(in_use.into_iter().filter(|session| !known.contains(&session.key())));
    sessions
}

/// Each session, and behind it those at its replicas.
fn with_standbys(sessions: &[SsoSession], context: &Context) -> Vec<SsoSession> {
    let standbys = |session: &SsoSession| all_standbys(&context.ports, session, context.standbys_of(session));
    let mut all: Vec<_> =
        sessions.iter().flat_map(|session| std::iter::once(session.clone()).chain(standbys(session))).collect();
    let mut seen = BTreeSet::new();
    all.retain(|session| seen.insert(session.key()));
    all
}

fn say_that_nothing_was_found(args: &Args, sessions: &[SsoSession], context: &Context) {
    let [session] = sessions else { return stderr("no session was signed in") };
    stderr(&format!("`{}` was not signed in", session.name));
    let in_use = if args.all { Vec::new() } else { context.ports.state.index().sessions_in_use() };
    for other in in_use.iter().filter(|other| other.name == session.name && other.key() != session.key()) {
        let endpoint = other.endpoints.portal.as_ref().map(|endpoint| format!(", reached at {}", endpoint.url()));
        stderr(&format!(
            "`{}` at {}{} is still signed in; `daypass logout --all` signs out of it",
            other.name,
            other.start_url,
            endpoint.unwrap_or_default()
        ));
    }
}

/// Signs out of each session, whatever became of the others; returns whether there was anything, or the first error.
async fn sign_out(sessions: &[SsoSession], context: &Context) -> error::Result<Found> {
    let (mut found, mut first_error) = (Found::Nothing, None);
    let index = context.ports.state.index();
    for session in sessions {
        match logout(&context.ports, session).await {
            Ok(Found::SignIn) => {
                found = Found::SignIn;
                let name = &session.name;
                stderr(&match index.standby_of(session) {
                    Some(_) => format!("`{name}` is signed out of its standby, {}", session.region),
                    None => format!("`{name}` is signed out"),
                });
            }
            Ok(Found::Nothing) => {}
            Err(error) if first_error.is_none() => first_error = Some(error),
            Err(error) => stderr(Report::of(&error).text().trim_end()),
        }
    }
    first_error.map_or(Ok(found), Err)
}
