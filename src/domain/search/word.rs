//! A word of a query, and where it stands in a text as it was typed.

use nucleo_matcher::{Matcher, Utf32String};

use super::field_match::{FieldMatch, Kind};
use super::scattered::Alignments;
use super::text::{Letters, Position, Text, folded};

/// A word of a query, without case and diacritics.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Word {
    folded: Box<[char]>,
    letters: Letters,
    /// The same for nucleo.
    needle: Utf32String,
}

impl Word {
    /// `text` has at least one character.
    pub(super) fn new(text: &str) -> Self {
        let folded = folded(text);
        let needle = match folded.iter().all(char::is_ascii) {
            true => Utf32String::Ascii(folded.iter().collect::<String>().into()),
            false => Utf32String::Unicode(folded.clone()),
        };
        Word { letters: Letters::of(&folded), needle, folded }
    }

    pub(super) fn folded(&self) -> &[char] {
        &self.folded
    }

    /// The best place at which it stands in `text` as it was typed.
    pub(super) fn literal(&self, text: &Text) -> Option<(Kind, usize)> {
        best_place(&self.folded, text)
    }

    /// Whether the digits at its end are a whole number of `text`.
    fn ends_with_number_of(&self, text: &Text) -> bool {
        let digits = self.folded.iter().rev().take_while(|character| character.is_numeric()).count();
        let number = self.folded.split_at(self.folded.len() - digits).1;
        best_place(number, text).is_some_and(|(kind, _)| kind == Kind::Segments)
    }
}

/// The best place at which `part` stands in `text` as it was typed.
fn best_place(part: &[char], text: &Text) -> Option<(Kind, usize)> {
    let first = *part.first()?;
    let mut best = None;
    let windows = text.folded().windows(part.len()).enumerate();
    for (start, _) in windows.filter(|(_, window)| window.first() == Some(&first) && *window == part) {
        let kind = kind_at(text, start, start + part.len());
        if best.is_none_or(|(before, _)| kind < before) {
            best = Some((kind, start));
        }
    }
    best
}

fn kind_at(text: &Text, start: usize, end: usize) -> Kind {
    let begins = text.positions().get(start).is_some_and(|position| *position != Position::Inside);
    match (begins, text.is_segment_end(end)) {
        (true, true) => Kind::Segments,
        (true, false) => Kind::Beginning,
        (false, _) => Kind::Inside,
    }
}

/// Finds words in texts. Keeps its memory from one text to the next.
pub(super) struct Finder<'a> {
    matcher: &'a mut Matcher,
    alignments: Alignments,
}

impl<'a> Finder<'a> {
    pub(super) fn new(matcher: &'a mut Matcher) -> Self {
        Finder { matcher, alignments: Alignments::default() }
    }

    /// How `word` matches in `text`.
    pub(super) fn find(&mut self, word: &Word, text: &Text) -> Option<FieldMatch> {
        if word.folded.len() > text.folded().len() || !text.letters().contains(word.letters) {
            return None;
        }
        if let Some((kind, _)) = word.literal(text) {
            return Some(FieldMatch::literal(kind, word.folded.len() < text.folded().len()));
        }
        if !self.alignments.exist(&word.folded, text) {
            return None;
        }
        let is_part = !word.ends_with_number_of(text);
        let score = self.matcher.fuzzy_match(text.shown(), word.needle.slice(..)).unwrap_or_default();
        Some(FieldMatch { kind: Kind::Scattered, is_part, spread: u16::MAX - score })
    }

    /// The positions of the characters of `word` in `text`.
    pub(super) fn positions(&mut self, word: &Word, text: &Text) -> Option<Vec<usize>> {
        match word.literal(text) {
            Some((_, start)) => Some((start..start + word.folded.len()).collect()),
            None => self.alignments.best(&word.folded, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_best_where_it_is_a_whole_segment() {
        let table = [
            ("prod", "nonprod-prod-1", Some((Kind::Segments, 8))),
            ("prod-search", "prod-search-0107", Some((Kind::Segments, 0))),
            ("pay", "prod-payments", Some((Kind::Beginning, 5))),
            ("rod", "prod", Some((Kind::Inside, 1))),
            ("107", "prod-0107", Some((Kind::Segments, 6))),
            ("0107", "prod-0107", Some((Kind::Segments, 5))),
            ("10", "prod-0107", Some((Kind::Beginning, 6))),
            ("07", "prod-0107", Some((Kind::Inside, 7))),
            ("107", "100000107123", Some((Kind::Inside, 6))),
            ("only", "AWSReadOnlyAccess", Some((Kind::Segments, 7))),
            ("admin", "AWSAdministratorAccess", Some((Kind::Beginning, 3))),
            ("developer", "SeniorDeveloper", Some((Kind::Segments, 6))),
            ("prds", "prod-search", None),
        ];
        for (word, text, expected) in table {
            assert_eq!(Word::new(word).literal(&Text::new(text)), expected, "{word} in {text}");
        }
    }
}
