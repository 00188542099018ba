//! Memory for texts that contain secrets: wiped when dropped, and wherever it moves to make room.

use std::io;
use std::ops::{Deref, DerefMut};

use serde::Serialize;
use zeroize::Zeroizing;

/// `value` as JSON.
///
/// # Errors
/// Where `value` refuses to be written.
pub fn to_json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let mut bytes = WipedBytes::default();
    serde_json::to_writer(&mut bytes, value)?;
    Ok(bytes.0)
}

/// Bytes that grow without leaving a copy behind.
#[derive(Default)]
pub(crate) struct WipedBytes(Zeroizing<Vec<u8>>);

impl WipedBytes {
    /// What is allocated first: more than most records and messages need.
    const FIRST_CAPACITY: usize = 4096;

    /// Appends `more`.
    pub(crate) fn extend(&mut self, more: &[u8]) {
        let needed = self.0.len() + more.len();
        if needed > self.0.capacity() {
            // A vector that grows by itself frees its old memory as it is.
            let capacity = needed.max(2 * self.0.capacity()).max(Self::FIRST_CAPACITY);
            let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(more);
    }
}

impl Deref for WipedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for WipedBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl io::Write for WipedBytes {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.extend(more);
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
    fn bytes_that_grow_hold_what_was_appended_and_move_seldom() {
        let (mut bytes, mut moves, mut place) = (WipedBytes::default(), 0, std::ptr::null());
        for count in 0..20_000_usize {
            bytes.extend(&[count.to_le_bytes()[0]]);
            moves += usize::from(bytes.as_ptr() != place);
            place = bytes.as_ptr();
        }
        assert!(bytes.iter().enumerate().all(|(count, byte)| *byte == count.to_le_bytes()[0]));
        assert_eq!((bytes.len(), moves), (20_000, 4), "4,096 bytes first, then twice as many each time");
        bytes[0] = 9;
        assert_eq!(bytes[..2], [9, 1]);
    }

    #[test]
    fn what_is_written_is_the_json_of_the_value_whatever_its_size() {
        for length in [0, 1, 4093, 4094, 4095, 4096, 100_000] {
            let text = "x".repeat(length);
            assert_eq!(*to_json(&text).unwrap(), serde_json::to_vec(&text).unwrap());
        }
    }
}
