//! Fuzzy filtering of short lists, such as commands and regions; roles have `super::search`.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};

/// Rows that can be filtered.
pub struct Filter {
    rows: Vec<Utf32String>,
    matcher: Matcher,
}

impl Default for Filter {
    fn default() -> Self {
        Filter { rows: Vec::new(), matcher: Matcher::new(Config::DEFAULT) }
    }
}

impl Filter {
    /// Replaces the rows by their searchable texts. Equal matches are returned in this order.
    pub fn set_rows<'a>(&mut self, rows: impl IntoIterator<Item = &'a str>) {
        self.rows = rows.into_iter().map(Utf32String::from).collect();
    }

    /// The indices of the rows that match every word of `query`, best first; all rows for an empty query.
    pub fn matches(&mut self, query: &str) -> Vec<u32> {
        let count = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let query = query.trim();
        if query.is_empty() {
            return (0..count).collect();
        }
        let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
        let (rows, matcher) = (&self.rows, &mut self.matcher);
        let score = |row: u32| Some((pattern.score(rows.get(row as usize)?.slice(..), matcher)?, row));
        let mut scored: Vec<(u32, u32)> = (0..count).filter_map(score).collect();
        scored.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
        scored.into_iter().map(|(_, row)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter() -> Filter {
        let mut filter = Filter::default();
        filter.set_rows([
            "prod-payments-0003 100000023757 Developer",
            "prod-payments-0003 100000023757 ReadOnly",
            "stage-payments-0011 100000086989 Developer",
            "log-archive 100000000001 Admin",
        ]);
        filter
    }

    #[test]
    fn every_word_must_match_somewhere() {
        assert_eq!(filter().matches("pay dev"), [0, 2]);
        assert_eq!(filter().matches("23757 read"), [1]);
        assert_eq!(filter().matches("nothing here"), [] as [u32; 0]);
        assert_eq!(filter().matches("  "), [0, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn an_extended_query_finds_what_a_new_search_finds(query in "[a-zA-Z0-9 !^'$\\\\-]{0,12}") {
            let mut typed = filter();
            for end in 0..=query.len() {
                prop_assert_eq!(typed.matches(&query[..end]), filter().matches(&query[..end]));
            }
        }
    }
}
