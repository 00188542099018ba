//! `daypass logout`: ends a session on the server and deletes its secrets from the keyring.

use super::context::Context;
use super::output::stderr;
use crate::domain::ids::SessionName;
use crate::domain::sso_session::SsoSession;
use crate::error;
use crate::flows::logout::logout;
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
        context.sessions.clone()
    } else {
        vec![context.session(args.session.as_ref())?.clone()]
    };
    runtime::run(&context.ports.tasks, sign_out(&sessions, context))?;
    Ok(0)
}

/// Signs out of each session, whatever became of the others; returns the first error.
async fn sign_out(sessions: &[SsoSession], context: &Context) -> error::Result<()> {
    let mut first_error = None;
    for session in sessions {
        match logout(&context.ports, session).await {
            Ok(()) => stderr(&format!("`{}` is signed out", session.name)),
            Err(error) if first_error.is_none() => first_error = Some(error),
            Err(error) => stderr(Report::of(&error).text().trim_end()),
        }
    }
    first_error.map_or(Ok(()), Err)
}
