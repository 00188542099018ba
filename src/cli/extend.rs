//! `daypass extend`: carries an elevation on with a new one, which has its own reason and confirmation.

use super::context::Context;
use super::elevate::say_begun;
use super::elevation_args::ElevationArgs;
use super::gate::{Elevating, confirmed};
use super::obtain::obtain_now;
use super::open_elevation::{WhichArgs, is_of_shell};
use super::output::stderr;
use crate::domain::elevation::Draft;
use crate::domain::source::Source;
use crate::report::{Report, Result};

/// Carry an elevation on: a new one that takes its place, under the policy's caps
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    elevation: ElevationArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let elevation = args.which.find("extend", context)?;
    if elevation.subject.drill {
        return Err(Report::usage("a drill is not extended").hint("daypass elevate TARGET --drill   holds another one"));
    }
    let session = context.session_named(&elevation.subject.access.session)?;
    // One that began at a standby is carried on there, so that it takes the place of that one.
    let noted = context.ports.state.index().source(elevation.session(), &elevation.subject.target());
    let source = noted.unwrap_or_else(|| Source::portal_role(session.clone(), elevation.subject.target()));
    let targets = [Elevating::judged(context, source)];
    let extends = Some(elevation.subject.elevation);
    let draft = |reason: &str| Draft { extends, ..args.elevation.draft(reason) };
    let in_session = |error: crate::error::Error| context.in_session(error.into(), session);
    let draft = confirmed(context, &targets, &args.elevation, draft).map_err(in_session)?;
    let [target] = targets;
    let cached = obtain_now(context, target.source().clone(), Some(draft), None).map_err(in_session)?;
    say_begun(&target, &cached, context);
    if is_of_shell(elevation.subject.elevation, context) {
        let target = target.source().target();
        stderr(&format!(
            "daypass: this shell keeps the old credentials and their end; exit, then daypass shell {target}"
        ));
    }
    Ok(0)
}
