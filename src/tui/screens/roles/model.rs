//! The list of roles: fuzzy filter, selection and scrolling. The selection stays on its role while rows stream in.

use super::rows::{self, Counts, Frecency, LongestTexts, Row, RowId};
use crate::domain::catalog::Catalog;
use crate::domain::filter::Filter;
use crate::domain::index::SessionNote;
use crate::domain::time::Now;
use crate::tui::model::settings::Settings;
use crate::tui::widgets::text_input::TextInput;

/// The longest query, in characters.
const MAX_QUERY: usize = 200;

pub(crate) struct RoleList {
    pub(crate) query: TextInput,
    rows: Vec<Row>,
    filter: Filter,
    /// The rows that match the query, as indices of `rows`.
    matches: Vec<u32>,
    /// The selected one of the matches.
    selected: usize,
    /// The first of the matches on screen.
    offset: usize,
    /// Set once the person has moved or typed: from then on the selection stays on its role.
    keeps_selection: bool,
    outdated: Outdated,
    /// As it was when the list was first shown: rows do not move while they are used.
    frecency: Option<Frecency>,
    counts: Counts,
    longest: LongestTexts,
}

/// What must be computed again before the list can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outdated {
    Nothing,
    /// The query changed: the matches.
    Matches,
    /// The catalog changed: rows and matches.
    Rows,
}

impl Default for RoleList {
    fn default() -> Self {
        RoleList {
            query: TextInput::new(MAX_QUERY),
            rows: Vec::new(),
            filter: Filter::default(),
            matches: Vec::new(),
            selected: 0,
            offset: 0,
            keeps_selection: false,
            outdated: Outdated::Rows,
            frecency: None,
            counts: Counts::default(),
            longest: LongestTexts::default(),
        }
    }
}

impl RoleList {
    /// How many rows match the query.
    pub(crate) fn len(&self) -> usize {
        self.matches.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }

    /// How many rows there are, matching or not.
    pub(crate) fn total(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    pub(crate) fn longest_texts(&self) -> LongestTexts {
        self.longest
    }

    pub(crate) fn selected(&self) -> Option<&Row> {
        self.row(self.selected)
    }

    /// The index of the selected one of the matches.
    pub(crate) fn selected_index(&self) -> usize {
        self.selected
    }

    /// The index of the first of the matches on screen.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The rows on a screen of `height` rows, each with whether it is selected.
    pub(crate) fn visible(&self, height: usize) -> impl Iterator<Item = (&Row, bool)> {
        let end = (self.offset + height).min(self.matches.len());
        (self.offset.min(end)..end).filter_map(|at| self.row(at).map(|row| (row, at == self.selected)))
    }

    fn row(&self, at: usize) -> Option<&Row> {
        self.matches.get(at).and_then(|row| self.rows.get(*row as usize))
    }

    /// Selects one of the matches; the last one where there are fewer.
    pub(crate) fn select(&mut self, at: usize) {
        self.keeps_selection = true;
        self.selected = at.min(self.matches.len().saturating_sub(1));
    }

    pub(crate) fn query_changed(&mut self) {
        self.keeps_selection = true;
        self.outdated = Outdated::Matches;
        self.selected = 0;
        self.offset = 0;
    }

    pub(crate) fn catalog_changed(&mut self) {
        self.outdated = Outdated::Rows;
    }

    /// Computes what is outdated, and scrolls so that the selection is on a screen of `height` rows.
    pub(crate) fn sync(
        &mut self,
        catalog: &Catalog,
        note: Option<&SessionNote>,
        settings: &Settings,
        now: Now,
        height: usize,
    ) {
        match std::mem::replace(&mut self.outdated, Outdated::Nothing) {
            Outdated::Nothing => {}
            Outdated::Matches => self.matches = self.filter.matches(self.query.text()),
            Outdated::Rows => {
                let kept = if self.keeps_selection { self.selected().map(|row| row.id.clone()) } else { None };
                self.rebuild(catalog, note, settings, now);
                self.matches = self.filter.matches(self.query.text());
                if let Some(id) = kept {
                    self.restore_selection(&id);
                }
            }
        }
        self.scroll(height);
    }

    fn rebuild(&mut self, catalog: &Catalog, note: Option<&SessionNote>, settings: &Settings, now: Now) {
        let frecency = self.frecency.get_or_insert_with(|| rows::frecency(note, now));
        self.rows = rows::build(catalog, frecency, settings, now);
        self.counts = Counts { roles: catalog.role_count(), failed_accounts: catalog.failed_count() };
        self.longest = rows::longest_texts(&self.rows, catalog);
        let texts: Vec<String> = self.rows.iter().map(|row| rows::search_text(row, catalog, settings)).collect();
        self.filter.set_rows(texts.iter().map(String::as_str));
    }

    /// Selects the row `id` again and keeps it on its line of the screen.
    fn restore_selection(&mut self, id: &RowId) {
        let line = self.selected.saturating_sub(self.offset);
        if let Some(at) = (0..self.matches.len()).find(|at| self.row(*at).is_some_and(|row| row.id == *id)) {
            self.selected = at;
            self.offset = at.saturating_sub(line);
        }
    }

    fn scroll(&mut self, height: usize) {
        let height = height.max(1);
        self.selected = self.selected.min(self.matches.len().saturating_sub(1));
        let lowest = self.selected.saturating_sub(height - 1);
        self.offset = self.offset.clamp(lowest, self.selected).min(self.matches.len().saturating_sub(height));
    }
}
