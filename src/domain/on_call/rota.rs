//! The rotas that a policy names.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::calendar_host::CalendarHost;
use super::shift::Shift;
use crate::domain::ids::is_https_or_loopback;
use crate::domain::secret_shapes::secret_in;
use crate::domain::text::{hex, visible};

/// A rota: a name, and where its shifts are to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rota {
    /// Its name in rules.
    pub name: String,
    /// Where its shifts are to be had.
    pub source: RotaSource,
}

/// Where the shifts of a rota are to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotaSource {
    /// In a calendar file.
    File(PathBuf),
    /// In a calendar on a server, at an address that is no secret.
    Url(Url),
    /// In a calendar on a server, at an address that the keyring keeps.
    KeyringUrl {
        /// The only server that the address may lead to; any where the policy names none.
        host: Option<CalendarHost>,
    },
    /// In the policy itself.
    Shifts(Vec<Shift>),
    /// In what a program prints.
    Command {
        /// Its name and arguments.
        words: Vec<String>,
        /// The folder that it runs in.
        folder: PathBuf,
    },
}

/// The kind of a [`RotaSource`], for records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A calendar file.
    IcalFile,
    /// A calendar on a server.
    IcalUrl,
    /// The same, at an address that the keyring keeps.
    IcalKeyring,
    /// The policy itself.
    Shifts,
    /// A program.
    Command,
}

impl SourceKind {
    /// Its word in records.
    pub const fn word(self) -> &'static str {
        match self {
            SourceKind::IcalFile => "ical_file",
            SourceKind::IcalUrl => "ical_url",
            SourceKind::IcalKeyring => "ical_keyring",
            SourceKind::Shifts => "shifts",
            SourceKind::Command => "command",
        }
    }
}

impl Rota {
    /// The kind of its source.
    pub fn kind(&self) -> SourceKind {
        match &self.source {
            RotaSource::File(_) => SourceKind::IcalFile,
            RotaSource::Url(_) => SourceKind::IcalUrl,
            RotaSource::KeyringUrl { .. } => SourceKind::IcalKeyring,
            RotaSource::Shifts(_) => SourceKind::Shifts,
            RotaSource::Command { .. } => SourceKind::Command,
        }
    }

    /// What tells this definition from every other one, so that what was read of another serves no more.
    pub fn digest(&self) -> RotaDigest {
        let mut digest = Sha256::new();
        let mut part = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        };
        part(self.name.as_bytes());
        part(self.kind().word().as_bytes());
        match &self.source {
            RotaSource::File(path) => part(path.as_os_str().as_encoded_bytes()),
            RotaSource::Url(url) => part(url.as_str().as_bytes()),
            RotaSource::KeyringUrl { host } => host.iter().for_each(|host| part(host.as_str().as_bytes())),
            RotaSource::Shifts(_) => {}
            RotaSource::Command { words, folder } => {
                part(folder.as_os_str().as_encoded_bytes());
                words.iter().for_each(|word| part(word.as_bytes()));
            }
        }
        RotaDigest(hex(&digest.finalize()))
    }

    /// Where its shifts are to be had, in words.
    pub fn source_words(&self) -> String {
        match &self.source {
            RotaSource::File(path) => visible(&path.display().to_string()),
            RotaSource::Url(url) => visible(url.as_str()),
            RotaSource::KeyringUrl { .. } => "calendar whose address is in the keyring".to_owned(),
            RotaSource::Shifts(_) => "shifts in the policy".to_owned(),
            RotaSource::Command { words, .. } => {
                format!("command {}", visible(words.first().map_or("", String::as_str)))
            }
        }
    }
}

/// What tells one definition of a rota from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RotaDigest(String);

impl fmt::Display for RotaDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks the name of a rota: letters, digits, `-`, `_` and `.`, at most 64, because commands are typed with it.
///
/// # Errors
/// It is none, in words.
pub fn rota_name(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('-') {
        return Ok(text.to_owned());
    }
    let shown = visible(&text.chars().take(80).collect::<String>());
    Err(format!("`{shown}` is no name for a rota: 1 to 64 letters, digits, - _ and ."))
}

/// Why a calendar may not be fetched from an address. The address is left out: it may hold a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitUrl {
    /// It is no address.
    #[error("it is not a URL")]
    NotAUrl,
    /// It goes over the network in plain text.
    #[error("it is neither https nor on this machine")]
    Plain,
    /// It has a user name or a password.
    #[error("it carries a user name or a password")]
    UserInfo,
    /// It is too long.
    #[error("it is longer than {} characters", super::SecretUrl::LIMIT)]
    TooLong,
    /// Whoever reads it can read the calendar.
    #[error("it seems to have a token in it")]
    Token,
}

