//! Fuzzy filtering, fast enough for each keystroke over tens of thousands of rows.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};

/// Rows that can be filtered. The last matches are kept: a query that extends the last one searches only them.
pub struct Filter {
    rows: Vec<Utf32String>,
    matcher: Matcher,
    last: Option<LastSearch>,
}

struct LastSearch {
    query: String,
    /// The indices of the rows that matched, in order.
    matched: Vec<u32>,
}

impl Default for Filter {
    fn default() -> Self {
        Filter { rows: Vec::new(), matcher: Matcher::new(Config::DEFAULT), last: None }
    }
}

impl Filter {
    /// Replaces the rows by their searchable texts. Equal matches are returned in this order.
    pub fn set_rows<'a>(&mut self, rows: impl IntoIterator<Item = &'a str>) {
        self.rows = rows.into_iter().map(Utf32String::from).collect();
        self.last = None;
    }

    /// The indices of the rows that match every word of `query`, best first; all rows for an empty query.
    pub fn matches(&mut self, query: &str) -> Vec<u32> {
        let count = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let query = query.trim();
        if query.is_empty() {
            self.last = None;
            return (0..count).collect();
        }
        let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
        let mut scored: Vec<(u32, u32)> = match self.last.take() {
            Some(last) if narrows(&last.query, query) => self.score(&pattern, last.matched.into_iter()),
            _ => self.score(&pattern, 0..count),
        };
        self.last = Some(LastSearch { query: query.to_owned(), matched: scored.iter().map(|(_, row)| *row).collect() });
        scored.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
        scored.into_iter().map(|(_, row)| row).collect()
    }

    fn score(&mut self, pattern: &Pattern, candidates: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
        let (rows, matcher) = (&self.rows, &mut self.matcher);
        candidates
            .filter_map(|row| {
                let text = rows.get(row as usize)?;
                pattern.score(text.slice(..), matcher).map(|score| (score, row))
            })
            .collect()
    }
}

/// Whether every match of `query` is certainly a match of `before`: it extends `before`, has none of the characters that
/// are operators of the pattern syntax, and no upper case, which would make the match case-sensitive.
fn narrows(before: &str, query: &str) -> bool {
    query.starts_with(before) && !query.contains(['!', '^', '$', '\'', '\\']) && !query.chars().any(char::is_uppercase)
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
