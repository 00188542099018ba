//! How much a policy may say. What is read in bytes is compiled, copied into each rule and asked for each role, so a large file
//! could take minutes and gigabytes; each of these limits is far beyond what a team writes.

use crate::domain::tier::Tier;
use crate::error::Result;
use crate::settings::toml_file::Table;

/// The most rules of a policy.
const RULES: usize = 1_000;
/// The most texts in one list; each elevation shows and records all names.
const IN_ONE_LIST: [(&str, usize); 4] = [("alerts", 16), ("approvers", 16), ("notify", 16), ("reason_deny", 50)];

/// What is counted over the whole policy.
struct Total {
    keys: &'static [&'static str],
    most: usize,
    what: &'static str,
}

const TOTALS: [Total; 2] = [
    Total { keys: &["account", "role", "tag"], most: 5_000, what: "patterns and tags in `account`, `role` and `tag`" },
    Total {
        keys: &["reason_deny", "ticket_pattern"],
        most: 500,
        what: "regular expressions in `reason_deny` and `ticket_pattern`",
    },
];

/// Checks that the policy in `root` says no more than a policy may, before anything of it is compiled.
pub(super) fn check(root: &Table<'_>) -> Result<()> {
    let rules = root.tables("rule")?;
    if let Some(beyond) = rules.get(RULES) {
        return Err(beyond.wrong(format!("there are more than {RULES} rules; allowed: {RULES} in a policy")));
    }
    let mut tables = tiers(root)?;
    tables.extend(rules);
    for (key, most) in IN_ONE_LIST {
        tables.iter().try_for_each(|table| count(table, key, 0, most, &format!("texts in this `{key}`")).map(drop))?;
    }
    TOTALS.iter().try_for_each(|total| {
        let mut counted = 0;
        for table in &tables {
            for key in total.keys {
                counted = count(table, key, counted, total.most, total.what)?;
            }
        }
        Ok(())
    })
}

fn tiers<'t>(root: &Table<'t>) -> Result<Vec<Table<'t>>> {
    let Some(tiers) = root.table("tiers")? else { return Ok(Vec::new()) };
    let tables = Tier::ALL.into_iter().filter_map(|tier| tiers.table(tier.word()).transpose());
    tables.collect()
}

/// Counts on from `counted` by the texts of `key`; the first beyond `most` is an error with its place.
fn count(table: &Table<'_>, key: &str, counted: usize, most: usize, what: &str) -> Result<usize> {
    let found = table.texts_of(key)?.unwrap_or_default();
    let after = counted + found.len();
    match found.into_iter().nth(most - counted) {
        Some(beyond) => Err(beyond.wrong(format!("there are more than {most} {what}; allowed: {most}"))),
        None => Ok(after),
    }
}
