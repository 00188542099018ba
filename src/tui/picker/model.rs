//! What the picker shows.

use crate::domain::choices::RoleChoice;
use crate::domain::search::{Candidate, Marks, Search};
use crate::domain::text::columns;
use crate::domain::time::Now;
use crate::tui::movement::Movement;
use crate::tui::theme::Theme;
use crate::tui::widgets::text_input::TextInput;

/// The most characters of a query.
const LONGEST_QUERY: usize = 200;

/// How the picker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The choice of this index was taken.
    Taken(usize),
    Cancelled,
}

pub(super) struct Picker {
    choices: Vec<RoleChoice>,
    longest: Longest,
    search: Search,
    /// The choices that match, best first.
    matches: Vec<u32>,
    pub(super) query: TextInput,
    /// The index of the selected match.
    selected: usize,
    /// The first match on the screen.
    offset: usize,
    /// The lines of the list.
    height: usize,
    pub(super) now: Now,
    pub(super) theme: Theme,
    pub(super) outcome: Option<Outcome>,
}

/// The widths of the longest texts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Longest {
    pub(super) name: usize,
    pub(super) role: usize,
    /// Zero where all are of one SSO session.
    pub(super) session: usize,
}

impl Picker {
    pub(super) fn new(choices: Vec<RoleChoice>, theme: Theme, now: Now) -> Self {
        let mut search = Search::default();
        search.set_rows(choices.iter().map(candidate));
        let matches = search.matches("");
        let query = TextInput::new(LONGEST_QUERY);
        Picker {
            longest: longest(&choices),
            choices,
            search,
            matches,
            query,
            selected: 0,
            offset: 0,
            height: 1,
            now,
            theme,
            outcome: None,
        }
    }

    /// The numbers of the matches and of all choices.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.matches.len(), self.choices.len())
    }

    pub(super) fn set_height(&mut self, height: usize) {
        self.height = height.max(1);
        self.scroll();
    }

    pub(super) fn query_changed(&mut self) {
        self.matches = self.search.matches(self.query.text());
        self.selected = 0;
        self.offset = 0;
    }

    pub(super) fn move_selection(&mut self, movement: Movement) {
        self.selected = movement.apply(self.selected, self.matches.len(), self.height);
        self.scroll();
    }

    fn scroll(&mut self) {
        let lowest = self.selected.saturating_sub(self.height - 1);
        self.offset = self.offset.clamp(lowest, self.selected).min(self.matches.len().saturating_sub(self.height));
    }

    /// Takes the selected choice, where there is one.
    pub(super) fn take_selected(&mut self) {
        if let Some(index) = self.matches.get(self.selected) {
            self.outcome = Some(Outcome::Taken(*index as usize));
        }
    }

    /// The choices on the screen, each with whether it is selected and which of its characters match.
    pub(super) fn visible(&mut self) -> Vec<(RoleChoice, bool, Marks)> {
        let end = (self.offset + self.height).min(self.matches.len());
        let mut shown = Vec::new();
        for at in self.offset.min(end)..end {
            let index = self.matches.get(at).copied();
            let choice = index.and_then(|index| Some((index, self.choices.get(index as usize)?.clone())));
            if let Some((index, choice)) = choice {
                let marks = self.search.marks(index, self.query.text());
                shown.push((choice, at == self.selected, marks));
            }
        }
        shown
    }

    pub(super) fn longest(&self) -> Longest {
        self.longest
    }

    /// The choice of that index.
    pub(super) fn take_choice(&mut self, index: usize) -> Option<RoleChoice> {
        (index < self.choices.len()).then(|| self.choices.swap_remove(index))
    }
}

fn longest(choices: &[RoleChoice]) -> Longest {
    let mut longest = Longest::default();
    let first = choices.first().map(|choice| &choice.session);
    for choice in choices {
        longest.name = longest.name.max(columns(&choice.shown_account_name()));
        longest.role = longest.role.max(choice.target.role.as_str().len());
        if Some(&choice.session) != first {
            longest.session = longest.session.max(choice.session.as_str().len());
        }
    }
    if longest.session > 0 {
        longest.session = longest.session.max(first.map_or(0, |session| session.as_str().len()));
    }
    longest
}

/// What the search finds a choice by.
fn candidate(choice: &RoleChoice) -> Candidate {
    Candidate {
        account_name: choice.shown_account_name(),
        account_id: choice.target.account.to_string(),
        role: choice.target.role.to_string(),
        aliases: choice.aliases.clone(),
        profiles: choice.profiles.clone(),
        org: choice.session.to_string(),
        tags: choice.tags.clone(),
        tier: choice.tier,
        weight: choice.frecency,
    }
}
