//! `daypass elevations`: what is active until when, and what was.

use serde::Serialize;

use super::context::Context;
use super::open_elevation::elevation_id;
use super::output;
use crate::domain::audit::Subject;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::{ElevationList, OpenElevation, Outcome, PastElevation};
use crate::domain::incident_summary::IncidentSummary;
use crate::domain::time::{Now, in_whole_seconds, left_words};
use crate::error::Error;
use crate::report::Result;

/// Show what is elevated and until when, and the elevations that are over
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print one elevation for a ticket or a hand-over
    #[arg(long, value_name = "ID", value_parser = elevation_id, conflicts_with = "json")]
    summary: Option<ElevationId>,
    /// Print the summary as Markdown
    #[arg(long, requires = "summary")]
    markdown: bool,
}

/// How many of those that are over the table shows.
const SHOWN: usize = 20;

#[derive(Serialize)]
struct Row {
    id: String,
    state: &'static str,
    target: String,
    account_name: Option<String>,
    user: Option<String>,
    reason: String,
    ticket: Option<String>,
    drill: bool,
    from: Option<String>,
    until: Option<String>,
    aws_until: Option<String>,
    seconds_left: Option<i64>,
    ended: Option<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let list = context.ports.audit.all_elevations()?;
    let now = context.ports.clock.now();
    let text = match (args.summary, args.json) {
        (Some(id), _) => summary(&list, id, args.markdown)?,
        (None, true) => json(&list, now),
        (None, false) => table(&list, now),
    };
    output::stdout(&text)?;
    Ok(0)
}

fn summary(list: &ElevationList, id: ElevationId, as_markdown: bool) -> Result<String> {
    let past = list.past().iter().rev().find(|past| past.subject.elevation == id).map(IncidentSummary::of_past);
    let summary = list.get(id).map(IncidentSummary::of_open).or(past).ok_or(Error::NoSuchElevation(id))?;
    Ok(if as_markdown { summary.markdown() } else { summary.text() })
}

fn json(list: &ElevationList, now: Now) -> String {
    let open = list.open().map(|elevation| open_row(elevation, now));
    let rows: Vec<Row> = open.chain(list.past().iter().rev().map(past_row)).collect();
    // A struct of numbers and texts always serializes.
    serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n"
}

fn table(list: &ElevationList, now: Now) -> String {
    let mut text = String::new();
    for elevation in list.open() {
        let row = open_row(elevation, now);
        let left = row.seconds_left.map(|left| left_words(jiff::SignedDuration::from_secs(left)));
        let state = left.map_or_else(|| "without an answer yet".to_owned(), |left| format!("{left} left"));
        text.push_str(&lines(&elevation.subject, &format!("{} · {state}", row.state), &row));
    }
    if text.is_empty() {
        text.push_str("nothing is elevated\n");
    }
    let past: Vec<&PastElevation> = list.past().iter().rev().take(SHOWN).collect();
    for elevation in &past {
        let row = past_row(elevation);
        text.push_str(&lines(&elevation.subject, row.ended.as_deref().unwrap_or_default(), &row));
    }
    let more = list.past().len() - past.len();
    if more > 0 {
        text.push_str(&format!("and {more} before these: daypass elevations --json\n"));
    }
    text
}

fn lines(subject: &Subject, state: &str, row: &Row) -> String {
    let drill = if row.drill { " · drill" } else { "" };
    let ticket = row.ticket.as_ref().map(|ticket| format!(" · {ticket}")).unwrap_or_default();
    let span = match (&row.from, &row.until) {
        (Some(from), Some(until)) => format!("{from} to {until}"),
        _ => in_whole_seconds(subject.requested_at),
    };
    format!("{} · {state}{drill}\n  {}  {span}{ticket}\n  {}\n", subject.described(), row.id, row.reason)
}

fn open_row(elevation: &OpenElevation, now: Now) -> Row {
    let active = elevation.active.as_ref();
    Row {
        state: if active.is_some() { "active" } else { "issuing" },
        from: active.map(|active| in_whole_seconds(active.life.obtained().aws_time_then())),
        until: active.map(|active| in_whole_seconds(active.life.ends_at())),
        aws_until: active
            .and_then(|active| active.credentials.as_ref())
            .map(|credentials| in_whole_seconds(credentials.aws_ends_at)),
        seconds_left: active.map(|active| active.life.left(now).as_secs()),
        ..row(&elevation.subject)
    }
}

fn past_row(elevation: &PastElevation) -> Row {
    let ended = match &elevation.outcome {
        Outcome::Failed(why) => format!("failed: {why}"),
        Outcome::Ended(how) => how.word().to_owned(),
    };
    Row {
        state: "over",
        from: elevation.lasted.map(|(from, _)| in_whole_seconds(from)),
        until: elevation.lasted.map(|(_, until)| in_whole_seconds(until)),
        aws_until: elevation.credentials.as_ref().map(|credentials| in_whole_seconds(credentials.aws_ends_at)),
        ended: Some(ended),
        ..row(&elevation.subject)
    }
}

fn row(subject: &Subject) -> Row {
    Row {
        id: subject.elevation.to_string(),
        state: "",
        target: subject.target().to_string(),
        account_name: subject.access.account_name.clone(),
        user: subject.access.user.clone(),
        reason: subject.reason.to_string(),
        ticket: subject.ticket.as_ref().map(ToString::to_string),
        drill: subject.drill,
        from: None,
        until: None,
        aws_until: None,
        seconds_left: None,
        ended: None,
    }
}
