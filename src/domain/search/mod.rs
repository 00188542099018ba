//! The search in the list of roles: which rows a query finds, in which order, and which characters matched.
//!
//! Every word of a query must match in some field of a row. What counts for the order, the most important first:
//!
//! 1. All that was typed, but for words that narrow, is an alias or a profile's name, or else the account's name.
//! 2. Words that stand in the text as they were typed, rather than with their letters scattered.
//! 3. Whole segments before beginnings of segments before anything else; `107` is the whole segment `0107`.
//! 4. The field: account name, role, alias or profile, account id.
//! 5. Words that are a field's whole text; scattered letters that stand closer together.
//! 6. The row's weight, then the lower tier, then the order in which the rows were given.

mod candidate;
mod field_match;
mod marks;
mod query;
mod rank;
mod rows;
mod scattered;
mod text;
mod word;

#[cfg(test)]
mod tests;

use nucleo_matcher::{Config, Matcher};

pub use self::candidate::Candidate;
pub use self::marks::Marks;
use self::query::Query;
use self::rank::{Rank, Ranking};
use self::rows::Rows;

/// Rows that can be searched. The last matches are kept: a query that narrows the last one searches only them.
pub struct Search {
    rows: Rows,
    matcher: Matcher,
    /// The last query, unless it was empty.
    last: Option<Query>,
    /// The places of the rows that it found, ascending.
    matched: Vec<u32>,
    /// The same with their ranks, best first. Kept for its memory.
    ranked: Vec<(Rank, u32)>,
}

impl Default for Search {
    fn default() -> Self {
        Search {
            rows: Rows::default(),
            matcher: Matcher::new(Config::DEFAULT),
            last: None,
            matched: Vec::new(),
            ranked: Vec::new(),
        }
    }
}

impl Search {
    /// Replaces the rows.
    pub fn set_rows(&mut self, rows: impl IntoIterator<Item = Candidate>) {
        self.rows = Rows::new(rows);
        self.last = None;
    }

    /// The indices of the rows that `query` finds, best first. An empty query finds all rows, in the order in which they
    /// were given.
    pub fn matches(&mut self, query: &str) -> Vec<u32> {
        let query = Query::parse(query);
        if query.is_empty() {
            self.last = None;
            return (0..self.rows.count()).collect();
        }
        if !self.last.take().is_some_and(|last| query.narrows(&last)) {
            self.matched.clear();
            self.matched.extend(0..self.rows.count());
        }
        self.ranked.clear();
        let mut ranking = Ranking::new(&query, &self.rows, &mut self.matcher);
        self.matched.retain(|place| {
            let rank = ranking.rank(*place);
            self.ranked.extend(rank.map(|rank| (rank, *place)));
            rank.is_some()
        });
        self.last = Some(query);
        // Stable: equal ranks stay in the order of weight, tier and position.
        self.ranked.sort_by_key(|(rank, _)| *rank);
        self.ranked.iter().map(|(_, place)| self.rows.given(*place)).collect()
    }

    /// The characters of row `row` that `query` matched; none where it did not.
    pub fn marks(&mut self, row: u32, query: &str) -> Marks {
        match self.rows.by_given(row) {
            Some(row) => marks::marks(&Query::parse(query), row, self.rows.texts(), &mut self.matcher),
            None => Marks::default(),
        }
    }
}
