//! `daypass roles`: the accounts and roles the engineer holds, filtered, as a table, JSON or CSV.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use serde::Serialize;

use super::context::Context;
use super::output::{self, Progress, stderr};
use crate::domain::catalog::Catalog;
use crate::domain::filter::Filter;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::{columns, fit, padded, visible};
use crate::domain::tier::Tier;
use crate::error::Kind;
use crate::flows::catalog::{Event, list};
use crate::flows::judge::judge_role;
use crate::report::{Report, Result};
use crate::runtime;

/// The greatest width of a column.
const WIDEST: usize = 40;

/// List the accounts and roles you hold
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Words that must all match: account name, id or role, fuzzily
    filter: Vec<String>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
    /// List again from AWS
    #[arg(long)]
    refresh: bool,
}

/// One role of one account, safe to show.
#[derive(Serialize)]
struct Row {
    account_id: String,
    account_name: String,
    email: String,
    role: String,
    tier: Tier,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let session = context.session(None)?;
    let catalog = catalog(args, session, context).map_err(|report| context.in_session(report, session))?;
    let query = args.filter.join(" ");
    let all = rows(&catalog, context);
    let listed = all.len();
    let rows = filtered(all, &query);
    let text = match (args.json, args.csv) {
        (true, _) => serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n",
        (_, true) => csv(&rows),
        _ => table(&rows),
    };
    output::stdout(&text)?;
    if rows.is_empty() {
        stderr(&nothing_to_show(&query, listed, &catalog, session, context));
    }
    let failed = catalog.failed_count();
    if failed > 0 {
        stderr(&format!("{failed} of {} accounts could not be listed in full", catalog.entries.len()));
    }
    if catalog.cut_short {
        stderr("AWS did not list the accounts to the end; there may be more");
    }
    if failed > 0 || catalog.cut_short {
        stderr(&format!("daypass roles{} --refresh   tries again", context.session_flag(session)));
        return Ok(Kind::Partial.exit_code());
    }
    Ok(0)
}

/// Why there are no rows.
fn nothing_to_show(query: &str, listed: usize, catalog: &Catalog, session: &SsoSession, context: &Context) -> String {
    if listed == 0 {
        return format!("`{}` lists no roles for you", session.name);
    }
    let now = context.ports.clock.now().wall;
    let age = catalog.listed_at.map_or_else(String::new, |at| format!(" {}", age(now.duration_since(at))));
    format!("no role matches `{}`; {listed} roles listed{age}", fit(&visible(query), WIDEST))
}

/// How long ago something was, in words.
fn age(age: SignedDuration) -> String {
    let minutes = age.as_mins();
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1440 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1440),
    }
}

/// The catalog, listed again where that is asked for or due. Where it is only due, the old one is shown if AWS fails.
fn catalog(args: &Args, session: &SsoSession, context: &Context) -> Result<Catalog> {
    let kept = context.ports.state.catalog(&session.key());
    if !args.refresh && !kept.is_stale(context.ports.clock.now().wall) {
        return Ok(kept);
    }
    let progress = Progress::new();
    let counter = Counter { progress: &progress, total: AtomicUsize::new(0), listed: AtomicUsize::new(0) };
    match runtime::run(&context.ports.tasks, list(&context.ports, session, &|event| counter.count(&event))) {
        Ok(catalog) => Ok(catalog),
        Err(error) if !args.refresh && kept.listed_at.is_some() => {
            drop(progress);
            stderr(&format!(
                "showing the list of {}: {}",
                kept.listed_at.unwrap_or_default(),
                Report::of(&error).message()
            ));
            Ok(kept)
        }
        Err(error) => Err(error.into()),
    }
}

struct Counter<'a> {
    progress: &'a Progress,
    total: AtomicUsize,
    listed: AtomicUsize,
}

impl Counter<'_> {
    fn count(&self, event: &Event) {
        match event {
            Event::Begun { catalog, due } => {
                self.total.store(catalog.entries.len(), Ordering::Relaxed);
                self.listed.store(catalog.entries.len().saturating_sub(*due), Ordering::Relaxed);
            }
            Event::Changed(_) => {
                self.listed.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (listed, total) = (self.listed.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        self.progress.show(&format!("{listed} of {total} accounts listed …"));
    }
}

fn rows(catalog: &Catalog, context: &Context) -> Vec<Row> {
    let of_entry = |entry: &crate::domain::catalog::Entry| {
        let account = entry.account.clone();
        let tier_of =
            |role: &_| judge_role(&context.ports, &context.policy, &account.id, Some(account.name.raw()), role).tier();
        entry
            .roles
            .names()
            .iter()
            .map(|role| Row {
                account_id: account.id.to_string(),
                account_name: account.name.visible(),
                email: account.email.visible(),
                role: role.to_string(),
                tier: tier_of(role),
            })
            .collect::<Vec<_>>()
    };
    catalog.entries.iter().flat_map(of_entry).collect()
}

fn filtered(rows: Vec<Row>, query: &str) -> Vec<Row> {
    let texts: Vec<_> =
        rows.iter().map(|row| format!("{} {} {}", row.account_name, row.account_id, row.role)).collect();
    let mut filter = Filter::default();
    filter.set_rows(texts.iter().map(String::as_str));
    let mut rows: Vec<_> = rows.into_iter().map(Some).collect();
    filter.matches(query).into_iter().filter_map(|number| rows.get_mut(number as usize)?.take()).collect()
}

fn table(rows: &[Row]) -> String {
    let width = |cell: fn(&Row) -> &str| rows.iter().map(|row| columns(cell(row))).max().unwrap_or(0).min(WIDEST);
    let (names, roles) = (width(|row| &row.account_name), width(|row| &row.role));
    let mut text = String::new();
    for row in rows {
        text.push_str(&format!(
            "{}  {}  {}  {}\n",
            padded(&row.account_name, names),
            row.account_id,
            padded(&row.role, roles),
            row.tier.title()
        ));
    }
    text
}

fn csv(rows: &[Row]) -> String {
    let mut text = String::from("account_id,account_name,email,role,tier\n");
    for row in rows {
        let cells = [&row.account_id, &row.account_name, &row.email, &row.role].map(|cell| csv_cell(cell));
        text.push_str(&format!("{},{}\n", cells.join(","), row.tier.word()));
    }
    text
}

/// Quotes a cell (RFC 4180). A leading apostrophe keeps a spreadsheet from running it as a formula.
fn csv_cell(cell: &str) -> String {
    let guarded = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains([',', '"']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cells_are_quoted_and_run_no_formula() {
        assert_eq!(csv_cell("plain"), "plain");
        assert_eq!(csv_cell("a,b\"c"), "\"a,b\"\"c\"");
        assert_eq!(csv_cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
    }

    #[test]
    fn an_age_is_given_in_its_largest_whole_unit() {
        let table = [(-90, "just now"), (59, "just now"), (60, "1 min ago"), (3599, "59 min ago")];
        let longer = [(3600, "1 h ago"), (86_399, "23 h ago"), (86_400, "1 d ago")];
        for (seconds, words) in table.into_iter().chain(longer) {
            assert_eq!(age(SignedDuration::from_secs(seconds)), words);
        }
    }
}
