//! JSON that does not act on a terminal.

use serde::Serialize;

use crate::domain::text::is_unsafe;

/// `value` as JSON on lines of its own. What could reorder text or be invisible is written as an escape, which whoever reads
/// JSON takes for the same.
pub(super) fn json(value: &impl Serialize) -> String {
    // Numbers and texts always serialize.
    let plain = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut safe = String::with_capacity(plain.len() + 1);
    for character in plain.chars() {
        // The characters of ASCII that are unsafe are escaped by then, but for DEL.
        if character < '\u{7f}' || !is_unsafe(character) {
            safe.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            safe.push_str(&format!("\\u{unit:04x}"));
        }
    }
    safe + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_reads_back_as_it_was() {
        let texts = vec!["\u{1b}[2J\u{202e}\u{7f}\u{e0041}\u{85}\n", "für 本 \\d+"];
        let printed = json(&texts);
        assert!(printed.trim_end().chars().all(|character| character == '\n' || !is_unsafe(character)), "{printed:?}");
        assert!(printed.contains("\\u202e") && printed.contains("für 本"), "{printed}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&printed).unwrap(), texts);
    }
}
