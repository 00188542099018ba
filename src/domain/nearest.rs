//! "Did you mean …?": the known word that comes nearest to what was typed.

/// Longer words are no typing slips, and comparing them costs the square of their length.
const LONGEST: usize = 96;

/// How alike two words must be, between 0 and 1, before one is offered in place of the other.
const ALIKE: f64 = 0.72;

/// The candidate nearest to `typed` without regard to case, if one is near enough to be a slip.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let typed = typed.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (likeness(&typed, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

/// Edit distance finds slips and swapped letters; the common prefix finds words left unfinished.
fn likeness(left: &str, right: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(left, right).max(strsim::jaro_winkler(left, right) - 0.15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
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
