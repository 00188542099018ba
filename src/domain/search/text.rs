//! A text that is searched: its characters without case and diacritics, and where its segments begin.

use nucleo_matcher::{Utf32Str, Utf32String, chars};
use unicode_segmentation::UnicodeSegmentation as _;

use super::field_match::{FieldMatch, Kind};

/// What stands at a position of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Anything but a letter or digit.
    Separator,
    /// A segment begins: after a separator, where letters and digits meet, or at a capital inside a name.
    SegmentStart,
    /// A digit of a number of which only zeros stand before: `107` is what `0107` means.
    AfterZeros,
    /// The rest of a segment.
    Inside,
}

/// A text, prepared for searching. Positions count grapheme clusters, each of which is represented by its first
/// character, as nucleo does it.
pub(super) struct Text {
    shown: Utf32String,
    folded: Box<[char]>,
    positions: Box<[Position]>,
    letters: Letters,
    /// Where each grapheme cluster begins, in characters, and the end; none where each is one character.
    clusters: Option<Box<[usize]>>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let shown: Vec<char> = first_characters(text).collect();
        let folded: Box<[char]> = shown.iter().map(|character| fold(*character)).collect();
        Text {
            letters: Letters::of(&folded),
            positions: positions(&shown).into(),
            clusters: clusters(text, shown.len()),
            folded,
            shown: match text.is_ascii() {
                true => Utf32String::Ascii(text.into()),
                false => Utf32String::Unicode(shown.into()),
            },
        }
    }

    /// The text as nucleo reads it.
    pub(super) fn shown(&self) -> Utf32Str<'_> {
        self.shown.slice(..)
    }

    /// Its characters without case and diacritics.
    pub(super) fn folded(&self) -> &[char] {
        &self.folded
    }

    /// What stands where; as long as [`Self::folded`].
    pub(super) fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// The letters that it has.
    pub(super) fn letters(&self) -> Letters {
        self.letters
    }

    /// Whether a segment ends before position `end`.
    pub(super) fn is_segment_end(&self, end: usize) -> bool {
        matches!(self.positions.get(end), None | Some(Position::Separator | Position::SegmentStart))
    }

    /// Whether it has `part`, without case and diacritics.
    pub(super) fn has(&self, part: &[char]) -> bool {
        part.is_empty() || self.folded.windows(part.len()).any(|window| window == part)
    }

    /// How it begins with `beginning`, without case and diacritics.
    pub(super) fn begins_with(&self, beginning: &[char]) -> Option<FieldMatch> {
        let is_part = self.folded.len() > beginning.len();
        let kind = if is_part { Kind::Beginning } else { Kind::Segments };
        self.folded.starts_with(beginning).then_some(FieldMatch::literal(kind, is_part))
    }

    /// The characters at a position, as indices into the text's `chars()`.
    pub(super) fn characters(&self, position: usize) -> std::ops::Range<usize> {
        match &self.clusters {
            None => position..position + 1,
            Some(starts) => match starts.get(position..=position + 1) {
                Some(&[start, end]) => start..end,
                _ => 0..0,
            },
        }
    }
}

/// A set of characters that may hold a few more than it was made of: what it lacks is certainly not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letters(u64);

impl Letters {
    pub(super) fn of(folded: &[char]) -> Self {
        Letters(folded.iter().fold(0, |set, character| set | 1 << (u32::from(*character) % 64)))
    }

    pub(super) fn contains(self, other: Letters) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The characters of a query without case and diacritics.
pub(super) fn folded(text: &str) -> Box<[char]> {
    first_characters(text).map(fold).collect()
}

/// The first character of each grapheme cluster.
fn first_characters(text: &str) -> impl Iterator<Item = char> {
    let (ascii, unicode) = if text.is_ascii() { (text, "") } else { ("", text) };
    ascii.chars().chain(unicode.graphemes(true).filter_map(|cluster| cluster.chars().next()))
}

fn fold(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    chars::to_lower_case(chars::normalize(character))
}

fn clusters(text: &str, count: usize) -> Option<Box<[usize]>> {
    if text.is_ascii() || text.chars().count() == count {
        return None;
    }
    let mut starts = vec![0];
    let mut end = 0;
    for cluster in text.graphemes(true) {
        end += cluster.chars().count();
        starts.push(end);
    }
    Some(starts.into())
}

fn positions(shown: &[char]) -> Vec<Position> {
    let mut positions: Vec<Position> = Vec::with_capacity(shown.len());
    for (at, &character) in shown.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| Some((*shown.get(before)?, *positions.get(before)?)));
        let position = match before {
            _ if !character.is_alphanumeric() => Position::Separator,
            None | Some((_, Position::Separator)) => Position::SegmentStart,
            Some((before, _)) if begins_segment(before, character, shown.get(at + 1)) => Position::SegmentStart,
            Some(('0', Position::SegmentStart | Position::AfterZeros)) => Position::AfterZeros,
            Some(_) => Position::Inside,
        };
        positions.push(position);
    }
    positions
}

/// Whether `character` begins a segment within a name, as the capitals of `AWSReadOnlyAccess2` and its digit do.
fn begins_segment(before: char, character: char, after: Option<&char>) -> bool {
    if before.is_numeric() != character.is_numeric() {
        return true;
    }
    character.is_uppercase() && (before.is_lowercase() || after.is_some_and(|after| after.is_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions as one letter each.
    fn drawn(text: &str) -> String {
        let drawn = |position: &Position| match position {
            Position::Separator => '-',
            Position::SegmentStart => '^',
            Position::AfterZeros => '0',
            Position::Inside => '.',
        };
        Text::new(text).positions().iter().map(drawn).collect()
    }

    #[test]
    fn segments_begin_after_separators_at_digits_and_at_capitals() {
        let table = [
            ("prod-search-0107", "^...-^.....-^0.."),
            ("AWSReadOnlyAccess", "^..^...^...^....."),
            ("Team0004", "^...^000"),
            ("a_b.c/d e", "^-^-^-^-^"),
            ("100200", "^....."),
            ("PROD", "^..."),
            ("東京 Üb", "^.-^."),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(drawn(text), expected, "{text}");
        }
    }

    #[test]
    fn case_and_diacritics_are_left_out_and_characters_are_found_again() {
        let folded_text = |text: &str| Text::new(text).folded().iter().collect::<String>();
        assert_eq!(folded_text("Zürich ÀÉ"), "zurich ae");
        assert_eq!(folded_text("Zu\u{308}rich"), "zurich");
        let decomposed = Text::new("Zu\u{308}rich");
        assert_eq!([0, 1, 2].map(|position| decomposed.characters(position)), [0..1, 1..3, 3..4]);
        assert_eq!(Text::new("東京").characters(1), 1..2);
        assert_eq!(decomposed.characters(6), 0..0);
    }
}
