//! `daypass roles`: the accounts and roles the engineer holds, searched as on the screen, as a table, JSON or CSV.

mod listing;
mod rows;
mod table;

use std::io::{self, IsTerminal as _};

use self::listing::{Listed, Listing};
use self::rows::{Row, Rows};
use self::table::Look;
use super::context::Context;
use super::output::{self, age_words, stderr};
use crate::domain::text::{fit, visible};
use crate::error::Kind;
use crate::report::Result;

/// The longest query that a message repeats, in columns.
const WIDEST_QUERY: usize = 40;

/// List the accounts and roles you hold
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Words that must all match: account name or id, role, alias or profile; `tier:admin`, `org:NAME`, `tag:env=prod`
    /// and `#ALIAS` narrow
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

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let listing = listing::list(args.refresh, context)?;
    let query = args.filter.join(" ");
    let mut rows = Rows::of(&listing, context);
    let found = rows.search(&query);
    let text = match (args.json, args.csv) {
        (true, _) => json(&found),
        (_, true) => csv(&found, listing.has_several()),
        _ => table::table(&found, listing.has_several(), Look::of_stdout(io::stdout().is_terminal(), context)),
    };
    output::stdout(&text)?;
    if found.is_empty() {
        stderr(&nothing_to_show(&query, rows.count(), &listing, context));
    }
    Ok(if say_what_is_missing(&listing, context) { Kind::Partial.exit_code() } else { 0 })
}

/// Why there are no rows.
fn nothing_to_show(query: &str, listed: usize, listing: &Listing<'_>, context: &Context) -> String {
    if listed == 0 {
        let names: Vec<_> = listing.listed.iter().map(|listed| format!("`{}`", listed.session.name)).collect();
        let verb = if names.len() == 1 { "lists" } else { "list" };
        return format!("{} {verb} no roles for you", names.join(" and "));
    }
    let now = context.ports.clock.now().wall;
    let oldest = listing.listed.iter().filter_map(|listed| listed.catalog.listed_at).min();
    let age = oldest.map_or_else(String::new, |at| format!(" {}", age_words(now.duration_since(at))));
    format!("no role matches `{}`; {listed} roles listed{age}", fit(&visible(query), WIDEST_QUERY))
}

/// Says on stderr what could not be listed; returns whether there is any.
fn say_what_is_missing(listing: &Listing<'_>, context: &Context) -> bool {
    let mut is_partial = listing.missing > 0;
    for Listed { session, catalog } in &listing.listed {
        let failed = catalog.failed_count();
        if failed > 0 {
            stderr(&format!("{failed} of {} accounts could not be listed in full", catalog.entries.len()));
        }
        if catalog.cut_short {
            stderr("AWS did not list the accounts to the end; there may be more");
        }
        if failed > 0 || catalog.cut_short {
            stderr(&format!("daypass roles{} --refresh   tries again", context.session_flag(session)));
            is_partial = true;
        }
    }
    is_partial
}

fn json(found: &[Row<'_>]) -> String {
    let roles: Vec<_> = found.iter().map(|row| row.role).collect();
    // Texts always serialize.
    serde_json::to_string_pretty(&roles).unwrap_or_default() + "\n"
}

fn csv(found: &[Row<'_>], has_several: bool) -> String {
    let mut text = String::from("account_id,account_name,email,role,tier");
    text.push_str(if has_several { ",session\n" } else { "\n" });
    for role in found.iter().map(|row| row.role) {
        let cells = [&role.account_id, &role.account_name, &role.email, &role.role].map(|cell| csv_cell(cell));
        text.push_str(&format!("{},{}", cells.join(","), role.tier.word()));
        if let Some(session) = &role.session {
            text.push_str(&format!(",{}", csv_cell(session)));
        }
        text.push('\n');
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
}
