//! The rows of the list: one for each role of the catalog, in the order in which they are shown unfiltered.

use std::collections::HashMap;

use crate::domain::catalog::{Catalog, Entry, Roles};
use crate::domain::ids::AccountId;
use crate::domain::index::SessionNote;
use crate::domain::target::Target;
use crate::domain::text::columns;
use crate::domain::tier::Tier;
use crate::domain::time::Now;
use crate::tui::model::settings::Settings;

/// What a row represents; the selection follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowId {
    Role(Target),
    /// An account whose roles could not be listed.
    FailedAccount(AccountId),
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: RowId,
    /// The index of its account in the catalog's entries.
    pub(crate) entry: usize,
    pub(crate) tier: Tier,
    /// Whether its gate asks for an elevation.
    pub(crate) asks_for_elevation: bool,
}

impl Row {
    pub(crate) fn target(&self) -> Option<&Target> {
        match &self.id {
            RowId::Role(target) => Some(target),
            RowId::FailedAccount(_) => None,
        }
    }
}

/// How often and how lately each target was used, by its text; unused targets are absent.
pub(crate) type Frecency = HashMap<String, f64>;

pub(crate) fn frecency(note: Option<&SessionNote>, now: Now) -> Frecency {
    let targets = note.iter().flat_map(|note| note.targets.iter());
    let scored = targets.map(|(name, note)| (name.clone(), note.frecency(now.wall)));
    scored.filter(|(_, score)| *score > 0.0).collect()
}

/// How much of the catalog is listed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) roles: usize,
    pub(crate) failed_accounts: usize,
}

/// The widths of the longest texts, in columns.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LongestTexts {
    pub(crate) account_name: usize,
    pub(crate) role: usize,
}

/// Used roles come first, by frecency; the others follow by account name.
pub(crate) fn build(catalog: &Catalog, frecency: &Frecency, settings: &Settings, now: Now) -> Vec<Row> {
    let mut order: Vec<usize> = (0..catalog.entries.len()).collect();
    order.sort_by_cached_key(|at| catalog.entries.get(*at).map(sort_key));
    let mut rows = Vec::new();
    for at in order {
        if let Some(entry) = catalog.entries.get(at) {
            push_account(entry, at, settings, now, &mut rows);
        }
    }
    used_first(rows, frecency)
}

fn sort_key(entry: &Entry) -> (String, AccountId) {
    (entry.account.name.raw().to_lowercase(), entry.account.id.clone())
}

fn push_account(entry: &Entry, at: usize, settings: &Settings, now: Now, rows: &mut Vec<Row>) {
    let roles = entry.roles.names();
    if roles.is_empty() && matches!(entry.roles, Roles::Failed { .. }) {
        rows.push(Row {
            id: RowId::FailedAccount(entry.account.id.clone()),
            entry: at,
            tier: Tier::ReadOnly,
            asks_for_elevation: false,
        });
    }
    let first = rows.len();
    rows.extend(roles.iter().map(|role| {
        let verdict = settings.policy.verdict(&entry.account, role, now);
        Row {
            tier: verdict.tier(),
            asks_for_elevation: verdict.asks_for_elevation(),
            id: RowId::Role(Target { account: entry.account.id.clone(), role: role.clone() }),
            entry: at,
        }
    }));
    // The least powerful of equal matches comes first, so that a hasty Enter takes that one.
    if let Some(added) = rows.get_mut(first..) {
        added.sort_by_key(|row| row.tier);
    }
}

fn used_first(rows: Vec<Row>, frecency: &Frecency) -> Vec<Row> {
    if frecency.is_empty() {
        return rows;
    }
    let score = |row: &Row| row.target().and_then(|target| frecency.get(&target.to_string()).copied());
    let scored = rows.into_iter().map(|row| (score(&row), row));
    let (mut used, unused): (Vec<_>, Vec<_>) = scored.partition(|(score, _)| score.is_some());
    used.sort_by(|(left, _), (right, _)| right.unwrap_or_default().total_cmp(&left.unwrap_or_default()));
    used.into_iter().chain(unused).map(|(_, row)| row).collect()
}

pub(crate) fn longest_texts(rows: &[Row], catalog: &Catalog) -> LongestTexts {
    let shown = catalog.entries.iter().filter(|entry| has_rows(entry));
    LongestTexts {
        account_name: shown.map(|entry| columns(&entry.account.name.visible())).max().unwrap_or_default(),
        role: rows.iter().filter_map(Row::target).map(|target| target.role.as_str().len()).max().unwrap_or_default(),
    }
}

fn has_rows(entry: &Entry) -> bool {
    !entry.roles.names().is_empty() || matches!(entry.roles, Roles::Failed { .. })
}

/// The text that the filter searches: account name, role, account id and alias.
pub(crate) fn search_text(row: &Row, catalog: &Catalog, settings: &Settings) -> String {
    let Some(entry) = catalog.entries.get(row.entry) else { return String::new() };
    let (name, id) = (entry.account.name.raw(), &entry.account.id);
    match &row.id {
        RowId::Role(target) => {
            let alias = settings.aliases.get(target).map_or("", String::as_str);
            format!("{name} {} {id} {alias}", target.role)
        }
        RowId::FailedAccount(_) => format!("{name} {id}"),
    }
}
