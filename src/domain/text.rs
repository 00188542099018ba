//! Untrusted text, made safe to show: characters that could control a terminal become visible escapes.
//!
//! Account names, AWS messages and callback parameters are untrusted. They are stored unchanged, so that they can be
//! compared and sent back, and are escaped whenever they are shown.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Untrusted text. `Display` and `Debug` escape it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// The maximum length in bytes; the rest is cut off at a character boundary.
    pub const LIMIT: usize = 4096;

    /// Stores `text` unescaped, cut to [`Self::LIMIT`].
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.len() > Self::LIMIT {
            let mut end = Self::LIMIT;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        Untrusted(text)
    }

    /// The text unescaped: for comparing, never for showing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The text safe to show.
    pub fn visible(&self) -> String {
        visible(&self.0)
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&visible(&self.0))
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", visible(&self.0))
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Untrusted::new(text)
    }
}

/// Escapes every character that could control a terminal, reorder text or be invisible.
pub fn visible(text: &str) -> String {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{1b}' => out.push_str("\\e"),
            control if is_unsafe(control) => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(control)));
            }
            plain => out.push(plain),
        }
    }
    out
}

/// Control characters (C0, DEL, C1), bidirectional and zero-width formatting, line separators, invisible fillers, tags and
/// private use.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
                | '\u{f0000}'..='\u{10ffff}'
        )
}

/// `bytes` as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The width of `text` in terminal columns; `text` must already be escaped.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// Cuts `text` to at most `limit` columns, with `…` at the end where it was cut.
pub fn fit(text: &str, limit: usize) -> String {
    // Marks without a base have no columns and would still be drawn, over what stands before them.
    if limit == 0 {
        return String::new();
    }
    if columns(text) <= limit {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = columns(grapheme);
        if used + wide > limit - 1 {
            break;
        }
        out.push_str(grapheme);
        used += wide;
    }
    out.push('…');
    out
}

/// Cuts `text` to at most `limit` columns, with `…` in the middle where it was cut: names often differ at their ends.
pub fn fit_middle(text: &str, limit: usize) -> String {
    if limit == 0 {
        return String::new();
    }
    if columns(text) <= limit {
        return text.to_owned();
    }
    let room = limit - 1;
    let graphemes: Vec<&str> = text.graphemes(true).collect();
    let head = prefix_within(graphemes.iter().copied(), room - room / 2);
    let used: usize = graphemes[..head].iter().map(|grapheme| columns(grapheme)).sum();
    let tail = prefix_within(graphemes[head..].iter().rev().copied(), room - used);
    format!("{}…{}", graphemes[..head].concat(), graphemes[graphemes.len() - tail..].concat())
}

