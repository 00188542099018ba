//! Signed statements of how far a chain goes and what it says: C2SP signed-note and tlog-checkpoint.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use super::tree::TreeHash;
use crate::domain::text::hex;

/// The byte that says Ed25519, in a key's id and in its text.
const ED25519: u8 = 1;
/// What begins the line of a signature: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";

/// What a checkpoint states: the first `size` lines of the chain `origin` hash to `root`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is also the name of its key.
    pub origin: String,
    /// How many lines it covers.
    pub size: u64,
    /// The root of the tree over these.
    pub root: TreeHash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// The note: the text, and below an empty line the signature that `key` verifies.
    pub fn note(&self, key: &VerifierKey, signature: &[u8; 64]) -> String {
        let bytes = [&key.id()[..], signature].concat();
        format!("{}\n{SIGNATURE}{} {}\n", self.text(), key.name, BASE64.encode(bytes))
    }
}

/// The public half of a chain's key, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// The key of the chain `origin`.
    pub fn new(origin: String, public: [u8; 32]) -> Self {
        VerifierKey { name: origin, public }
    }

    /// What tells it from other keys of the same name.
    fn id(&self) -> [u8; 4] {
        let digest = Sha256::new().chain_update(&self.name).chain_update([b'\n', ED25519]).chain_update(self.public);
        let digest: [u8; 32] = digest.finalize().into();
        let [first, second, third, fourth, ..] = digest;
        [first, second, third, fourth]
    }
}

/// As the first record of a chain has it, and as verifiers take it.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode([&[ED25519][..], &self.public].concat());
        write!(f, "{}+{}+{key}", self.name, hex(&self.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_note_are_those_of_the_published_vector() {
        let seed: Vec<u8> = (0..32).collect();
        let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let public = ring::signature::KeyPair::public_key(&pair).as_ref().try_into().unwrap();
        let key = VerifierKey::new("daypass/01JD0000000000000000000000".to_owned(), public);
        let text = "daypass/01JD0000000000000000000000+aadea54f+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
        assert_eq!(key.to_string(), text);
        let root = TreeHash::from_base64("n+x4IasDw8ax+xFbaM5MaZ2OStUtGx+lnnXs+z38sdE=").unwrap();
        let checkpoint = Checkpoint { origin: "daypass/01JD0000000000000000000000".to_owned(), size: 3, root };
        let signature = pair.sign(checkpoint.text().as_bytes()).as_ref().try_into().unwrap();
        assert_eq!(
            checkpoint.note(&key, &signature),
            "daypass/01JD0000000000000000000000\n3\nn+x4IasDw8ax+xFbaM5MaZ2OStUtGx+lnnXs+z38sdE=\n\n\
             \u{2014} daypass/01JD0000000000000000000000 \
             qt6lTyzMVk6Wsif+wjtHrFmoePQ9KvlCNzvAYSAwNb93Ncc05C+odZONeDA5rsy/nAkaSysQATfn5IYWKhZ/BJyFKQE=\n"
        );
    }
}
