//! `daypass end`: ends an elevation before its time.

use super::context::Context;
use super::open_elevation::{WhichArgs, active, is_of_shell, none};
use super::output::stderr;
use crate::domain::elevation_list::OpenElevation;
use crate::domain::policy::OnEnd;
use crate::domain::time::in_whole_seconds;
use crate::flows::end_elevation::{Ended, end_elevation};
use crate::ports::KeyHolders;
use crate::report::Result;
use crate::runtime;

/// End an elevation now: our copy of the credentials is deleted, and the end recorded
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: WhichArgs,
    /// End every elevation that is active
    #[arg(long, conflicts_with = "named")]
    all: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    if !args.all {
        end(&args.which.find("end", context)?, context)?;
        return Ok(0);
    }
    let elevations = context.ports.audit.elevations()?;
    let active = active(&elevations);
    if active.is_empty() {
        return Err(none("no elevation is active"));
    }
    active.into_iter().try_for_each(|elevation| end(elevation, context))?;
    Ok(0)
}

fn end(elevation: &OpenElevation, context: &Context) -> Result<()> {
    let id = elevation.subject.elevation;
    let ended = runtime::run(&context.ports.tasks, end_elevation(&context.ports, id))?;
    stderr(&format!("daypass: {} has ended", elevation.subject.described()));
    for line in what_is_left(&ended, on_end(elevation, context)) {
        stderr(&format!("daypass: {line}"));
    }
    if is_of_shell(id, context) {
        stderr("daypass: THIS shell still has them; exit leaves it");
    }
    stderr(&format!("daypass: daypass elevations --summary {id}   prints it for the ticket"));
    Ok(())
}

fn on_end(elevation: &OpenElevation, context: &Context) -> OnEnd {
    let catalog = context.ports.state.catalog(elevation.session());
    let target = elevation.subject.target();
    context.policy.judge_target(&catalog, &target, context.ports.clock.now().wall).terms().on_end
}

/// Who can go on with what was handed out, and until when.
fn what_is_left(ended: &Ended, on_end: OnEnd) -> Vec<String> {
    let Some(aws_ends_at) = ended.aws_ends_at else { return Vec::new() };
    let mut lines =
        vec![format!("AWS accepts the credentials that were handed out until {}", in_whole_seconds(aws_ends_at))];
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