/// Checks that a calendar may be fetched from `url`.
///
/// # Errors
/// It is neither https nor on this machine, or has a user name or a password.
pub fn check_url(url: &Url) -> Result<(), UnfitUrl> {
    if !is_https_or_loopback(url) {
        return Err(UnfitUrl::Plain);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UnfitUrl::UserInfo);
    }
    Ok(())
}

impl RotaSource {
    /// Takes `text` as an address that everybody may see.
    ///
    /// # Errors
    /// It is no address for a calendar, or seems to have a token in it.
    pub fn public_url(text: &str) -> Result<Self, UnfitUrl> {
        let url = Url::parse(text).map_err(|_| UnfitUrl::NotAUrl)?;
        check_url(&url)?;
        let decoded = percent_decode_str(url.path()).decode_utf8_lossy();
        let has_token = url.query().is_some()
            || url.fragment().is_some()
            || secret_in(text).is_some()
            || decoded.split('/').any(is_random);
        if has_token { Err(UnfitUrl::Token) } else { Ok(RotaSource::Url(url)) }
    }
}

/// Whether a part of a path is more likely a token than a word: a long run of letters and digits mixed, as a whole or
/// between its marks.
fn is_random(part: &str) -> bool {
    let is_mixed = |text: &str, least: usize| {
        text.len() >= least
            && text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let runs = part.split(|character: char| !character.is_ascii_alphanumeric());
    let without_marks: String = part.chars().filter(|character| !"-_".contains(*character)).collect();
    let is_digest = |text: &str| text.len() >= 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has_both_cases =
        part.bytes().any(|byte| byte.is_ascii_uppercase()) && part.bytes().any(|byte| byte.is_ascii_lowercase());
    runs.clone().any(|run| is_mixed(run, 16) || run.len() >= 32)
        || is_digest(&without_marks)
        || (has_both_cases && is_mixed(&without_marks, 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_token_is_told_from_one_that_everybody_may_see() {
        let open = [
            "https://calendar.example/rotas/payments.ics",
            "https://intranet.acme.example/on-call/team-payments-2026/primary.ics",
            "https://calendar.example/ical/payments%40acme.example/public/basic.ics",
            "http://127.0.0.1:8080/payments.ics",
        ];
        for url in open {
            assert!(RotaSource::public_url(url).is_ok(), "{url}");
        }
        let tokens = [
            "https://acme.pagerduty.example/private/0f1e2d3c4b5a69788796a5b4c3d2e1f0/feed/PABC123",
            "https://calendar.example/calendar/ical/payments%40acme.example/private-0f1e2d3c4b5a69788796a5b4c3d2e1f0/basic.ics",
            "https://grafana.example/api/v1/schedules/ABCDEF/export?token=x",
            "https://calendar.example/3f2a9c1e-77aa-4b1c-9d00-abcdefabcdef/a.ics",
            "https://calendar.example/aB3-x9_Kq2-Lm4_Tz7-Wp1-Vn5/a.ics",
            "https://calendar.example/a.ics#x",
        ];
        for url in tokens {
            assert_eq!(RotaSource::public_url(url), Err(UnfitUrl::Token), "{url}");
        }
        for (url, why) in [
            ("http://calendar.example/a.ics", UnfitUrl::Plain),
            ("https://me@calendar.example/a.ics", UnfitUrl::UserInfo),
            ("https://", UnfitUrl::NotAUrl),
        ] {
            assert_eq!(RotaSource::public_url(url), Err(why), "{url}");
        }
    }

    #[test]
    fn another_definition_has_another_digest() {
        let rota = |name: &str, source| Rota { name: name.to_owned(), source }.digest().to_string();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let command = |said: &[&str]| RotaSource::Command { words: words(said), folder: "/".into() };
        let keyring =
            |host: Option<&str>| RotaSource::KeyringUrl { host: host.map(|host| CalendarHost::parse(host).unwrap()) };
        let digests = [
            rota("a", keyring(None)),
            rota("b", keyring(None)),
            rota("a", keyring(Some("calendar.example"))),
            rota("a", keyring(Some("other.example"))),
            rota("a", RotaSource::File("/x".into())),
            rota("a", RotaSource::File("/y".into())),
            rota("a", RotaSource::public_url("https://x.example/").unwrap()),
            rota("a", command(&["x", "y"])),
            rota("a", command(&["xy"])),
            rota("a", command(&["x", "y", ""])),
            rota("a", RotaSource::Command { words: words(&["x", "y"]), folder: "/etc".into() }),
        ];
        for (at, digest) in digests.iter().enumerate() {
            assert!(!digests[..at].contains(digest), "{at}");
        }
    }
}
