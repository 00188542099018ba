//! The Merkle tree over the lines of one chain (RFC 6962, section 2.1): one root stands for all of them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::text::hex;

/// A SHA-256 of a leaf or of a node; the two are told apart by a first byte of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TreeHash([u8; 32]);

/// What is no SHA-256 in lower-case hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no SHA-256 in lower-case hex")]
pub struct InvalidHash;

impl TryFrom<String> for TreeHash {
    type Error = InvalidHash;

    fn try_from(text: String) -> Result<Self, InvalidHash> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let byte = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes: Option<Vec<u8>> = pairs.iter().map(|pair| byte(pair)).collect();
        bytes.filter(|_| rest.is_empty()).and_then(|bytes| bytes.try_into().ok()).map(TreeHash).ok_or(InvalidHash)
    }
}

impl From<TreeHash> for String {
    fn from(hash: TreeHash) -> String {
        hash.to_string()
    }
}

impl TreeHash {
    /// What stands before the first line of a chain in the place of the hash of the line before.
    pub const BEFORE_FIRST: TreeHash = TreeHash([0; 32]);

    /// The hash of a line, without its line feed.
    pub fn of_line(line: &[u8]) -> Self {
        TreeHash(Sha256::new().chain_update([0]).chain_update(line).finalize().into())
    }

    fn of_node(left: TreeHash, right: TreeHash) -> Self {
        TreeHash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// The hash whose padded standard base64 is `text`.
    pub fn from_base64(text: &str) -> Option<Self> {
        BASE64.decode(text).ok()?.try_into().ok().map(TreeHash)
    }

    /// The padded standard base64, as checkpoints carry it.
    pub fn to_base64(self) -> String {
        BASE64.encode(self.0)
    }
}

/// In lower-case hex, as `prev` carries it.
impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A tree to which leaves are only ever added: its size and the roots of its maximal perfect subtrees, left to right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<TreeHash>,
}

impl Frontier {
    /// The tree of `size` leaves with these subtrees; none where there must be more or fewer of them, or where records cannot
    /// say how many leaves there are, because JSON rounds the number.
    pub fn from_parts(size: u64, roots: Vec<TreeHash>) -> Option<Self> {
        let is_whole = usize::try_from(size.count_ones()) == Ok(roots.len()) && size < Self::TOO_MANY;
        is_whole.then_some(Frontier { size, roots })
    }

    const TOO_MANY: u64 = 1 << 53;

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its maximal perfect subtrees, left to right.
    pub fn roots(&self) -> &[TreeHash] {
        &self.roots
    }

    /// Adds a leaf at the right.
    pub fn push(&mut self, leaf: TreeHash) {
        let mut root = leaf;
        // Two subtrees of one height become one, as a carry does in counting.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = TreeHash::of_node(left, root);
            }
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// The hash of all leaves.
    pub fn root(&self) -> TreeHash {
        let joined = self.roots.iter().rev().copied().reduce(|right, left| TreeHash::of_node(left, right));
        joined.unwrap_or_else(|| TreeHash(Sha256::digest([]).into()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition of RFC 6962, word for word.
    fn root_by_definition(leaves: &[TreeHash]) -> TreeHash {
        match leaves {
            [] => Frontier::default().root(),
            [only] => *only,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                TreeHash::of_node(root_by_definition(&leaves[..split]), root_by_definition(&leaves[split..]))
            }
        }
    }

    #[test]
    fn a_tree_of_more_leaves_than_json_can_say_is_none() {
        let roots = |size: u64| vec![TreeHash::of_line(b"x"); size.count_ones() as usize];
        for (size, is_one) in [((1 << 53) - 1, true), (1 << 53, false), (u64::MAX, false)] {
            assert_eq!(Frontier::from_parts(size, roots(size)).is_some(), is_one, "{size}");
        }
    }

    #[test]
    fn the_empty_tree_is_the_digest_of_nothing() {
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Frontier::default().root().to_string(), expected);
    }

    #[test]
    fn leaves_and_root_are_those_of_the_published_vector() {
        let leaves = [
            "182871c7fb358b8798415e192453e12822b0f5ae82ea70804a04b61716a64a0d",
            "89417319894c6bdec0f232f982bbee7a4b6b007cc60ba7f7e1f6dbdb8f85b925",
            "e6cfbaf4194fc476f9c7624c0f56c3c3ecbb91acd0e86a234de59c64110303bb",
        ];
        let (mut tree, mut prev) = (Frontier::default(), TreeHash::BEFORE_FIRST);
        for (seq, expected) in leaves.iter().enumerate() {
            let line = format!(
                "{{\"chain\":\"01JD0000000000000000000000\",\"data\":{{}},\"kind\":\"test\",\"prev\":\"{prev}\",\"seq\":{seq},\"v\":1}}"
            );
            prev = TreeHash::of_line(line.as_bytes());
            assert_eq!(prev.to_string(), *expected);
            tree.push(prev);
        }
        assert_eq!(tree.root().to_base64(), "n+x4IasDw8ax+xFbaM5MaZ2OStUtGx+lnnXs+z38sdE=");
    }

    #[test]
    fn a_tree_is_taken_up_again_from_its_parts_and_from_no_others() {
        let mut tree = Frontier::default();
        (0..11_u8).for_each(|leaf| tree.push(TreeHash::of_line(&[leaf])));
        let mut again = Frontier::from_parts(tree.size(), tree.roots().to_vec()).unwrap();
        tree.push(TreeHash::of_line(b"x"));
        again.push(TreeHash::of_line(b"x"));
        assert_eq!(again, tree);
        assert_eq!(Frontier::from_parts(3, vec![TreeHash::BEFORE_FIRST]), None);
        assert_eq!(Frontier::from_parts(0, vec![TreeHash::BEFORE_FIRST]), None);
    }

    proptest! {
        #[test]
        fn the_root_is_that_of_the_definition(count in 0..200_usize) {
            let leaves: Vec<TreeHash> = (0..count).map(|leaf| TreeHash::of_line(&leaf.to_be_bytes())).collect();
            let mut tree = Frontier::default();
            leaves.iter().for_each(|leaf| tree.push(*leaf));
            prop_assert_eq!(tree.root(), root_by_definition(&leaves));
            prop_assert_eq!(tree.size(), count as u64);
        }

        #[test]
        fn any_text_is_a_hash_or_none(text in ".{0,60}") {
            let _ = TreeHash::from_base64(&text);
        }
    }
}
