//! The list of elevations: those without an end first, then the latest of those that are over.

use crate::domain::audit::Subject;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::{ElevationList, OpenElevation, PastElevation};
use crate::domain::incident_summary::IncidentSummary;
use crate::tui::movement::Movement;
use crate::tui::widgets::text_input::TextInput;

/// The most characters of the search.
const LONGEST_QUERY: usize = 100;

#[derive(Debug)]
pub(crate) struct ElevationsScreen {
    /// All that the log tells of; none while it is being read.
    pub(crate) all: Option<ElevationList>,
    pub(crate) query: TextInput,
    selected: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'a> {
    Open(&'a OpenElevation),
    Past(&'a PastElevation),
}

impl<'a> Row<'a> {
    pub(crate) fn subject(self) -> &'a Subject {
        match self {
            Row::Open(open) => &open.subject,
            Row::Past(past) => &past.subject,
        }
    }

    pub(crate) fn summary(self) -> IncidentSummary<'a> {
        match self {
            Row::Open(open) => IncidentSummary::of_open(open),
            Row::Past(past) => IncidentSummary::of_past(past),
        }
    }

    /// The elevation, where it may be extended or ended.
    pub(crate) fn open_id(self) -> Option<ElevationId> {
        match self {
            Row::Open(open) => open.active.as_ref().map(|_| open.subject.elevation),
            Row::Past(_) => None,
        }
    }

    /// Whether every word of `query` is in what is shown of it.
    fn matches(self, query: &str) -> bool {
        let text = self.summary().text().to_lowercase();
        query.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

impl ElevationsScreen {
    /// The screen before the log was read.
    pub(crate) fn new() -> Self {
        ElevationsScreen { all: None, query: TextInput::new(LONGEST_QUERY), selected: 0 }
    }

    /// The rows that match the search.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let Some(all) = &self.all else { return Vec::new() };
        let rows = all.open().map(Row::Open).chain(all.past().iter().rev().map(Row::Past));
        rows.filter(|row| row.matches(self.query.text())).collect()
    }

    pub(crate) fn selected(&self) -> Option<Row<'_>> {
        self.rows().get(self.selected_index()).copied()
    }

    pub(crate) fn selected_index(&self) -> usize {
        self.selected.min(self.rows().len().saturating_sub(1))
    }

    pub(crate) fn move_selection(&mut self, movement: Movement, page: usize) {
        self.selected = movement.apply(self.selected_index(), self.rows().len(), page);
    }

    /// Selects a row; the last one where there are fewer.
    pub(crate) fn select(&mut self, at: usize) {
        self.selected = at.min(self.rows().len().saturating_sub(1));
    }

    /// The search has changed.
    pub(crate) fn query_changed(&mut self) {
        self.selected = 0;
    }

    /// The index of the first row on a screen of `height` rows.
    pub(crate) fn offset(&self, height: usize) -> usize {
        (self.selected_index() + 1).saturating_sub(height.max(1))
    }
}
