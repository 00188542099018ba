//! `daypass elevate`: begins break-glass access to one or several targets, with one reason and one confirmation.

use super::args::{Found, TargetArgs, pick};
use super::context::Context;
use super::elevation_args::ElevationArgs;
use super::gate::{Elevating, confirmed};
use super::obtain::obtain_now;
use super::output::{self, INTERRUPTED, stderr};
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::{AwsLife, Confirmation, Draft, ElevationId};
use crate::domain::time::{in_whole_seconds, later, left_words};
use crate::error::Error;
use crate::flows::elevation::review_draft;
use crate::flows::end_elevation::drill;
use crate::report::{Report, Result};
use crate::runtime;

/// Begin break-glass access: a reason, a typed confirmation, a record, and an end
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ACCOUNT_ID/ROLE, account-name/role, an alias, or an AWS profile's name; several share reason and confirmation. At a
    /// terminal, a list to choose from opens where it is left out
    #[arg(value_name = "TARGET")]
    target: Vec<String>,
    #[command(flatten)]
    elevation: ElevationArgs,
    /// Say what would be asked, who would be told and when it would end, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do everything but asking AWS; recorded as a drill, and needs no ticket
    #[arg(long)]
    drill: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let Some(found) = args.found(context)? else { return Ok(INTERRUPTED) };
    let targets: Vec<Elevating> = found.iter().map(|found| Elevating::judged(context, found.source())).collect();
    if args.dry_run {
        return dry_run(args, &targets, context);
    }
    if let Some(open) = targets.iter().find(|target| !target.verdict.is_gated()) {
        let target = open.source().target();
        return Err(Report::usage(format!("{target} asks for no elevation"))
            .hint(format!("daypass exec {target} -- CMD   uses it as it is")));
    }
    let in_session = |found: &Found<'_>, error: Error| context.in_session(error.into(), found.session);
    let mut draft = match (confirmed(context, &targets, &args.elevation, |reason| args.draft(reason)), found.first()) {
        (Ok(draft), _) => draft,
        (Err(error), Some(first)) => return Err(in_session(first, error)),
        (Err(error), None) => return Err(error.into()),
    };
    for (target, found) in targets.iter().zip(&found) {
        match begin(args, target, &draft, context).map_err(|error| in_session(found, error)) {
            Ok(begun) => draft.group = draft.group.or(begun),
            // Those before it are active, and whoever asked has to know.
            Err(report) if draft.group.is_some() => return Err(report.after_a_part_was_done()),
            Err(report) => return Err(report),
        }
    }
    Ok(0)
}

impl Args {
    /// Whether a target is named at all.
    pub(super) fn name_a_target(&self) -> bool {
        !self.target.is_empty()
    }

    /// The targets, each once; none where nobody chose one.
    fn found<'a>(&self, context: &'a Context) -> Result<Option<Vec<Found<'a>>>> {
        if self.target.is_empty() {
            return Ok(pick(context)?.map(|chosen| vec![chosen]));
        }
        let mut found: Vec<Found<'a>> = Vec::new();
        for named in &self.target {
            let next = TargetArgs::named(named).find(context)?;
            if found.iter().all(|known| known.source().key() != next.source().key()) {
                found.push(next);
            }
        }
        Ok(Some(found))
    }

    fn draft(&self, reason: &str) -> Draft {
        Draft { drill: self.drill, ..self.elevation.draft(reason) }
    }
}

/// Begins one of the elevations; returns its id.
fn begin(args: &Args, target: &Elevating, draft: &Draft, context: &Context) -> Result<Option<ElevationId>, Error> {
    if args.drill {
        let approved = review_draft(&context.ports, target.source(), &target.verdict, draft)??;
        let (id, duration) = (approved.id(), approved.duration());
        let work = drill(&context.ports, target.source(), &target.verdict, approved);
        runtime::run(&context.ports.tasks, work)?;
        stderr(&format!("daypass: drill for {}, {duration:#}; daypass end {id}   ends it", target.described()));
        let ends_at = in_whole_seconds(later(context.ports.clock.now().wall, duration));
        let _ = output::stdout(&format!("{id} {} {ends_at}\n", target.source().target()));
        return Ok(Some(id));
    }
    let cached = obtain_now(context, target.source().clone(), Some(draft.clone()), None)?;
    say_begun(target, &cached, context);
    Ok(cached.elevation())
}

/// Says how long it lasts here and at AWS.
pub(super) fn say_begun(target: &Elevating, cached: &CachedCredentials, context: &Context) {
    let (described, now) = (target.described(), context.ports.clock.now());
    let life = cached.life();
    let aws_ends_at = cached.credentials().expires_at;
    let aws_left = life.obtained().left_until(aws_ends_at, now);
    let ours = left_words(life.left(now));
    stderr(&format!("daypass: {described} for {ours}; AWS's end is in {}", left_words(aws_left)));
    let (at_aws, most) = (aws_ends_at.duration_since(life.obtained().aws_time_then()), target.verdict.max_duration());
    let mend = match AwsLife::of(at_aws, most) {
        AwsLife::AsThePolicyAllows => None,
        AwsLife::LongerThanNeeded => Some("a session duration of PT1H in the permission set mends that"),
        AwsLife::Shortest => Some("one hour is the shortest that a permission set can have"),
    };
    if let Some(mend) = mend {
        stderr(&format!("daypass: AWS's end is later than the policy allows ({most:#}); {mend}"));
    }
    if let Some(id) = cached.elevation() {
        stderr(&format!("daypass: daypass shell {}   opens a shell with it", cached.target()));
        stderr(&format!("daypass: daypass end {id}   ends it early"));
        let line = format!("{id} {} {}\n", cached.target(), in_whole_seconds(life.ends_at_local()));
        // The elevation runs, whoever reads that.
        let _ = output::stdout(&line);
    }
}

fn dry_run(args: &Args, targets: &[Elevating], context: &Context) -> Result<u8> {
    let mut draft = args.draft(args.elevation.reason().unwrap_or_default());
    if !args.elevation.say_yes() {
        draft.confirmation = Some(Confirmation::Typed);
    }
    let (mut text, mut refused_with) = (String::new(), None);
    for target in targets {
        let (plan, refusal) = target.plan(context, &draft)?;
        text.push_str(&format!("{plan}\n"));
        if let Some(refusal) = refusal {
            let report = Report::of(&Error::ElevationRefused(refusal));
            text.extend(report.hints().into_iter().map(|hint| format!("  {hint}\n")));
            refused_with = refused_with.or(Some(report.kind().exit_code()));
        }
    }
    if let Some(exit_code) = refused_with {
        stderr(&format!("daypass: refused, as it is asked for:\n{}", text.trim_end()));
        return Ok(exit_code);
    }
    output::stdout(&text)?;
    Ok(0)
}
