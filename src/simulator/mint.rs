//! Makes every id and secret the simulator hands out: unlike any other, recognisable as a canary, remembered.

use std::fmt::Write as _;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The letters of user codes: no vowels, so no words; nothing that looks like a digit.
const CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// The letters of AWS's unique ids.
const ID_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A source of unpredictable ids that cannot fail once it was seeded, and the list of secrets it made.
pub(super) struct Mint {
    seed: [u8; 32],
    drawn: u64,
    secrets: Vec<String>,
}

impl Mint {
    /// Seeds a mint from the operating system.
    pub(super) fn new() -> io::Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(io::Error::other)?;
        Ok(Mint { seed, drawn: 0, secrets: Vec::new() })
    }

    /// Every secret made so far.
    pub(super) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// A secret of `length` characters that begins with `mark`, by which a leak is recognised.
    pub(super) fn secret(&mut self, mark: &str, length: usize) -> String {
        let mut secret = mark.to_owned();
        while secret.len() < length {
            secret.push_str(&STANDARD.encode(self.draw())[..40]);
        }
        secret.truncate(length);
        self.secrets.push(secret.clone());
        secret
    }

    /// A secret that fits into a URL, a header and a shell word as it is.
    pub(super) fn plain_secret(&mut self, mark: &str) -> String {
        let secret = format!("{mark}{}", hex(&self.draw()));
        self.secrets.push(secret.clone());
        secret
    }

    /// An unpredictable id that is not a secret of the user's.
    pub(super) fn id(&mut self) -> String {
        hex(&self.draw()[..16])
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
        self.draw().iter().take(count).map(|&byte| char::from(alphabet[usize::from(byte) % alphabet.len()])).collect()
    }

    fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_be_bytes()).finalize().into()
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
    fn every_secret_differs_carries_its_mark_and_is_remembered() {
        let mut mint = Mint::new().unwrap();
        let made = [mint.secret("SIMSECRET", 40), mint.secret("SIMSECRET", 40), mint.plain_secret("SIMTOKEN")];
        assert!(made[0] != made[1] && made[0].len() == 40 && made[0].starts_with("SIMSECRET"));
        assert_eq!(mint.secrets(), made);
    }

    #[test]
    fn a_user_code_can_be_read_aloud() {
        let code = Mint::new().unwrap().user_code();
        assert_eq!((code.len(), code.find('-')), (9, Some(4)));
        assert!(code.bytes().all(|byte| byte == b'-' || CODE_LETTERS.contains(&byte)));
    }
}
