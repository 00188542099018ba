//! Generates every id and secret that the simulator issues. Secrets are unique, carry a recognisable prefix, and are
//! recorded, so that tests can search for leaks.

use std::fmt::Write as _;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The letters of user codes: no vowels, so no words; nothing that looks like a digit.
const CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// The letters of AWS's unique ids.
const ID_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A generator that cannot fail once it is seeded, and the list of secrets it generated.
pub(super) struct Generator {
    seed: [u8; 32],
    blocks: u64,
    secrets: Vec<String>,
}

impl Generator {
    /// A generator seeded by the operating system.
    pub(super) fn new() -> io::Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(io::Error::other)?;
        Ok(Generator { seed, blocks: 0, secrets: Vec::new() })
    }

    /// Every secret generated so far.
    pub(super) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// A secret of `length` characters that begins with `prefix`.
    pub(super) fn secret(&mut self, prefix: &str, length: usize) -> String {
        let mut secret = prefix.to_owned();
        while secret.len() < length {
            secret.push_str(&STANDARD.encode(self.next_block())[..40]);
        }
        secret.truncate(length);
        self.secrets.push(secret.clone());
        secret
    }

    /// A secret that needs no escaping in a URL, a header or a shell.
    pub(super) fn plain_secret(&mut self, prefix: &str) -> String {
        let secret = format!("{prefix}{}", hex(&self.next_block()));
        self.secrets.push(secret.clone());
        secret
    }

    /// An unpredictable id; not one of the user's secrets.
    pub(super) fn id(&mut self) -> String {
        hex(&self.next_block()[..16])
    }

    /// A user code, `XXXX-XXXX`.
    pub(super) fn user_code(&mut self) -> String {
        let mut code: String = self.letters(CODE_LETTERS, 8);
        code.insert(4, '-');
        code
    }

    /// An access key id of temporary credentials.
    pub(super) fn access_key_id(&mut self) -> String {
        format!("ASIA{}", self.letters(ID_LETTERS, 16))
    }

    fn letters(&mut self, alphabet: &[u8], count: usize) -> String {
        self.next_block()
            .iter()
            .take(count)
            .map(|&byte| char::from(alphabet[usize::from(byte) % alphabet.len()]))
            .collect()
    }

    fn next_block(&mut self) -> [u8; 32] {
        self.blocks += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.blocks.to_be_bytes()).finalize().into()
    }
}

/// Lowercase hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The 16 hexadecimal digits that Identity Center appends to the role it provisions for `role` in `account`.
pub(super) fn role_suffix(account: &str, role: &str) -> String {
    hex(&Sha256::digest(format!("{account}/{role}"))[..8])
}

/// The stable unique id, `AROA...`, of a role.
pub(super) fn role_id(account: &str, role: &str) -> String {
    let digest = Sha256::digest(format!("id/{account}/{role}"));
    let letters = digest.iter().take(17).map(|&byte| char::from(ID_LETTERS[usize::from(byte) % ID_LETTERS.len()]));
    "AROA".chars().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_unique_prefixed_and_recorded() {
        let mut generator = Generator::new().unwrap();
        let made =
            [generator.secret("SIMSECRET", 40), generator.secret("SIMSECRET", 40), generator.plain_secret("SIMTOKEN")];
        assert!(made[0] != made[1] && made[0].len() == 40 && made[0].starts_with("SIMSECRET"));
        assert_eq!(generator.secrets(), made);
    }

    #[test]
    fn a_user_code_can_be_read_aloud() {
        let code = Generator::new().unwrap().user_code();
        assert_eq!((code.len(), code.find('-')), (9, Some(4)));
        assert!(code.bytes().all(|byte| byte == b'-' || CODE_LETTERS.contains(&byte)));
    }
}
