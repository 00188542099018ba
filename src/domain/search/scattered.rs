//! Words whose letters stand apart in a text: `prd` in `prod`, `ps107` in `prod-search-0107`.
//!
//! Such a match is meant, and no accident, where it begins at the beginning of a segment and goes on with the next
//! character, at the beginning of a later segment, or after a gap of a few characters in the same segment; the latter a
//! few times only. Digits that are typed together stand together. What matches a word so, matches its beginning too.

use super::text::{Position, Text};

/// How many characters a gap may leave out.
const LONGEST_GAP: usize = 3;
/// How many gaps a match may have.
const MOST_GAPS: u8 = 3;
/// In place of a number of gaps: there is no such match.
const NEVER: u8 = u8::MAX;

/// Finds the letters of words in texts. Keeps its memory from one text to the next.
#[derive(Default)]
pub(super) struct Alignments {
    /// For each character of the word a row with an entry for each position of the text: the fewest gaps that the word
    /// has up to that character, where that character stands at that position.
    gaps: Vec<u8>,
}

/// The end of a part of a word in a text.
#[derive(Clone, Copy)]
struct End {
    position: usize,
    gaps: u8,
}

impl Alignments {
    /// Whether the letters of `word` stand in `text`.
    pub(super) fn exist(&mut self, word: &[char], text: &Text) -> bool {
        is_subsequence(word, text.folded()) && self.fill(word, text)
    }

    /// Where the letters of `word` stand in `text`, with as few gaps as possible.
    pub(super) fn best(&mut self, word: &[char], text: &Text) -> Option<Vec<usize>> {
        if !self.exist(word, text) {
            return None;
        }
        let rows: Vec<&[u8]> = self.gaps.chunks_exact(text.folded().len()).collect();
        let mut number = word.len().checked_sub(1)?;
        let mut position = fewest(rows.get(number)?)?.position;
        let mut found = vec![position];
        while let Some(before) = number.checked_sub(1) {
            let row = rows.get(before)?;
            let step = Step { word, text, number, position };
            position = step.source(row, fewest(row.get(..position)?))?.position;
            number = before;
            found.push(position);
        }
        found.reverse();
        Some(found)
    }

    /// Fills the table, row by row. Returns whether the last row has an entry.
    fn fill(&mut self, word: &[char], text: &Text) -> bool {
        let length = text.folded().len();
        self.gaps.clear();
        self.gaps.resize(word.len() * length, NEVER);
        for number in 0..word.len() {
            let (filled, rest) = self.gaps.split_at_mut(number * length);
            let before = number.checked_sub(1).and_then(|before| filled.chunks_exact(length).nth(before));
            if !fill_row(word, text, number, before, rest) {
                return false;
            }
        }
        true
    }
}

/// Fills the row of the word's character `number` from the row `before` it. Returns whether it has an entry.
fn fill_row(word: &[char], text: &Text, number: usize, before: Option<&[u8]>, row: &mut [u8]) -> bool {
    let mut is_found = false;
    let mut earlier: Option<End> = None;
    for (position, (character, gaps)) in text.folded().iter().zip(row).enumerate() {
        let step = Step { word, text, number, position };
        if word.get(number) == Some(character) {
            let end = match before {
                None => step.may_begin().then_some(End { position, gaps: 0 }),
                Some(before) => step.source(before, earlier),
            };
            if let Some(end) = end.filter(|end| end.gaps <= MOST_GAPS) {
                *gaps = end.gaps;
                is_found = true;
            }
        }
        earlier = better(earlier, before.and_then(|before| end_at(before, position)));
    }
    is_found
}

/// The word's character `number` at a position of the text.
struct Step<'a> {
    word: &'a [char],
    text: &'a Text,
    number: usize,
    position: usize,
}

