//! `daypass end`: ends an elevation before its time.

use super::context::Context;
use super::open_elevation::{elevation_id, find};
use super::output::stderr;
use crate::domain::elevation::ElevationId;
use crate::domain::policy::OnEnd;
use crate::domain::time::in_whole_seconds;
use crate::flows::end_elevation::{Ended, end_elevation};
use crate::ports::KeyHolders;
use crate::report::Result;
use crate::runtime;

/// End an elevation now: our copy of the credentials is deleted, and the end recorded
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The elevation's id; the only one that is active without it
    #[arg(value_parser = elevation_id)]
    id: Option<ElevationId>,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let elevation = find(args.id, context)?;
    let id = elevation.subject.elevation;
    let work = end_elevation(&context.ports, id);
    let ended = runtime::run(&context.ports.tasks, work)?;
    stderr(&format!("daypass: {} has ended", elevation.subject.described()));
    let catalog = context.ports.state.catalog(elevation.session());
    let target = elevation.subject.target();
    let on_end = context.policy.judge_target(&catalog, &target, context.ports.clock.now().wall).terms().on_end;
    for line in what_is_left(&ended, on_end) {
        stderr(&format!("daypass: {line}"));
    }
    stderr(&format!("daypass: daypass elevations --summary {id}   prints it for the ticket"));
    Ok(0)
}

/// Who can go on with what was handed out, and until when.
fn what_is_left(ended: &Ended, on_end: OnEnd) -> Vec<String> {
    let Some(aws_ends_at) = ended.aws_ends_at else { return Vec::new() };
    let mut lines =
        vec![format!("AWS takes the credentials that were handed out until {}", in_whole_seconds(aws_ends_at))];
    match &ended.holders {
        KeyHolders::None => lines.push("no process of yours has them in its environment".to_owned()),
        KeyHolders::Some(holders) => {
            let names: Vec<String> = holders.iter().map(|(id, name)| format!("{name} ({id})")).collect();
            lines.push(format!("these processes have them in their environment: {}", names.join(", ")));
        }
        KeyHolders::NotTold => lines.push("close the shells and programs that were started with them".to_owned()),
    }
    if on_end == OnEnd::Terminate && ended.holders != KeyHolders::None {
        lines.push("what daypass started with them is ended now".to_owned());
    }
    lines
}
