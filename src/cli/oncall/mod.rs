//! `daypass oncall`: who is on duty on each rota, who the person is there, and how old that knowledge is. `set` and `forget`
//! keep the address of a calendar in the keyring and take it out again.

mod address;
mod rows;

use std::time::Duration;

use clap::Subcommand;
use futures_util::future::join_all;

use self::rows::RotaRow;
use super::context::Context;
use super::output::{Progress, stdout};
use crate::domain::on_call::Rota;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::Untrusted;
use crate::flows::on_call::{ask, know, last_known, why};
use crate::report::{Report, Result};
use crate::runtime;

/// How long a rota's source is waited for: a person waits, and gets what is known where it takes longer.
const WITHIN: Duration = Duration::from_secs(10);

/// Show who is on duty on each rota of the policy, until when, and how old that knowledge is
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Read every rota again, though it was read less than 15 minutes ago
    #[arg(long)]
    refresh: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Keep the address of a rota's calendar in the keyring; it is typed without being shown, or read from standard input
    Set {
        /// The rota, whose `ical` in the policy is "keyring"
        #[arg(value_name = "ROTA")]
        rota: String,
    },
    /// Delete the address of a rota's calendar from the keyring
    Forget {
        /// The rota
        #[arg(value_name = "ROTA")]
        rota: String,
    },
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    match &args.action {
        Some(Action::Set { rota }) => address::set(rota, context),
        Some(Action::Forget { rota }) => address::forget(rota, context),
        None => show(args, context),
    }
}

fn show(args: &Args, context: &Context) -> Result<u8> {
    if context.policy.rotas().is_empty() && !args.json {
        return Err(Report::usage("the policy has no rota")
            .hint("add [[rota]] with `name`, and `ical`, `shifts` or `command`, to policy.toml"));
    }
    let progress = Progress::new();
    progress.show("reading the rotas …");
    let rows = runtime::run(&context.ports.tasks, async {
        Ok(join_all(context.policy.rotas().iter().map(|rota| row(rota, args.refresh, context))).await)
    });
    drop(progress);
    let rows = rows?;
    stdout(&if args.json { rows::json(&rows) } else { rows::text(&rows, &context.environment.time_zone()) })?;
    Ok(0)
}

/// What is known of `rota`; where it cannot be read, what was read of it before.
async fn row(rota: &Rota, refresh: bool, context: &Context) -> RotaRow {
    let ports = &context.ports;
    let read = if refresh { ask(ports, rota, WITHIN).await } else { know(ports, rota, WITHIN).await };
    let (known, failure) = match read {
        Ok(known) => (Some(known), None),
        Err(error) => (last_known(ports, rota), Some(why(&error))),
    };
    RotaRow::new(rota, known.as_ref(), failure, &users(context), context)
}

/// Who AWS says has signed in to each session.
fn users(context: &Context) -> Vec<(String, Option<Untrusted>)> {
    let index = context.ports.state.index();
    let user = |session: &SsoSession| index.session(&session.key()).and_then(|note| note.user.clone());
    context.sessions.iter().map(|session| (session.name.to_string(), user(session))).collect()
}
