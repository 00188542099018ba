//! `daypass elevations`: what was elevated, and what is until when.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::context::Context;
use super::open_elevation::elevation_id;
use super::output;
use crate::domain::audit::Subject;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::{ElevationList, OpenElevation, Outcome, PastElevation};
use crate::domain::incident_summary::IncidentSummary;
use crate::domain::live::until_words;
use crate::domain::time::{Now, in_whole_seconds, local_words};
use crate::report::{Report, Result};

/// Show what is elevated and until when, after the latest elevations that are over
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Show all that are over
    #[arg(long, conflicts_with_all = ["json", "summary"])]
    all: bool,
    /// Print one elevation for a ticket or a hand-over
    #[arg(long, value_name = "ID", value_parser = elevation_id, conflicts_with = "json")]
    summary: Option<ElevationId>,
    /// Print the summary as Markdown
    #[arg(long, requires = "summary")]
    markdown: bool,
}

/// How many of those that are over are shown unless all are asked for.
const SHOWN: usize = 20;

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Active,
    /// AWS has not answered yet.
    Issuing,
    Over,
}

#[derive(Serialize)]
struct Row {
    id: String,
    state: State,
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
    let (now, zone) = (context.ports.clock.now(), context.environment.time_zone());
    let text = match (args.summary, args.json) {
        (Some(id), _) => summary(&list, id, args.markdown, &zone)?,
        (None, true) => json(&list, now),
        (None, false) => text(&list, if args.all { usize::MAX } else { SHOWN }, now, &zone),
    };
    output::stdout(&text)?;
    Ok(0)
}

fn summary(list: &ElevationList, id: ElevationId, as_markdown: bool, zone: &TimeZone) -> Result<String> {
    let past = list.past().iter().rev().find(|past| past.subject.elevation == id).map(IncidentSummary::of_past);
    let unknown = || Report::usage(format!("no elevation {id} is known")).hint("daypass elevations --all   lists them");
    let summary = list.get(id).map(IncidentSummary::of_open).or(past).ok_or_else(unknown)?;
    Ok(if as_markdown { summary.markdown(zone) } else { summary.text(zone) })
}

fn json(list: &ElevationList, now: Now) -> String {
    let open = list.open().map(|elevation| open_row(elevation, now));
    let rows: Vec<Row> = open.chain(list.past().iter().rev().map(past_row)).collect();
    // A struct of numbers and texts always serializes.
    serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n"
}

/// Those that are over in the order in which they ended, at most `most` of them; then those that are not.
fn text(list: &ElevationList, most: usize, now: Now, zone: &TimeZone) -> String {
    let left_out = list.past().len().saturating_sub(most);
    let mut text = String::new();
    if left_out > 0 {
        text.push_str(&format!("{left_out} before these: daypass elevations --all\n"));
    }
    for past in list.past().iter().skip(left_out) {
        text.push_str(&entry(&past.subject, &past.outcome.words(), &past_times(past, now, zone)));
    }
    for open in list.open() {
        let (state, times) = open_words(open, now, zone);
        text.push_str(&entry(&open.subject, state, &times));
    }
    if list.open().next().is_none() {
        text.push_str("nothing is elevated\n");
    }
    text
}

/// ```text
/// prod-payments-0003 / Admin · active
///   until 09:27 CET (27m left); AWS accepts it until 12:27 CET
///   INC-4711 · alice@acme.example · restore the ledger
///   01M7YNAYM00000000000000000
/// ```
fn entry(subject: &Subject, state: &str, times: &str) -> String {
    let drill = if subject.drill { " · drill" } else { "" };
    let (described, id) = (subject.described(), subject.elevation);
    format!("{described} · {state}{drill}\n  {times}\n  {}\n  {id}\n", subject.why_and_who())
}

fn open_words(open: &OpenElevation, now: Now, zone: &TimeZone) -> (&'static str, String) {
    match &open.active {
        Some(active) => ("active", until_words(active, now, zone)),
        None => ("without an answer yet", asked_words(&open.subject, now, zone)),
    }
}

fn asked_words(subject: &Subject, now: Now, zone: &TimeZone) -> String {
    format!("asked for {}", local_words(subject.requested_at, now.wall, zone))
}

