//! How the audit log's key and head look inside the keyring.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::records::{Unreadable, VERSION, from_json, to_json, version};
use crate::domain::audit::{ChainId, Head, LogKey};

#[derive(Serialize, Deserialize)]
struct LogKeyWire {
    v: u32,
    chain: ChainId,
    seed: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
struct LogHeadWire {
    v: u32,
    head: Head,
}

/// Writes the key of a chain.
pub fn encode_log_key(key: &LogKey) -> Zeroizing<Vec<u8>> {
    to_json(&LogKeyWire { v: VERSION, chain: key.chain, seed: Zeroizing::new(BASE64.encode(key.seed.as_slice())) })
}

/// Reads the key of a chain.
pub fn decode_log_key(bytes: &[u8]) -> Result<Option<LogKey>, Unreadable> {
    version(bytes)?;
    let wire = from_json::<LogKeyWire>(bytes)?;
    let mut seed = Zeroizing::new([0; 32]);
    match BASE64.decode_slice(wire.seed.as_bytes(), seed.as_mut_slice()) {
        Ok(32) => Ok(Some(LogKey { chain: wire.chain, seed })),
        _ => Err(Unreadable::Damaged),
    }
}

/// Writes a head.
pub fn encode_log_head(head: &Head) -> Zeroizing<Vec<u8>> {
    to_json(&LogHeadWire { v: VERSION, head: *head })
}

/// Reads a head.
pub fn decode_log_head(bytes: &[u8]) -> Result<Option<Head>, Unreadable> {
    version(bytes)?;
    from_json::<LogHeadWire>(bytes).map(|wire| Some(wire.head))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::audit::TreeHash;

    fn key() -> LogKey {
        LogKey { chain: ChainId::new(jiff::Timestamp::UNIX_EPOCH, 7), seed: Zeroizing::new([0xa7; 32]) }
    }

    #[test]
    fn key_and_head_read_back() {
        let read = decode_log_key(&encode_log_key(&key())).unwrap().unwrap();
        assert_eq!((read.chain, read.seed), (key().chain, key().seed));
        let head = Head { chain: key().chain, size: 3, root: TreeHash::of_line(b"x") };
        assert_eq!(decode_log_head(&encode_log_head(&head)), Ok(Some(head)));
    }

    #[test]
    fn debugging_a_key_shows_no_seed() {
        let shown = format!("{:?}", key());
        assert!(shown.contains("REDACTED") && !shown.contains("167") && !shown.contains("a7"), "{shown}");
    }

    #[test]
    fn a_seed_of_another_length_is_damage() {
        let text = String::from_utf8(encode_log_key(&key()).to_vec()).unwrap();
        for seed in [BASE64.encode([1; 31]), BASE64.encode([1; 33]), "?".to_owned()] {
            let wrong = text.replace(&BASE64.encode([0xa7; 32]), &seed);
            assert_eq!(decode_log_key(wrong.as_bytes()).map(|_| ()), Err(Unreadable::Damaged), "{seed}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode_log_key(&bytes);
            let _ = decode_log_head(&bytes);
        }
    }
}
