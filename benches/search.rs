//! Typing queries over 50,000 roles, and erasing them again, keystroke by keystroke.
//!
//! `cargo bench --bench search`

mod common;

use std::time::{Duration, Instant};

use common::summary;
use daypass::domain::search::{Candidate, Search};
use daypass::domain::tier::Tier;

const ROWS: usize = 50_000;
const QUERIES: [&str; 6] =
    ["prod pay dev", "search 107", "tier:admin pay", "prod-payments-0040/Admin", "100000023", "pymts 40"];
const ROUNDS: usize = 10;
/// A screen has no more rows than this.
const SCREEN: usize = 60;

fn main() {
    let rows = rows();
    let mut search = Search::default();
    let started = Instant::now();
    search.set_rows(rows);
    println!("{ROWS} rows, taken in {:.1} ms", started.elapsed().as_secs_f64() * 1000.0);
    println!("{:26} {:>6}", "query", "found");
    let (mut all_typing, mut all_erasing, mut marking) = (Vec::new(), Vec::new(), Vec::new());
    for query in QUERIES {
        let (mut typing, mut erasing) = (Vec::new(), Vec::new());
        let mut found = Vec::new();
        for _ in 0..ROUNDS {
            for end in 1..=query.len() {
                found = timed(&mut typing, || search.matches(&query[..end]));
            }
            timed(&mut marking, || found.iter().take(SCREEN).map(|row| search.marks(*row, query)).collect::<Vec<_>>());
            for end in (0..query.len()).rev() {
                timed(&mut erasing, || search.matches(&query[..end]));
            }
        }
        assert!(found.len() < ROWS / 10, "`{query}` finds {}", found.len());
        println!("{query:26} {:6}  a keystroke  {}", found.len(), summary(typing.clone()));
        all_typing.extend(typing);
        all_erasing.extend(erasing);
    }
    println!("a keystroke                  {}", summary(all_typing));
    println!("a backspace                  {}", summary(all_erasing));
    println!("the marks of a screen        {}", summary(marking));
}

fn timed<T>(taken: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let outcome = work();
    taken.push(started.elapsed());
    outcome
}

/// Ten thousand accounts with five roles each; a hundred have been used, and some have an alias or a profile.
fn rows() -> Vec<Candidate> {
    let stages = ["prod", "stage", "dev", "sandbox", "shared"];
    let teams = ["payments", "search", "billing", "identity", "ledger", "mobile", "data-platform", "edge"];
    let roles = [
        ("Admin", Tier::Admin),
        ("BillingViewer", Tier::ReadOnly),
        ("DatabaseOperator", Tier::Developer),
        ("Developer", Tier::Developer),
        ("ReadOnly", Tier::ReadOnly),
    ];
    let row = |row: usize| {
        let account = row / roles.len();
        let (stage, team) = (stages[account % stages.len()], teams[account / stages.len() % teams.len()]);
        let (role, tier) = roles[row % roles.len()];
        let named = |every: usize, name: String| if row % every == 1 { vec![name] } else { Vec::new() };
        Candidate {
            account_name: format!("{stage}-{team}-{account:04}"),
            account_id: (100_000_000_000 + account * 7_919).to_string(),
            role: role.to_owned(),
            aliases: named(500, format!("{team}{account}")),
            profiles: named(50, format!("{stage}-{team}-{account}-{}", role.to_lowercase())),
            org: if account.is_multiple_of(3) { "beta" } else { "acme" }.to_owned(),
            tags: Vec::new(),
            tier,
            weight: if row % 500 == 7 { 1.0 + (row % 13) as f64 } else { 0.0 },
        }
    };
    (0..ROWS).map(row).collect()
}