/// How many of the first `graphemes` fit into `room` columns.
fn prefix_within<'a>(graphemes: impl Iterator<Item = &'a str>, mut room: usize) -> usize {
    let fits = |grapheme: &&str| match room.checked_sub(columns(grapheme)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    graphemes.take_while(fits).count()
}

/// `text` cut at its end and filled to exactly `width` columns, left aligned.
pub fn padded(text: &str, width: usize) -> String {
    filled(fit(text, width), width)
}

/// `text` cut in its middle and filled to exactly `width` columns, left aligned.
pub fn padded_middle(text: &str, width: usize) -> String {
    filled(fit_middle(text, width), width)
}

fn filled(mut text: String, width: usize) -> String {
    text.push_str(&" ".repeat(width.saturating_sub(columns(&text))));
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_become_visible_escapes() {
        let table = [
            ("\u{1b}[2J", "\\e[2J"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\rb\nc\td", "a\\rb\\nc\\td"),
            ("\u{1b}]52;c;AAAA\u{7}", "\\e]52;c;AAAA\\u{7}"),
            ("\u{1b}]8;;http://evil\u{1b}\\x", "\\e]8;;http://evil\\e\\x"),
            ("nul\0", "nul\\u{0}"),
            ("pay\u{202e}dorp", "pay\\u{202e}dorp"),
            ("a\u{200b}b\u{200d}c", "a\\u{200b}b\\u{200d}c"),
            ("Zürich 東京", "Zürich 東京"),
        ];
        for (given, shown) in table {
            assert_eq!(visible(given), shown);
        }
    }

    #[test]
    fn every_class_of_unsafe_characters_is_escaped_and_their_neighbours_are_not() {
        let ranges = [
            ('\0', '\u{1f}'),
            ('\u{7f}', '\u{9f}'),
            ('\u{ad}', '\u{ad}'),
            ('\u{34f}', '\u{34f}'),
            ('\u{61c}', '\u{61c}'),
            ('\u{115f}', '\u{1160}'),
            ('\u{17b4}', '\u{17b5}'),
            ('\u{180b}', '\u{180f}'),
            ('\u{200b}', '\u{200f}'),
            ('\u{2028}', '\u{202e}'),
            ('\u{2060}', '\u{206f}'),
            ('\u{3164}', '\u{3164}'),
            ('\u{e000}', '\u{f8ff}'),
            ('\u{fe00}', '\u{fe0f}'),
            ('\u{feff}', '\u{feff}'),
            ('\u{ffa0}', '\u{ffa0}'),
            ('\u{fff0}', '\u{fffb}'),
            ('\u{e0000}', '\u{e0fff}'),
            ('\u{f0000}', '\u{10ffff}'),
        ];
        let shown = |code: u32| char::from_u32(code).map(|character| visible(&character.to_string()));
        for (first, last) in ranges.map(|(first, last)| (u32::from(first), u32::from(last))) {
            for code in [first, last] {
                assert!(shown(code).unwrap().starts_with('\\'), "{code:x}");
            }
            for code in [first.wrapping_sub(1), last + 1] {
                assert!(shown(code).is_none_or(|shown| !shown.starts_with('\\')), "{code:x}");
            }
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_character_boundary() {
        let cut = Untrusted::new("東".repeat(10_000));
        assert_eq!(cut.raw(), "東".repeat(Untrusted::LIMIT / 3));
        let whole = "x".repeat(Untrusted::LIMIT);
        assert_eq!(Untrusted::new(whole.as_str()).raw(), whole);
    }

    #[test]
    fn each_byte_is_two_hexadecimal_digits() {
        assert_eq!(hex(&[0, 9, 0x0a, 0xf0, 0xff]), "00090af0ff");
        assert_eq!(hex(&[]), "");
    }

    #[test]
    fn text_that_does_not_fit_ends_in_an_ellipsis() {
        let table =
            [("abcd", 4, "abcd"), ("abcde", 4, "abc…"), ("東京支店", 6, "東京…"), ("ab", 1, "…"), ("\u{301}", 0, "")];
        for (text, limit, expected) in table {
            assert_eq!(fit(text, limit), expected, "{text} {limit}");
        }
    }

    #[test]
    fn padded_text_fills_its_columns_and_wide_characters_count_as_two() {
        let table = [("東京", 6, "東京  "), ("東京支店", 6, "東京… "), ("abc", 3, "abc"), ("ab", 0, "")];
        for (text, width, expected) in table {
            assert_eq!(padded(text, width), expected, "{text} {width}");
        }
    }

    #[test]
    fn a_long_name_is_cut_in_its_middle_so_that_both_ends_can_be_read() {
        let table = [
            ("prod-payments-0003", 18, "prod-payments-0003"),
            ("prod-payments-eu-0003", 18, "prod-paym…-eu-0003"),
            ("prod-payments-eu-0003", 17, "prod-pay…-eu-0003"),
            ("東京支店大阪支店", 9, "東京…支店"),
            ("東京支店大阪支店", 8, "東京…店"),
            ("e\u{301}e\u{301}e\u{301}e\u{301}", 3, "e\u{301}…e\u{301}"),
            ("abcd", 3, "a…d"),
            ("abc", 2, "a…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
            ("\u{301}", 0, ""),
        ];
        for (text, limit, expected) in table {
            assert_eq!(fit_middle(text, limit), expected, "{text} {limit}");
        }
        assert_eq!(padded_middle("東京支店大阪支店", 8), "東京…店 ");
    }

    proptest! {
        #[test]
        fn a_text_cut_in_its_middle_keeps_its_ends_and_its_columns(text in any::<String>(), limit in 0usize..40) {
            let text = visible(&text).replace('…', "_");
            let cut = fit_middle(&text, limit);
            prop_assert!(columns(&cut) <= limit);
            match cut.split_once('…') {
                Some((head, tail)) => prop_assert!(text.starts_with(head) && text.ends_with(tail)),
                None if limit == 0 => prop_assert_eq!(cut, ""),
                None => prop_assert_eq!(cut, text),
            }
        }

        #[test]
        fn escaped_text_has_no_unsafe_characters(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(is_unsafe));
        }

        #[test]
        fn fitting_never_exceeds_its_columns(text in any::<String>(), limit in 0usize..40) {
            prop_assert!(columns(&fit(&visible(&text), limit)) <= limit);
        }
    }
}
