//! The list of roles: rows, fuzzy filter, and a selection that stays on its role whatever streams in.

use std::collections::HashMap;

use super::Settings;
use crate::domain::catalog::{Catalog, Entry, Roles};
use crate::domain::filter::Filter;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::index::SessionNote;
use crate::domain::target::Target;
use crate::domain::text::columns;
use crate::domain::tier::Tier;
use crate::domain::time::Now;
use crate::tui::widgets::input::InputLine;

/// What a row stands for; the selection follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowId {
    /// A role.
    Role(Target),
    /// An account whose roles could not be listed.
    Failed(AccountId),
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it stands for.
    pub id: RowId,
    /// Its account, as a place in the catalog.
    pub entry: usize,
    /// The tier of its role.
    pub tier: Tier,
    /// Whether its gate asks for an elevation.
    pub asks_for_elevation: bool,
}

/// The list.
pub struct RoleList {
    /// What the list is filtered by.
    pub query: InputLine,
    rows: Vec<Row>,
    filter: Filter,
    shown: Vec<u32>,
    cursor: usize,
    offset: usize,
    /// The person has moved or typed: from then on the selection stays on its role.
    touched: bool,
    due: Due,
    /// Frecency as it was when the list was opened: rows do not move while they are used.
    ranks: Option<HashMap<String, f64>>,
    widest: Widest,
}

/// The columns that the longest texts take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Widest {
    /// Account names.
    pub name: usize,
    /// Roles.
    pub role: usize,
}

/// What must be done before the list can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Nothing,
    /// The query changed: the best match is selected.
    Filter,
    /// The catalog changed: the selection stays on its row.
    Rows,
}

impl Default for RoleList {
    fn default() -> Self {
        RoleList {
            query: InputLine::new(200),
            rows: Vec::new(),
            filter: Filter::default(),
            shown: Vec::new(),
            cursor: 0,
            offset: 0,
            touched: false,
            due: Due::Rows,
            ranks: None,
            widest: Widest::default(),
        }
    }
}

impl RoleList {
    /// How many rows match.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// How many rows there are in all.
    pub fn total(&self) -> usize {
        self.rows.len()
    }

