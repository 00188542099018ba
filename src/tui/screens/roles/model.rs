//! The list of roles over every SSO session: search, selection and scrolling. The selection stays on its role while rows
//! stream in.

use std::collections::HashMap;

use super::matrix::Matrix;
use super::rows::{self, Counts, Frecency, LongestTexts, QUICK_KEYS, Row, RowId, Sources};
use crate::domain::ids::SessionName;
use crate::domain::preferences::ListView;
use crate::domain::search::{Marks, Search};
use crate::tui::widgets::text_input::TextInput;

/// The longest query, in characters.
const MAX_QUERY: usize = 200;

pub(crate) struct RoleList {
    pub(crate) query: TextInput,
    rows: Vec<Row>,
    /// How many of the first rows are those of today.
    today: usize,
    search: Search,
    /// Whether the search does not know the rows yet: it learns them after they have been drawn.
    search_is_behind: bool,
    /// The rows that match the query, as indices of `rows`.
    matches: Vec<u32>,
    /// The selected one of the matches.
    selected: usize,
    /// The first line on screen.
    offset: usize,
    view: ListView,
    /// The matches by account and tier, where they are shown so.
    matrix: Matrix,
    /// Set once the person has moved or typed: from then on the selection stays on its role.
    keeps_selection: bool,
    outdated: Outdated,
    /// As it was when the list was first shown: rows do not move while they are used.
    frecency: Option<Frecency>,
    counts: Counts,
    longest: LongestTexts,
    /// Which characters of the rows on screen match the query, by the rows' indices.
    marks: HashMap<u32, Marks>,
    /// The first line and the number of those that are marked.
    marked: Option<(usize, usize)>,
}

/// What must be computed again before the list can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outdated {
    Nothing,
    /// The query or the view changed: the matches.
    Matches,
    /// A catalog, a pin or what is held changed: rows and matches.
    Rows,
}

/// One line of the list.
pub(crate) enum Line<'a> {
    Heading(Section),
    Row(VisibleRow<'a>),
}

/// A heading within the unfiltered list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// What is pinned, held and used most; with the number of its rows.
    Today(usize),
    /// All other roles; with the number of them.
    All(usize),
}

pub(crate) struct VisibleRow<'a> {
    pub(crate) row: &'a Row,
    /// Its index in the search.
    pub(crate) index: u32,
    pub(crate) selected: bool,
    /// The digit that opens it.
    pub(crate) quick_key: Option<char>,
}

impl Default for RoleList {
    fn default() -> Self {
        RoleList {
            query: TextInput::new(MAX_QUERY),
            rows: Vec::new(),
            today: 0,
            search: Search::default(),
            search_is_behind: false,
            matches: Vec::new(),
            selected: 0,
            offset: 0,
            view: ListView::List,
            matrix: Matrix::default(),
            keeps_selection: false,
            outdated: Outdated::Rows,
            frecency: None,
            counts: Counts::default(),
            longest: LongestTexts::default(),
            marks: HashMap::new(),
            marked: None,
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

    pub(crate) fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    pub(crate) fn view(&self) -> ListView {
        self.view
    }

    pub(crate) fn selected(&self) -> Option<&Row> {
        self.row(self.selected)
    }

    /// The index of the selected one of the matches.
    pub(crate) fn selected_index(&self) -> usize {
        self.selected
    }

    /// The first line on screen.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// How many rows have quick keys: digits are text once something is typed, and cells show none.
    pub(crate) fn quick_keys(&self) -> usize {
        if self.has_sections() { self.today.min(QUICK_KEYS) } else { 0 }
    }

    /// Whether the list is divided into what is of today and all others.
    fn has_sections(&self) -> bool {
        self.view == ListView::List && self.query.is_empty() && self.today > 0 && !self.matches.is_empty()
    }

    /// Which characters of a row on the screen match the query.
    pub(crate) fn marks(&self, index: u32) -> Marks {
        self.marks.get(&index).cloned().unwrap_or_default()
    }

    /// How many lines the whole list has.
    pub(crate) fn line_count(&self) -> usize {
        match self.view {
            ListView::Matrix => self.matrix.len(),
            ListView::List => self.matches.len() + self.headings_before(self.matches.len().saturating_sub(1)),
        }
    }

    /// The lines on a screen of `height` lines, of the list of single roles.
    pub(crate) fn visible(&self, height: usize) -> impl Iterator<Item = Line<'_>> {
        let end = (self.offset + height).min(self.line_count());
        (self.offset.min(end)..end).filter_map(|line| self.line(line))
    }

    fn line(&self, line: usize) -> Option<Line<'_>> {
        match self.match_at(line) {
            Some(at) => self.visible_row(at),
            None if line == 0 => Some(Line::Heading(Section::Today(self.today))),
            None => Some(Line::Heading(Section::All(self.matches.len() - self.today))),
        }
    }

