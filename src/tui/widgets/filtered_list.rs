//! A list to choose from by typing: a query, the rows that match it, and the selected one.

use std::fmt;
use std::ops::Range;

use crossterm::event::KeyEvent;
use ratatui::text::{Line, Span};

use super::cells::{clip, span};
use super::text_input::TextInput;
use crate::domain::filter::Filter;
use crate::tui::movement::Movement;
use crate::tui::theme::Theme;

/// The greatest number of characters of a query.
const QUERY_LIMIT: usize = 200;

/// Rows, known by their indices, that a query narrows.
pub(crate) struct FilteredList {
    query: TextInput,
    filter: Filter,
    /// The rows that match, best first.
    matches: Vec<usize>,
    /// An index into the matches.
    selected: usize,
}

impl fmt::Debug for FilteredList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilteredList")
            .field("query", &self.query)
            .field("matches", &self.matches)
            .finish_non_exhaustive()
    }
}

impl FilteredList {
    /// All rows, by the texts that are searched.
    pub(crate) fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut list = FilteredList {
            query: TextInput::new(QUERY_LIMIT),
            filter: Filter::default(),
            matches: Vec::new(),
            selected: 0,
        };
        list.set_rows(texts);
        list
    }

    /// Replaces the rows; the query stays.
    pub(crate) fn set_rows<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        self.filter.set_rows(texts);
        self.search();
    }

    pub(crate) fn query(&self) -> &str {
        self.query.text()
    }

    /// Handles an editing key; returns whether the query changed.
    pub(crate) fn edit(&mut self, key: KeyEvent) -> bool {
        let is_changed = self.query.edit(key);
        if is_changed {
            self.search();
        }
        is_changed
    }

    /// Inserts pasted text into the query.
    pub(crate) fn insert(&mut self, text: &str) {
        self.query.insert(text);
        self.search();
    }

    fn search(&mut self) {
        self.matches = self.filter.matches(self.query.text()).into_iter().map(|row| row as usize).collect();
        self.selected = 0;
    }

    /// The selected row.
    pub(crate) fn selected(&self) -> Option<usize> {
        self.matches.get(self.selected).copied()
    }

    pub(crate) fn move_selection(&mut self, movement: Movement, page: usize) {
        self.selected = movement.apply(self.selected, self.matches.len(), page);
    }

    /// Moves the selection by `lines`, up where negative.
    pub(crate) fn scroll(&mut self, lines: isize) {
        self.selected = self.selected.saturating_add_signed(lines).min(self.matches.len().saturating_sub(1));
    }

    /// The line with the query.
    pub(crate) fn query_line(&self, theme: Theme, width: usize) -> Line<'static> {
        const PROMPT: &str = "› ";
        let mut spans = vec![span(PROMPT, theme.key())];
        spans.extend(self.query.spans(theme, width.saturating_sub(PROMPT.chars().count()), true));
        Line::from(spans)
    }

    /// `height` lines with rows, the selected one among them. `draw_row` is given the index of a row and whether it is
    /// selected.
    pub(crate) fn row_lines(
        &self,
        theme: Theme,
        width: usize,
        height: usize,
        draw_row: impl Fn(usize, bool) -> Vec<Span<'static>>,
    ) -> Vec<Line<'static>> {
        let shown = self.shown(height);
        let mut lines: Vec<Line<'static>> = shown
            .filter_map(|at| {
                let is_selected = at == self.selected;
                let mut spans = vec![if is_selected { span("▌", theme.accent()) } else { Span::raw(" ") }];
                spans.extend(draw_row(*self.matches.get(at)?, is_selected));
                clip(&mut spans, width);
                Some(Line::from(spans))
            })
            .collect();
        lines.resize(height, Line::default());
        lines
    }

    /// The matches shown in `height` lines.
    fn shown(&self, height: usize) -> Range<usize> {
        let first = (self.selected + 1).saturating_sub(height);
        first..self.matches.len().min(first + height)
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;
    use crate::tui::theme::{Background, ColorDepth};

    const NAMES: [&str; 4] = ["Frankfurt", "Ireland", "London", "Paris"];

    fn shown(list: &FilteredList, height: usize) -> Vec<String> {
        let lines = list.row_lines(Theme::new(ColorDepth::Never, Background::Dark), 20, height, |row, _| {
            vec![Span::raw(NAMES[row])]
        });
        lines.iter().map(|line| line.to_string()).collect()
    }

    #[test]
    fn typing_narrows_the_rows_and_selects_the_best_one() {
        let mut list = FilteredList::new(NAMES);
        list.move_selection(Movement::Last, 4);
        assert_eq!(list.selected(), Some(3));
        list.edit(KeyEvent::new(KeyCode::Char('l'), KeyModifiers::NONE));
        list.insert("on");
        assert_eq!((list.selected(), list.query()), (Some(2), "lon"));
        list.insert("xyz");
        assert_eq!(list.selected(), None);
        assert_eq!(shown(&list, 2), ["", ""]);
    }

    #[test]
    fn the_selected_row_is_always_shown() {
        let mut list = FilteredList::new(NAMES);
        assert_eq!(shown(&list, 2), ["▌Frankfurt", " Ireland"]);
        list.scroll(2);
        assert_eq!(shown(&list, 2), [" Ireland", "▌London"]);
        list.scroll(99);
        assert_eq!(shown(&list, 2), [" London", "▌Paris"]);
        list.scroll(-99);
        assert_eq!(shown(&list, 2), ["▌Frankfurt", " Ireland"]);
        assert_eq!(shown(&list, 0), [] as [&str; 0]);
    }
}