    /// The columns that the longest texts take.
    pub fn widest(&self) -> Widest {
        self.widest
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&Row> {
        self.row(self.cursor)
    }

    /// The rows to draw for a list of `height` rows, each with whether it is selected.
    pub fn visible(&self, height: usize) -> impl Iterator<Item = (&Row, bool)> {
        let end = (self.offset + height).min(self.shown.len());
        (self.offset.min(end)..end).filter_map(|at| self.row(at).map(|row| (row, at == self.cursor)))
    }

    /// How far down the list is scrolled, and where the selection stands.
    pub fn position(&self) -> (usize, usize) {
        (self.offset, self.cursor)
    }

    fn row(&self, at: usize) -> Option<&Row> {
        self.shown.get(at).and_then(|row| self.rows.get(*row as usize))
    }

    /// Moves the selection by `steps`, held at the ends.
    pub fn step(&mut self, steps: isize) {
        self.select(self.cursor.saturating_add_signed(steps));
    }

    /// Selects the row at this place of the list, or the last one.
    pub fn select(&mut self, at: usize) {
        self.touched = true;
        self.cursor = at.min(self.shown.len().saturating_sub(1));
    }

    /// Takes account of a changed query.
    pub fn query_changed(&mut self) {
        self.touched = true;
        self.due = Due::Filter;
        self.cursor = 0;
        self.offset = 0;
    }

    /// Takes account of a changed catalog.
    pub fn catalog_changed(&mut self) {
        self.due = Due::Rows;
    }

    /// Does what is due and keeps the selection within a list of `height` rows.
    pub fn settle(
        &mut self,
        catalog: &Catalog,
        note: Option<&SessionNote>,
        settings: &Settings,
        now: Now,
        height: usize,
    ) {
        match std::mem::replace(&mut self.due, Due::Nothing) {
            Due::Nothing => {}
            Due::Filter => self.shown = self.filter.matches(self.query.text()),
            Due::Rows => {
                let held = if self.touched { self.selected().map(|row| row.id.clone()) } else { None };
                self.rebuild(catalog, note, settings, now);
                self.shown = self.filter.matches(self.query.text());
                self.hold(held.as_ref());
            }
        }
        self.scroll(height);
    }

    /// Puts the selection back on its row, and that row on the line of the screen where it was.
    fn hold(&mut self, held: Option<&RowId>) {
        let Some(held) = held else { return };
        let line = self.cursor.saturating_sub(self.offset);
        if let Some(at) = (0..self.shown.len()).find(|at| self.row(*at).is_some_and(|row| row.id == *held)) {
            self.cursor = at;
            self.offset = at.saturating_sub(line);
        }
    }

    fn scroll(&mut self, height: usize) {
        let height = height.max(1);
        self.cursor = self.cursor.min(self.shown.len().saturating_sub(1));
        let lowest = self.cursor.saturating_sub(height - 1);
        self.offset = self.offset.clamp(lowest, self.cursor).min(self.shown.len().saturating_sub(height));
    }

    fn rebuild(&mut self, catalog: &Catalog, note: Option<&SessionNote>, settings: &Settings, now: Now) {
        let ranks = self.ranks.get_or_insert_with(|| ranks(note, now));
        let mut order: Vec<usize> = (0..catalog.entries.len()).collect();
        order.sort_by_cached_key(|at| catalog.entries.get(*at).map(sort_key));
        self.rows.clear();
        self.widest = Widest::default();
        let mut searched = Vec::new();
        for at in order {
            let Some(entry) = catalog.entries.get(at) else { continue };
            let before = self.rows.len();
            push_rows(entry, at, settings, now, &mut self.rows);
            if self.rows.len() > before {
                self.widest.name = self.widest.name.max(columns(&entry.account.name.visible()));
            }
        }
        raise(&mut self.rows, ranks);
        for row in &self.rows {
            let Some(entry) = catalog.entries.get(row.entry) else { continue };
            searched.push(search_text(row, entry, settings));
            if let RowId::Role(target) = &row.id {
                self.widest.role = self.widest.role.max(target.role.as_str().len());
            }
        }
        self.filter.set_rows(searched.iter().map(String::as_str));
    }
}

/// Frecency by target.
fn ranks(note: Option<&SessionNote>, now: Now) -> HashMap<String, f64> {
    let targets = note.iter().flat_map(|note| note.targets.iter());
    targets.map(|(name, note)| (name.clone(), note.frecency(now.wall))).filter(|(_, rank)| *rank > 0.0).collect()
}

/// Puts what is used often and lately first.
fn raise(rows: &mut Vec<Row>, ranks: &HashMap<String, f64>) {
    if ranks.is_empty() {
        return;
    }
    let rank = |row: &Row| match &row.id {
        RowId::Role(target) => ranks.get(&target.to_string()).copied(),
        RowId::Failed(_) => None,
    };
    let (used, others): (Vec<_>, Vec<_>) =
        rows.drain(..).map(|row| (rank(&row), row)).partition(|(rank, _)| rank.is_some());
    let mut used = used;
    used.sort_by(|(left, _), (right, _)| right.unwrap_or_default().total_cmp(&left.unwrap_or_default()));
    rows.extend(used.into_iter().chain(others).map(|(_, row)| row));
}

fn sort_key(entry: &Entry) -> (String, AccountId) {
    (entry.account.name.raw().to_lowercase(), entry.account.id.clone())
}

fn push_rows(entry: &Entry, at: usize, settings: &Settings, now: Now, rows: &mut Vec<Row>) {
    let names = entry.roles.names();
    if names.is_empty() && matches!(entry.roles, Roles::Failed { .. }) {
        rows.push(Row {
            id: RowId::Failed(entry.account.id.clone()),
            entry: at,
            tier: Tier::ReadOnly,
            asks_for_elevation: false,
        });
    }
    let first = rows.len();
    rows.extend(
        names
            .iter()
            .map(|role| (role, settings.verdict(&entry.account.id, Some(entry.account.name.raw()), role, now)))
            .map(|(role, verdict)| Row {
                tier: verdict.tier(),
                asks_for_elevation: verdict.asks_for_elevation(),
                id: RowId::Role(target(&entry.account.id, role)),
                entry: at,
            }),
    );
    // Of equal matches the least powerful comes first: a hasty Enter takes that one.
    if let Some(added) = rows.get_mut(first..) {
        added.sort_by_key(|row| row.tier);
    }
}

fn target(account: &AccountId, role: &RoleName) -> Target {
    Target { account: account.clone(), role: role.clone() }
}

/// What a row is found by: account name, role, id and alias.
fn search_text(row: &Row, entry: &Entry, settings: &Settings) -> String {
    let (name, id) = (entry.account.name.raw(), &entry.account.id);
    match &row.id {
        RowId::Role(target) => {
            let alias = settings.aliases.get(target).map_or("", String::as_str);
            format!("{name} {} {id} {alias}", target.role)
        }
        RowId::Failed(_) => format!("{name} {id}"),
    }
}