impl Step<'_> {
    /// Where the word's characters before this one end, and how many gaps there are with this one. `row` is that of the
    /// character before this one, and `earlier` its best entry before this position.
    fn source(&self, row: &[u8], earlier: Option<End>) -> Option<End> {
        let next = self.position.checked_sub(1).and_then(|before| end_at(row, before));
        if self.continues_number() {
            return next;
        }
        let jump = earlier.filter(|_| self.may_begin());
        [next, jump, self.gap(row)].into_iter().flatten().min_by_key(|end| end.gaps)
    }

    /// Whether this digit belongs to the number that the word's character before it belongs to.
    fn continues_number(&self) -> bool {
        let is_digit = |number: usize| self.word.get(number).is_some_and(|character| character.is_numeric());
        is_digit(self.number) && self.number.checked_sub(1).is_some_and(is_digit)
    }

    /// Whether a part of the word may begin here, however far the part before it is away.
    fn may_begin(&self) -> bool {
        self.text.positions().get(self.position).is_some_and(|position| *position != Position::Inside)
    }

    /// The same segment's entry of `row` with a gap between it and this letter; the nearest of the best.
    fn gap(&self, row: &[u8]) -> Option<End> {
        if self.word.get(self.number).is_some_and(|character| character.is_numeric()) {
            return None;
        }
        let is_inside = |position: &usize| self.text.positions().get(*position) == Some(&Position::Inside);
        // Those that are left out, and this letter itself, belong to the segment; the one before them may begin it.
        let ends = (1..=LONGEST_GAP + 1).map_while(|back| self.position.checked_sub(back));
        let gaps = ends.take_while(|end| is_inside(&(end + 1))).skip(1).filter_map(|end| end_at(row, end));
        gaps.min_by_key(|end| end.gaps).map(|end| End { gaps: end.gaps + 1, ..end })
    }
}

fn end_at(row: &[u8], position: usize) -> Option<End> {
    row.get(position).filter(|gaps| **gaps != NEVER).map(|gaps| End { position, gaps: *gaps })
}

/// The best entry of a row; the last one of equals.
fn fewest(row: &[u8]) -> Option<End> {
    (0..row.len()).fold(None, |best, position| better(best, end_at(row, position)))
}

/// The better of two entries; the second one of equals.
fn better(first: Option<End>, second: Option<End>) -> Option<End> {
    match (first, second) {
        (Some(first), Some(second)) if first.gaps < second.gaps => Some(first),
        (first, second) => second.or(first),
    }
}

fn is_subsequence(word: &[char], text: &[char]) -> bool {
    let mut rest = text.iter();
    word.iter().all(|character| rest.any(|other| other == character))
}

#[cfg(test)]
mod tests {
    use super::super::text::folded;
    use super::*;

    /// `text` with brackets around what `word` matches.
    fn drawn(word: &str, text: &str) -> Option<String> {
        let found = Alignments::default().best(&folded(word), &Text::new(text))?;
        let mark = |(at, character): (usize, char)| match found.contains(&at) {
            true => format!("[{character}]"),
            false => character.to_string(),
        };
        Some(text.chars().enumerate().map(mark).collect::<String>().replace("][", ""))
    }

    #[test]
    fn letters_may_be_left_out_and_segments_be_named_by_their_beginnings() {
        let table = [
            ("prd", "prod-payments-0003", "[pr]o[d]-payments-0003"),
            ("srch", "prod-search-0107", "prod-[s]ea[rch]-0107"),
            ("mgmt", "org-management", "org-[m]ana[g]e[m]en[t]"),
            ("ps107", "prod-search-0107", "[p]rod-[s]earch-0[107]"),
            ("prodpay", "prod-payments", "[prod]-[pay]ments"),
            ("pay3", "prod-payments-0003", "prod-[pay]ments-000[3]"),
            ("prod-0107", "prod-search-0107", "[prod]-search[-0107]"),
            ("ro", "AWSReadOnlyAccess", "AWS[R]ead[O]nlyAccess"),
            ("dbop", "DatabaseOperator", "[D]ata[b]ase[Op]erator"),
        ];
        for (word, text, expected) in table {
            assert_eq!(drawn(word, text).as_deref(), Some(expected), "{word}");
        }
    }

    #[test]
    fn letters_that_are_spread_by_accident_do_not_match() {
        let table = [
            ("rdp", "prod-payments", "does not begin a segment"),
            ("pts", "prod-payments", "`t` begins no segment, and the gap before it is too long"),
            ("pom", "po-amber", "a gap ends with its segment"),
            ("dvlpr", "developer", "too many gaps"),
            ("p17", "prod-1-7", "digits typed together stand together"),
            ("p07", "prod-0107", "a number begins at its beginning"),
            ("pay1070", "payments-0107", "there is no such character left"),
        ];
        for (word, text, why) in table {
            assert_eq!(drawn(word, text), None, "{word} in {text}: {why}");
        }
    }
}
