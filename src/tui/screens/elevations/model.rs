//! The list of elevations: those that are active first, then drills, then the latest of those that are over.

use jiff::tz::TimeZone;

use crate::domain::audit::Subject;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::{ElevationList, OpenElevation, Outcome, PastElevation};
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
    /// The first line shown of a summary that has the screen for itself.
    reading: Option<usize>,
}

/// What an elevation is now; those that are active come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    Active,
    Drill,
    /// AWS has not answered yet.
    Asked,
    Failed,
    Over,
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

    pub(crate) fn standing(self) -> Standing {
        match self {
            Row::Open(open) if open.active.is_none() => Standing::Asked,
            Row::Open(open) if open.subject.drill => Standing::Drill,
            Row::Open(_) => Standing::Active,
            Row::Past(past) => match past.outcome {
                Outcome::Failed(_) => Standing::Failed,
                Outcome::Ended(_) => Standing::Over,
            },
        }
    }

    /// The elevation, where it may be ended.
    pub(crate) fn open_id(self) -> Option<ElevationId> {
        matches!(self.standing(), Standing::Active | Standing::Drill).then_some(self.subject().elevation)
    }

    /// The elevation, where it may be extended.
    pub(crate) fn extendable_id(self) -> Option<ElevationId> {
        (self.standing() == Standing::Active).then_some(self.subject().elevation)
    }

    /// Whether every word of `query` is in what is told of it.
    fn matches(self, query: &str) -> bool {
        let text = self.summary().text(&TimeZone::UTC).to_lowercase();
        query.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

impl ElevationsScreen {
    /// The screen before the log was read.
    pub(crate) fn new() -> Self {
        ElevationsScreen { all: None, query: TextInput::new(LONGEST_QUERY), selected: 0, reading: None }
    }

    /// The rows that match the search.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let Some(all) = &self.all else { return Vec::new() };
        let mut open: Vec<Row<'_>> = all.open().map(Row::Open).collect();
        open.sort_by_key(|row| row.standing());
        let rows = open.into_iter().chain(all.past().iter().rev().map(Row::Past));
        rows.filter(|row| row.matches(self.query.text())).collect()
    }

    /// How many there are, whatever is searched for.
    pub(crate) fn len(&self) -> usize {
        self.all.as_ref().map_or(0, |all| all.open().count() + all.past().len())
    }

    /// Whether a summary has the screen for itself.
    pub(crate) fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// The first line shown of the summary, of which `last` is the last one that may be the first.
    pub(crate) fn first_line(&self, last: usize) -> usize {
        self.reading.unwrap_or_default().min(last)
    }

    /// Gives the summary the screen, from this line on.
    pub(crate) fn read_from(&mut self, line: usize) {
        self.reading = Some(line);
    }

    /// Shows the list again.
    pub(crate) fn stop_reading(&mut self) {
        self.reading = None;
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
        self.reading = None;
    }

    /// The index of the first row on a screen of `height` rows.
    pub(crate) fn offset(&self, height: usize) -> usize {
        (self.selected_index() + 1).saturating_sub(height.max(1))
    }
}
