//! Typing into the filter over 50,000 roles, and erasing it again, keystroke by keystroke.
//!
//! `cargo bench --bench filter`

mod common;

use std::time::Instant;

use common::summary;
use daypass::domain::filter::Filter;

const ROWS: usize = 50_000;
const TYPED: &str = "prod pay dev";
const ROUNDS: usize = 20;

fn main() {
    let stages = ["prod", "stage", "dev", "sandbox", "shared"];
    let teams = ["payments", "search", "billing", "identity", "ledger", "mobile", "data-platform", "edge"];
    let roles = ["ReadOnly", "Developer", "Admin", "BillingViewer", "DatabaseOperator"];
    let rows: Vec<String> = (0..ROWS)
        .map(|row| {
            let account = row / roles.len();
            let (stage, team) = (stages[account % stages.len()], teams[account / stages.len() % teams.len()]);
            format!("{stage}-{team}-{account:05} 1{account:011} {}", roles[row % roles.len()])
        })
        .collect();
    let mut filter = Filter::default();
    filter.set_rows(rows.iter().map(String::as_str));

    let mut typing = Vec::new();
    let mut erasing = Vec::new();
    let mut found = 0;
    for _ in 0..ROUNDS {
        for end in 1..=TYPED.len() {
            let started = Instant::now();
            found = filter.matches(&TYPED[..end]).len();
            typing.push(started.elapsed());
        }
        for end in (0..TYPED.len()).rev() {
            let started = Instant::now();
            filter.matches(&TYPED[..end]);
            erasing.push(started.elapsed());
        }
    }
    assert!(found > 0 && found < ROWS / 20, "{found}");
    println!("{ROWS} rows, `{TYPED}`, {found} left");
    println!("a keystroke                  {}", summary(typing));
    println!("a backspace                  {}", summary(erasing));
}
