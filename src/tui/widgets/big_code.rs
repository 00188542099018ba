//! The user code in large letters.

use crate::domain::text::columns;

/// Columns of a letter and the gap after it.
const LETTER: usize = 6;
/// Rows of a large code.
const HEIGHT: usize = 4;

/// `code` as rows of half blocks; `None` where it does not fit `width`, or a character has no glyph.
pub(crate) fn rows(code: &str, width: usize) -> Option<[String; HEIGHT]> {
    let glyphs: Vec<&[u8; 7]> = code.chars().map(glyph).collect::<Option<_>>()?;
    if glyphs.is_empty() || glyphs.len() * LETTER > width + 1 {
        return None;
    }
    Some(std::array::from_fn(|row| glyphs.iter().map(|glyph| slice(glyph, row)).collect::<Vec<_>>().join(" ")))
}

/// `code` with spaces between its characters, where they fit.
pub(crate) fn spaced(code: &str, width: usize) -> String {
    let spaced = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    if columns(&spaced) <= width { spaced } else { code.to_owned() }
}

fn slice(glyph: &[u8; 7], row: usize) -> String {
    let line = |at: usize| glyph.get(at).copied().unwrap_or_default();
    (0..5)
        .rev()
        .map(|bit| match (line(row * 2) >> bit & 1, line(row * 2 + 1) >> bit & 1) {
            (1, 1) => '█',
            (1, _) => '▀',
            (_, 1) => '▄',
            _ => ' ',
        })
        .collect()
}

fn glyph(character: char) -> Option<&'static [u8; 7]> {
    let wanted = character.to_ascii_uppercase();
    GLYPHS.iter().find(|(character, _)| *character == wanted).map(|(_, rows)| rows)
}