fn past_times(past: &PastElevation, now: Now, zone: &TimeZone) -> String {
    let local = |at| local_words(at, now.wall, zone);
    let lasted = match past.lasted {
        Some((from, until)) => format!("{} to {}", local(from), local(until)),
        None => asked_words(&past.subject, now, zone),
    };
    let aws =
        past.accepted_until(now.wall).map(|until| format!("; AWS accepts copies of its keys until {}", local(until)));
    lasted + &aws.unwrap_or_default()
}

fn open_row(elevation: &OpenElevation, now: Now) -> Row {
    let active = elevation.active.as_ref();
    Row {
        from: active.map(|active| in_whole_seconds(active.life.obtained().aws_time_then())),
        until: active.map(|active| in_whole_seconds(active.life.ends_at())),
        aws_until: active
            .and_then(|active| active.credentials.as_ref())
            .map(|credentials| in_whole_seconds(credentials.aws_ends_at)),
        seconds_left: active.map(|active| active.life.left(now).as_secs()),
        ..row(&elevation.subject, if active.is_some() { State::Active } else { State::Issuing })
    }
}

fn past_row(elevation: &PastElevation) -> Row {
    let ended = match &elevation.outcome {
        Outcome::Failed(why) => format!("failed: {why}"),
        Outcome::Ended(how) => how.word().to_owned(),
    };
    Row {
        from: elevation.lasted.map(|(from, _)| in_whole_seconds(from)),
        until: elevation.lasted.map(|(_, until)| in_whole_seconds(until)),
        aws_until: elevation.credentials.as_ref().map(|credentials| in_whole_seconds(credentials.aws_ends_at)),
        ended: Some(ended),
        ..row(&elevation.subject, State::Over)
    }
}

fn row(subject: &Subject, state: State) -> Row {
    Row {
        id: subject.elevation.to_string(),
        state,
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

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::json;

    use super::*;

    /// As many as `count`, the last of them ended an hour before the start of 1970-02-01.
    fn over(count: u64) -> ElevationList {
        let past: Vec<_> = (0..count)
            .map(|at| {
                let minutes = i64::try_from(at).unwrap() - i64::try_from(count).unwrap();
                let until = now().wall + SignedDuration::from_mins(60 * minutes);
                json!({
                    "subject": {
                        "elevation": ElevationId::new(Timestamp::UNIX_EPOCH, u128::from(at)), "session": "acme",
                        "portal": "acme.awsapps.com", "account": "100000023757", "role": "Admin", "tier": "admin",
                        "gate": "break_glass", "rules": ["built-in *Admin*"], "policy_digest": "00", "mode": "direct",
                        "reason": format!("reason number {at}"), "requested_at": 0,
                    },
                    "lasted": [until - SignedDuration::from_mins(10), until],
                    "credentials": { "access_key_id": "ASIAEXAMPLE", "aws_ends_at": (until + SignedDuration::from_mins(70)).as_millisecond() },
                    "fetches": 1,
                    "outcome": { "ended": "ended_early" },
                })
            })
            .collect();
        serde_json::from_value(json!({ "open": {}, "past": past })).unwrap()
    }

    fn now() -> Now {
        Now { wall: "1970-02-01T00:00:00Z".parse().unwrap(), boot: None, latest_aws_time: None }
    }

    fn shown(count: u64, most: usize) -> String {
        text(&over(count), most, now(), &TimeZone::UTC)
    }

    #[test]
    fn the_latest_stand_last_and_what_is_left_out_is_counted_before_them() {
        let some = shown(23, SHOWN);
        assert!(some.starts_with("3 before these: daypass elevations --all\n"), "{some}");
        assert!(!some.contains("reason number 2\n") && some.contains("reason number 3\n"), "{some}");
        assert!(
            some.find("number 3\n") < some.find("number 22\n") && some.ends_with("nothing is elevated\n"),
            "{some}"
        );
        let all = shown(23, usize::MAX);
        assert!(all.contains("reason number 0\n") && !all.contains("before these"), "{all}");
        assert_eq!(shown(0, SHOWN), "nothing is elevated\n");
    }

    #[test]
    fn one_that_is_over_tells_how_in_words_and_what_aws_still_accepts() {
        let expected = "100000023757 / Admin · ended early\n  1970-01-31 22:50 UTC to 1970-01-31 23:00 UTC; AWS accepts \
                        copies of its keys until 00:10 UTC\n  reason number 0\n";
        assert!(shown(1, SHOWN).starts_with(expected), "{}", shown(1, SHOWN));
    }
}
