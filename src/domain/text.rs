//! Text from outside, made safe to show: what could act on a terminal becomes a visible escape.
//!
//! Account names, AWS messages and callback parameters are written by strangers. They are stored as they
//! came (so that they can be compared and sent back) and pass through here on the way to any screen.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Text that someone else wrote. `Display` shows it with every unsafe character as an escape.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// The longest text kept, in bytes; the rest is cut at a character boundary.
    pub const LIMIT: usize = 4096;

    /// Takes `text` as it came, cut to [`Self::LIMIT`].
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

    /// The text as it came, for comparing; never for showing.
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

/// Replaces everything that could act on a terminal or hide in a line by a visible escape.
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
            unsafe_one if acts_on_a_terminal(unsafe_one) => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(unsafe_one)));
            }
            plain => out.push(plain),
        }
    }
    out
}

/// Controls (C0, DEL, C1), bidirectional and zero-width formatting, line separators, fillers that show as
/// nothing, tags and private use.
fn acts_on_a_terminal(character: char) -> bool {
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

/// Columns that `text` takes in a terminal; `text` must already be visible.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// Cuts `text` to at most `limit` columns, ending in `…` where something was cut.
pub fn fit(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    if limit == 0 {
        return String::new();
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
    fn a_huge_name_is_cut() {
        assert_eq!(Untrusted::new("é".repeat(10_000)).raw().len(), Untrusted::LIMIT);
    }

    proptest! {
        #[test]
        fn nothing_visible_acts_on_a_terminal(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(acts_on_a_terminal));
        }

        #[test]
        fn fitting_never_exceeds_its_columns(text in any::<String>(), limit in 0usize..40) {
            prop_assert!(columns(&fit(&visible(&text), limit)) <= limit);
        }
    }
}