    /// The match on a line of the list of single roles; none on a heading.
    fn match_at(&self, line: usize) -> Option<usize> {
        match self.has_sections() {
            false => Some(line),
            true if line == 0 || line == self.today + 1 => None,
            true if line <= self.today => Some(line - 1),
            true => Some(line - 2),
        }
    }

    fn visible_row(&self, at: usize) -> Option<Line<'_>> {
        let quick_key = if at < self.quick_keys() { u32::try_from(at + 1).ok() } else { None };
        let quick_key = quick_key.and_then(|digit| char::from_digit(digit, 10));
        let (index, row) = (*self.matches.get(at)?, self.row(at)?);
        Some(Line::Row(VisibleRow { row, index, selected: at == self.selected, quick_key }))
    }

    /// The index in the search of one of the matches.
    pub(crate) fn index(&self, at: usize) -> Option<u32> {
        self.matches.get(at).copied()
    }

    /// One of the matches.
    pub(crate) fn row(&self, at: usize) -> Option<&Row> {
        self.matches.get(at).and_then(|row| self.rows.get(*row as usize))
    }

    /// How many headings stand above one of the matches.
    fn headings_before(&self, at: usize) -> usize {
        match (self.has_sections(), at < self.today) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => 2,
        }
    }

    /// Selects one of the matches; the last one where there are fewer.
    pub(crate) fn select(&mut self, at: usize) {
        self.keeps_selection = true;
        self.selected = at.min(self.matches.len().saturating_sub(1));
    }

    /// Selects the row with this quick key, where there is one.
    pub(crate) fn select_quick(&mut self, digit: usize) -> bool {
        let exists = (1..=self.quick_keys()).contains(&digit);
        if exists {
            self.select(digit - 1);
        }
        exists
    }

    /// The one of the matches that is on a line of the screen.
    pub(crate) fn at_line(&self, line: usize) -> Option<usize> {
        let line = self.offset + line;
        if self.view == ListView::Matrix {
            return self.matrix.first_of(line);
        }
        let at = self.match_at(line)?;
        (at < self.matches.len()).then_some(at)
    }

    /// Shows the roles of one session alone.
    pub(crate) fn narrow_to(&mut self, session: &SessionName) {
        self.query.clear();
        // A word of a query has no spaces, and a part of the name is enough.
        let part = session.as_str().split(' ').max_by_key(|word| word.len()).unwrap_or_default();
        self.query.insert(&format!("org:{part} "));
        self.query_changed();
    }

    /// The query was edited: the best match is selected, or without a query what was selected before.
    pub(crate) fn query_changed(&mut self) {
        self.keeps_selection = self.query.is_empty();
        self.outdated = self.outdated.max(Outdated::Matches);
        self.offset = 0;
        if !self.query.is_empty() {
            self.selected = 0;
        }
    }

    /// The rows have to be made again.
    pub(crate) fn rows_changed(&mut self) {
        self.outdated = Outdated::Rows;
    }

    /// Computes what is outdated, and scrolls so that the selection is on a screen of `height` lines.
    pub(crate) fn sync(&mut self, sources: Sources<'_>, view: ListView, height: usize) {
        if view != self.view {
            self.view = view;
            self.outdated = self.outdated.max(Outdated::Matches);
        }
        if self.outdated != Outdated::Nothing {
            let selected = if self.keeps_selection { self.selected_key() } else { None };
            let line = self.selected_line().saturating_sub(self.offset);
            if self.outdated == Outdated::Rows {
                self.rebuild(sources);
            }
            self.matches = self.found(sources);
            if let Some(key) = selected {
                self.restore_selection(&key);
                // While rows stream in, the selected one stays on its line of the screen.
                if self.outdated == Outdated::Rows && self.view == ListView::List {
                    self.offset = self.selected_line().saturating_sub(line);
                }
            }
            self.selected = self.selected.min(self.matches.len().saturating_sub(1));
            self.matrix = match view {
                ListView::Matrix => Matrix::new((0..self.matches.len()).filter_map(|at| self.row(at))),
                ListView::List => Matrix::default(),
            };
            self.outdated = Outdated::Nothing;
            self.marked = None;
        } else {
            self.teach_search(sources);
        }
        self.scroll(height);
        if self.marked != Some((self.offset, height)) {
            self.mark_visible(height);
            self.marked = Some((self.offset, height));
        }
    }

    fn mark_visible(&mut self, height: usize) {
        self.marks.clear();
        if self.query.is_empty() {
            return;
        }
        let on_screen: Vec<u32> = match self.view {
            ListView::List => self.matches.iter().skip(self.offset).take(height).copied().collect(),
            ListView::Matrix => (self.offset..self.offset + height)
                .filter_map(|account| self.matches.get(self.matrix.first_of(account)?).copied())
                .collect(),
        };
        for index in on_screen {
            let marks = self.search.marks(index, self.query.text());
            self.marks.insert(index, marks);
        }
    }

    fn selected_key(&self) -> Option<(usize, RowId)> {
        self.selected().map(|row| (row.session, row.id.clone()))
    }

    /// The rows that match the query; without one all, for which the search is not needed.
    fn found(&mut self, sources: Sources<'_>) -> Vec<u32> {
        if self.query.is_empty() {
            return (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
        }
        self.teach_search(sources);
        self.search.matches(self.query.text())
    }

    fn teach_search(&mut self, sources: Sources<'_>) {
        if let Some(frecency) = &self.frecency
            && std::mem::replace(&mut self.search_is_behind, false)
        {
            self.search.set_rows(self.rows.iter().map(|row| rows::candidate(row, sources, frecency)));
        }
    }

    fn rebuild(&mut self, sources: Sources<'_>) {
        let frecency = self.frecency.get_or_insert_with(|| Frecency::of(sources.sessions, sources.now));
        (self.rows, self.today) = rows::build(sources, frecency);
        self.counts = Counts::of(sources.sessions);
        self.longest = rows::longest_texts(&self.rows, sources);
        self.search_is_behind = true;
    }

    /// Selects the same role again.
    fn restore_selection(&mut self, (session, id): &(usize, RowId)) {
        let found = (0..self.matches.len())
            .find(|at| self.row(*at).is_some_and(|row| row.session == *session && row.id == *id));
        if let Some(at) = found {
            self.selected = at;
        }
    }

    /// The line of the selection in the whole list.
    pub(crate) fn selected_line(&self) -> usize {
        match self.view {
            ListView::Matrix => self.matrix.account_of(self.selected),
            ListView::List => self.selected + self.headings_before(self.selected),
        }
    }

    fn scroll(&mut self, height: usize) {
        let height = height.max(1);
        let selected = self.selected_line();
        // The heading above the first row is shown with it.
        let highest = if self.selected == 0 { 0 } else { selected };
        let lowest = selected.saturating_sub(height - 1);
        self.offset = self.offset.clamp(lowest.min(highest), highest).min(self.line_count().saturating_sub(height));
    }
}
