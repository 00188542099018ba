//! "Did you mean …?": the known word most similar to what was typed.

/// Longer words are not compared: the cost is the square of their length.
const MAX_LENGTH: usize = 96;

/// The least similarity, between 0 and 1, at which a word is suggested.
const MIN_SIMILARITY: f64 = 0.72;

/// The candidate most similar to `typed`, case-insensitively, if one is similar enough to be meant.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.is_empty() || typed.len() > MAX_LENGTH {
        return None;
    }
    let typed = typed.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| (similarity(&typed, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

/// The edit distance finds typos and swapped letters; Jaro-Winkler finds words that were not typed to the end.
fn similarity(left: &str, right: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(left, right).max(strsim::jaro_winkler(left, right) - 0.15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word_and_another_word_finds_none() {
        let words = ["session", "store", "open_browser", "mouse"];
        let table = [
            ("sesion", Some("session")),
            ("SESSION", Some("session")),
            ("stroe", Some("store")),
            ("open-browser", Some("open_browser")),
            ("open_brow", Some("open_browser")),
            ("qqq", None),
            ("", None),
        ];
        for (typed, expected) in table {
            assert_eq!(nearest(typed, words), expected, "{typed}");
        }
        assert_eq!(nearest(&"s".repeat(1 << 20), words), None);
    }
}