/// Five columns by seven rows; the zero is slashed.
#[rustfmt::skip]
const GLYPHS: [(char, [u8; 7]); 37] = [
    ('A', [0b0_1110, 0b1_0001, 0b1_0001, 0b1_1111, 0b1_0001, 0b1_0001, 0b1_0001]),
    ('B', [0b1_1110, 0b1_0001, 0b1_0001, 0b1_1110, 0b1_0001, 0b1_0001, 0b1_1110]),
    ('C', [0b0_1111, 0b1_0000, 0b1_0000, 0b1_0000, 0b1_0000, 0b1_0000, 0b0_1111]),
    ('D', [0b1_1110, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_1110]),
    ('E', [0b1_1111, 0b1_0000, 0b1_0000, 0b1_1110, 0b1_0000, 0b1_0000, 0b1_1111]),
    ('F', [0b1_1111, 0b1_0000, 0b1_0000, 0b1_1110, 0b1_0000, 0b1_0000, 0b1_0000]),
    ('G', [0b0_1111, 0b1_0000, 0b1_0000, 0b1_0011, 0b1_0001, 0b1_0001, 0b0_1111]),
    ('H', [0b1_0001, 0b1_0001, 0b1_0001, 0b1_1111, 0b1_0001, 0b1_0001, 0b1_0001]),
    ('I', [0b1_1111, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_0100, 0b1_1111]),
    ('J', [0b0_0111, 0b0_0010, 0b0_0010, 0b0_0010, 0b0_0010, 0b1_0010, 0b0_1100]),
    ('K', [0b1_0001, 0b1_0010, 0b1_0100, 0b1_1000, 0b1_0100, 0b1_0010, 0b1_0001]),
    ('L', [0b1_0000, 0b1_0000, 0b1_0000, 0b1_0000, 0b1_0000, 0b1_0000, 0b1_1111]),
    ('M', [0b1_0001, 0b1_1011, 0b1_0101, 0b1_0101, 0b1_0001, 0b1_0001, 0b1_0001]),
    ('N', [0b1_0001, 0b1_1001, 0b1_1001, 0b1_0101, 0b1_0011, 0b1_0011, 0b1_0001]),
    ('O', [0b0_1110, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b0_1110]),
    ('P', [0b1_1110, 0b1_0001, 0b1_0001, 0b1_1110, 0b1_0000, 0b1_0000, 0b1_0000]),
    ('Q', [0b0_1110, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_0101, 0b1_0010, 0b0_1101]),
    ('R', [0b1_1110, 0b1_0001, 0b1_0001, 0b1_1110, 0b1_0100, 0b1_0010, 0b1_0001]),
    ('S', [0b0_1111, 0b1_0000, 0b1_0000, 0b0_1110, 0b0_0001, 0b0_0001, 0b1_1110]),
    ('T', [0b1_1111, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_0100]),
    ('U', [0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b0_1110]),
    ('V', [0b1_0001, 0b1_0001, 0b1_0001, 0b1_0001, 0b0_1010, 0b0_1010, 0b0_0100]),
    ('W', [0b1_0001, 0b1_0001, 0b1_0001, 0b1_0101, 0b1_0101, 0b1_1011, 0b1_0001]),
    ('X', [0b1_0001, 0b1_0001, 0b0_1010, 0b0_0100, 0b0_1010, 0b1_0001, 0b1_0001]),
    ('Y', [0b1_0001, 0b1_0001, 0b0_1010, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_0100]),
    ('Z', [0b1_1111, 0b0_0001, 0b0_0010, 0b0_0100, 0b0_1000, 0b1_0000, 0b1_1111]),
    ('0', [0b0_1110, 0b1_0001, 0b1_0011, 0b1_0101, 0b1_1001, 0b1_0001, 0b0_1110]),
    ('1', [0b0_0100, 0b0_1100, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_0100, 0b0_1110]),
    ('2', [0b0_1110, 0b1_0001, 0b0_0001, 0b0_0110, 0b0_1000, 0b1_0000, 0b1_1111]),
    ('3', [0b1_1110, 0b0_0001, 0b0_0001, 0b0_1110, 0b0_0001, 0b0_0001, 0b1_1110]),
    ('4', [0b0_0010, 0b0_0110, 0b0_1010, 0b1_0010, 0b1_1111, 0b0_0010, 0b0_0010]),
    ('5', [0b1_1111, 0b1_0000, 0b1_1110, 0b0_0001, 0b0_0001, 0b1_0001, 0b0_1110]),
    ('6', [0b0_0110, 0b0_1000, 0b1_0000, 0b1_1110, 0b1_0001, 0b1_0001, 0b0_1110]),
    ('7', [0b1_1111, 0b0_0001, 0b0_0010, 0b0_0100, 0b0_1000, 0b0_1000, 0b0_1000]),
    ('8', [0b0_1110, 0b1_0001, 0b1_0001, 0b0_1110, 0b1_0001, 0b1_0001, 0b0_1110]),
    ('9', [0b0_1110, 0b1_0001, 0b1_0001, 0b0_1111, 0b0_0001, 0b0_0010, 0b0_1100]),
    ('-', [0b0_0000, 0b0_0000, 0b0_0000, 0b0_1110, 0b0_0000, 0b0_0000, 0b0_0000]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_and_digit_has_a_glyph_of_its_own() {
        let mut seen: Vec<_> = GLYPHS.iter().map(|(_, rows)| rows).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 37);
        assert!(('A'..='Z').chain('0'..='9').all(|character| glyph(character).is_some()));
    }

    #[test]
    fn a_code_that_does_not_fit_or_has_odd_characters_is_left_to_plain_text() {
        assert_eq!(rows("ABCD-EFGH", 53).map(|rows| columns(&rows[0])), Some(53));
        assert!(rows("ABCD-EFGH", 52).is_none());
        assert!(rows("ÄB", 80).is_none());
        assert_eq!(spaced("AB-CD", 9), "A B - C D");
        assert_eq!(spaced("AB-CD", 8), "AB-CD");
    }
}
