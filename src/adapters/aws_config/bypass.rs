//! Profiles that look as if daypass served them while it never will.
//!
//! The SDKs try `sso_*` keys before `credential_process`, so a profile with both silently goes around us; and a
//! profile whose `credential_process` asks daypass for that same profile leads in a circle.

use std::collections::HashSet;
use std::fmt;

use super::model::{Config, Profile};
use super::scan::{Kind, lines};
use crate::adapters::command_line::words;
use crate::domain::text::visible;

/// One such profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bypass {
    /// It has `sso_*` keys, so its `credential_process` is never called.
    SsoKeysWin {
        /// The profile's name.
        profile: String,
        /// The line of its `credential_process`.
        line: u32,
    },
    /// The shared credentials file has an entry of the same name, which the SDKs prefer.
    SharedFileWins {
        /// The profile's name.
        profile: String,
        /// The line of its `credential_process`.
        line: u32,
    },
    /// Its `credential_process` asks daypass for the credentials of this profile.
    AsksForItself {
        /// The profile's name.
        profile: String,
        /// The line of its `credential_process`.
        line: u32,
    },
}

impl fmt::Display for Bypass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bypass::SsoKeysWin { profile, line } => write!(
                f,
                "line {line}: [profile {}] has sso_ keys, so AWS tools never call its credential_process; \
                 delete one or the other",
                visible(profile)
            ),
            Bypass::SharedFileWins { profile, line } => write!(
                f,
                "line {line}: the shared credentials file has an entry [{}] as well, so AWS tools never call the \
                 credential_process; delete that entry",
                visible(profile)
            ),
            Bypass::AsksForItself { profile, line } => write!(
                f,
                "line {line}: the credential_process of [profile {}] asks daypass for this same profile; \
                 write ACCOUNT_ID/ROLE there",
                visible(profile)
            ),
        }
    }
}

impl Config<'_> {
    /// Every profile that goes around daypass or in a circle.
    pub fn bypasses(&self) -> Vec<Bypass> {
        self.profiles.iter().flat_map(profile_bypasses).collect()
    }

    /// Every profile with a `credential_process` whose name stands in the shared credentials file, too.
    pub fn shadowed_by(&self, credentials: &[u8]) -> Vec<Bypass> {
        let sections = lines(credentials).filter(|line| matches!(line.kind, Kind::Section(_)));
        let names: HashSet<&[u8]> = sections.filter_map(|line| header(credentials.get(line.span)?)).collect();
        let shadowed = self.profiles.iter().filter(|profile| names.contains(profile.name.as_bytes()));
        shadowed
            .filter_map(|profile| {
                let line = profile.credential_process?.line;
                Some(Bypass::SharedFileWins { profile: profile.name.to_string(), line })
            })
            .collect()
    }
}

/// The name in a section's line: the credentials file has bare names, without `profile`.
fn header(line: &[u8]) -> Option<&[u8]> {
    let open = line.iter().position(|byte| *byte == b'[')?;
    let close = line.iter().position(|byte| *byte == b']')?;
    line.get(open + 1..close).map(<[u8]>::trim_ascii)
}

fn profile_bypasses(profile: &Profile<'_>) -> Vec<Bypass> {
    let Some(process) = profile.credential_process else { return Vec::new() };
    let (name, line) = (profile.name.to_string(), process.line);
    let mut found = Vec::new();
    if profile.uses_sso() {
        found.push(Bypass::SsoKeysWin { profile: name.clone(), line });
    }
    if asks_daypass_for(&process.text(), &name) {
        found.push(Bypass::AsksForItself { profile: name, line });
    }
    found
}

/// Whether `command` runs daypass for the profile `name`, by `--profile` or as the target.
fn asks_daypass_for(command: &str, name: &str) -> bool {
    let words = words(command).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else { return false };
    let file_name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_daypass = file_name.strip_suffix(".exe").unwrap_or(file_name) == "daypass";
    is_daypass && arguments.iter().any(|word| word.strip_prefix("--profile=").unwrap_or(word) == name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::model::parse;
    use super::*;

    #[test]
    fn only_profiles_that_never_reach_us_are_found() {
        let table = [
            ("[profile p]\ncredential_process = daypass credentials 123456789012/Dev\n", ""),
            ("[profile p]\nsso_session = s\n", ""),
            ("[profile p]\nsso_session = s\ncredential_process = x\n", "sso@3"),
            ("[profile p]\ncredential_process = /usr/bin/daypass credentials p\n", "self@2"),
            ("[profile p]\ncredential_process = daypass credentials --profile=p\n", "self@2"),
            ("[profile p]\ncredential_process = daypass credentials --profile q\n", ""),
            ("[profile a b]\ncredential_process = \"C:\\my tools\\daypass.exe\" credentials 'a b'\n", "self@2"),
            ("[profile p]\ncredential_process = other credentials p\n", ""),
            ("[profile p]\ncredential_process =\n", ""),
            ("[profile p]\nsso_role_name = x\ncredential_process = daypass credentials p\n", "sso@3 self@3"),
        ];
        for (text, expected) in table {
            let config = parse(Path::new("config"), text.as_bytes());
            let found: Vec<String> = config
                .bypasses()
                .iter()
                .map(|bypass| match bypass {
                    Bypass::SsoKeysWin { line, .. } => format!("sso@{line}"),
                    Bypass::AsksForItself { line, .. } => format!("self@{line}"),
                    Bypass::SharedFileWins { line, .. } => format!("shared@{line}"),
                })
                .collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn an_entry_of_the_same_name_in_the_shared_file_is_found() {
        let text =
            b"[profile p]\ncredential_process = daypass credentials 123456789012/Dev\n[profile q]\nregion = x-y-1\n";
        let config = parse(Path::new("config"), text);
        let shared = Bypass::SharedFileWins { profile: "p".into(), line: 2 };
        assert_eq!(config.shadowed_by(b"[p]\naws_access_key_id = x\n[q]\n"), [shared]);
        assert_eq!(config.shadowed_by(b"[P]\n[profile p]\n# [p]\n]["), []);
    }
}
