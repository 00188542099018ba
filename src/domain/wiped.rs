//! Memory for texts that contain secrets: wiped when dropped, and wherever it moves to make room.

use std::io;

use serde::Serialize;
use zeroize::Zeroizing;

/// `value` as JSON.
///
/// # Errors
/// Where `value` refuses to be written.
pub fn to_json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let mut bytes = WipedBytes(Zeroizing::new(Vec::with_capacity(4096)));
    serde_json::to_writer(&mut bytes, value)?;
    Ok(bytes.0)
}

/// Bytes that grow without leaving a copy behind.
struct WipedBytes(Zeroizing<Vec<u8>>);

impl io::Write for WipedBytes {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + more.len();
        if needed > self.0.capacity() {
            // A vector that grows by itself frees its old memory as it is.
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_the_json_of_the_value_whatever_its_size() {
        for length in [0, 1, 4093, 4094, 4095, 4096, 100_000] {
            let text = "x".repeat(length);
            assert_eq!(*to_json(&text).unwrap(), serde_json::to_vec(&text).unwrap());
        }
    }
}
