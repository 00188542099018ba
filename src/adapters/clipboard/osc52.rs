//! The clipboard of the terminal, set by an OSC 52 sequence.

use std::io::{self, Write as _, stdout};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// GNU screen drops what is longer between a DCS and its end (768 bytes).
const SCREEN_LIMIT: usize = 512;

/// Asks the terminal to put `text` on its clipboard. It never answers, and what is on it cannot be read back: a secret
/// stays there. GNU screen drops OSC 52, but passes on what comes in a DCS.
pub(super) fn send(text: &str, in_screen: bool) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(&sequence(text, in_screen))?;
    out.flush()
}

fn sequence(text: &str, in_screen: bool) -> Zeroizing<Vec<u8>> {
    const BEGIN: &[u8] = b"\x1b]52;c;";
    const END: &[u8] = b"\x07";
    let encoded = Zeroizing::new(STANDARD.encode(text.as_bytes()));
    // Large enough from the start: growing would leave copies behind.
    let mut sequence = Zeroizing::new(Vec::with_capacity(2 * encoded.len() + 64));
    if !in_screen {
        for part in [BEGIN, encoded.as_bytes(), END] {
            sequence.extend_from_slice(part);
        }
        return sequence;
    }
    let chunks = encoded.as_bytes().chunks(SCREEN_LIMIT);
    for part in std::iter::once(BEGIN).chain(chunks).chain([END]) {
        sequence.extend_from_slice(b"\x1bP");
        sequence.extend_from_slice(part);
        sequence.extend_from_slice(b"\x1b\\");
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_sent_in_base64_and_through_screen_in_pieces() {
        assert_eq!(sequence("hallo", false).as_slice(), b"\x1b]52;c;aGFsbG8=\x07");
        let long = "a".repeat(3_000);
        let through_screen = String::from_utf8(sequence(&long, true).to_vec()).unwrap();
        let pieces: Vec<&str> = through_screen.split_terminator("\x1b\\").collect();
        let longest = pieces.iter().map(|piece| piece.len()).max();
        assert_eq!(longest, Some(SCREEN_LIMIT + 2));
        let joined: String = pieces.iter().map(|piece| piece.strip_prefix("\x1bP").unwrap()).collect();
        assert_eq!(joined.as_bytes(), sequence(&long, false).as_slice());
    }
}
