//! What daypass reads in an AWS config file: SSO sessions and profiles, each value with its line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use super::scan::{Kind, Section, lines};

/// A value as it stands in the file, without the comment behind it. A command may carry a secret, so `Debug`
/// shows the line only.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    bytes: &'a [u8],
    /// The line it begins on, counted from 1.
    pub line: u32,
}

impl<'a> Value<'a> {
    /// The value as text; bytes that are not UTF-8 become U+FFFD, which no checked name accepts.
    pub fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)
    }
}

/// An `[sso-session NAME]`.
#[derive(Debug, Clone)]
pub struct SsoSessionBlock<'a> {
    /// Its name, unchecked.
    pub name: Cow<'a, str>,
    /// The line of its header.
    pub line: u32,
    /// `sso_start_url`
    pub start_url: Option<Value<'a>>,
    /// `sso_region`
    pub region: Option<Value<'a>>,
    /// `sso_registration_scopes`, a comma list.
    pub scopes: Option<Value<'a>>,
}

/// A `[profile NAME]` or `[default]`.
#[derive(Debug, Clone)]
pub struct Profile<'a> {
    /// Its name, unchecked.
    pub name: Cow<'a, str>,
    /// The line of its header.
    pub line: u32,
    /// `sso_session`
    pub sso_session: Option<Value<'a>>,
    /// `sso_start_url`: a legacy profile, or one that repeats its session.
    pub start_url: Option<Value<'a>>,
    /// `sso_region`
    pub sso_region: Option<Value<'a>>,
    /// `sso_account_id`
    pub account: Option<Value<'a>>,
    /// `sso_role_name`
    pub role: Option<Value<'a>>,
    /// `region`, where its work is done.
    pub region: Option<Value<'a>>,
    /// `credential_process`
    pub credential_process: Option<Value<'a>>,
    /// `role_arn`: the profile assumes a role on top of another profile.
    pub role_arn: Option<Value<'a>>,
}

impl Profile<'_> {
    /// Whether the SDKs would take it for an SSO profile.
    pub fn uses_sso(&self) -> bool {
        [self.sso_session, self.start_url, self.sso_region, self.account, self.role].iter().any(Option::is_some)
    }
}

/// The parts of a config file that daypass reads. Sections of one name are merged; a later value wins.
#[derive(Debug, Clone)]
pub struct Config<'a> {
    /// The file, for messages.
    pub path: &'a Path,
    /// In the order of the file.
    pub sso_sessions: Vec<SsoSessionBlock<'a>>,
    /// In the order of the file.
    pub profiles: Vec<Profile<'a>>,
}

/// Reads any bytes; what is not understood is skipped, as AWS's tools do. Linear time; memory in proportion to
/// the number of sections, with all text borrowed.
pub fn parse<'a>(path: &'a Path, bytes: &'a [u8]) -> Config<'a> {
    let mut reader = Reader::new(path, bytes);
    for line in lines(bytes) {
        match line.kind {
            Kind::Section(section) => reader.section(section, line.number),
            Kind::Property { key, value } => reader.property(key, value, line.number),
            Kind::Continuation { end } => reader.continuation(end),
            Kind::Junk => reader.open = None,
            Kind::Blank | Kind::Comment { .. } => {}
        }
    }
    reader.finish()
}

/// Where properties go.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    SsoSession(usize),
    Profile(usize),
}

/// The value that a continuation line would extend.
struct Open<'a> {
    key: &'a [u8],
    value: Range<usize>,
    line: u32,
}

struct Reader<'a> {
    bytes: &'a [u8],
    config: Config<'a>,
    sessions_by_name: HashMap<&'a [u8], usize>,
    profiles_by_name: HashMap<&'a [u8], usize>,
    /// `[default]` as such; `[profile default]` is another section and takes its place.
    bare_default: Option<usize>,
    place: Place,
    open: Option<Open<'a>>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, bytes: &'a [u8]) -> Self {
        Reader {
            bytes,
            config: Config { path, sso_sessions: Vec::new(), profiles: Vec::new() },
            sessions_by_name: HashMap::new(),
            profiles_by_name: HashMap::new(),
            bare_default: None,
            place: Place::Nowhere,
            open: None,
        }
    }

    fn section(&mut self, section: Section<'a>, line: u32) {
        self.open = None;
        self.place = match section {
            Section::Other => Place::Nowhere,
            Section::SsoSession(name) => Place::SsoSession(self.sso_session_at(name, line)),
            Section::Profile(name) => Place::Profile(self.profile_at(name, line)),
            Section::Default => {
                let profiles = &mut self.config.profiles;
                Place::Profile(
                    *self.bare_default.get_or_insert_with(|| pushed(profiles, new_profile(b"default", line))),
                )
            }
        };
    }

    fn sso_session_at(&mut self, name: &'a [u8], line: u32) -> usize {
        let blocks = &mut self.config.sso_sessions;
        *self.sessions_by_name.entry(name).or_insert_with(|| {
            let name = String::from_utf8_lossy(name);
            pushed(blocks, SsoSessionBlock { name, line, start_url: None, region: None, scopes: None })
        })
    }

    fn profile_at(&mut self, name: &'a [u8], line: u32) -> usize {
        let profiles = &mut self.config.profiles;
        *self.profiles_by_name.entry(name).or_insert_with(|| pushed(profiles, new_profile(name, line)))
    }

    fn property(&mut self, key: &'a [u8], value: Range<usize>, line: u32) {
        self.store(key, value.clone(), line);
        self.open = Some(Open { key, value, line });
    }

    fn continuation(&mut self, end: usize) {
        if let Some(mut open) = self.open.take() {
            open.value.end = end;
            self.store(open.key, open.value.clone(), open.line);
            self.open = Some(open);
        }
    }

    fn store(&mut self, key: &[u8], value: Range<usize>, line: u32) {
        let slot = match self.place {
            Place::Nowhere => None,
            Place::SsoSession(index) => session_slot(&mut self.config.sso_sessions[index], key),
            Place::Profile(index) => profile_slot(&mut self.config.profiles[index], key),
        };
        if let Some(slot) = slot {
            *slot = Some(Value { bytes: self.bytes[value].trim_ascii(), line });
        }
    }

    fn finish(mut self) -> Config<'a> {
        if let Some(bare) = self.bare_default.filter(|_| self.profiles_by_name.contains_key(&b"default"[..])) {
            self.config.profiles.remove(bare);
        }
        self.config
    }
}

fn pushed<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len() - 1
}

fn new_profile(name: &[u8], line: u32) -> Profile<'_> {
    Profile {
        name: String::from_utf8_lossy(name),
        line,
        sso_session: None,
        start_url: None,
        sso_region: None,
        account: None,
        role: None,
        region: None,
        credential_process: None,
        role_arn: None,
    }
}

fn session_slot<'s, 'a>(block: &'s mut SsoSessionBlock<'a>, key: &[u8]) -> Option<&'s mut Option<Value<'a>>> {
    match lower_case(key).as_ref() {
        b"sso_start_url" => Some(&mut block.start_url),
        b"sso_region" => Some(&mut block.region),
        b"sso_registration_scopes" => Some(&mut block.scopes),
        _ => None,
    }
}

fn profile_slot<'s, 'a>(profile: &'s mut Profile<'a>, key: &[u8]) -> Option<&'s mut Option<Value<'a>>> {
    match lower_case(key).as_ref() {
        b"sso_session" => Some(&mut profile.sso_session),
        b"sso_start_url" => Some(&mut profile.start_url),
        b"sso_region" => Some(&mut profile.sso_region),
        b"sso_account_id" => Some(&mut profile.account),
        b"sso_role_name" => Some(&mut profile.role),
        b"region" => Some(&mut profile.region),
        b"credential_process" => Some(&mut profile.credential_process),
        b"role_arn" => Some(&mut profile.role_arn),
        _ => None,
    }
}

/// AWS's tools do not mind the case of keys.
fn lower_case(key: &[u8]) -> Cow<'_, [u8]> {
    if key.iter().any(u8::is_ascii_uppercase) { Cow::Owned(key.to_ascii_lowercase()) } else { Cow::Borrowed(key) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Config<'_> {
        parse(Path::new("config"), text)
    }

    fn shown(value: Option<Value<'_>>) -> String {
        value.map_or_else(|| "-".into(), |value| format!("{}@{}", value.text(), value.line))
    }

    #[test]
    fn sections_of_one_name_merge_and_the_later_value_wins() {
        let config = read(
            b"[profile a]\nregion = one\nSSO_Account_Id=1\n[sso-session s]\nsso_region = x\n[profile \"a\"]\nregion = two\n",
        );
        assert_eq!((config.profiles.len(), config.sso_sessions.len()), (1, 1));
        assert_eq!(shown(config.profiles[0].region), "two@7");
        assert_eq!(shown(config.profiles[0].account), "1@3");
        assert_eq!(shown(config.sso_sessions[0].region), "x@5");
    }

    #[test]
    fn profile_default_takes_the_place_of_default() {
        let both = read(b"[profile default]\nregion = a\n[default]\nregion = b\nsso_session = s\n");
        assert_eq!(both.profiles.len(), 1);
        assert_eq!((shown(both.profiles[0].region), shown(both.profiles[0].sso_session)), ("a@2".into(), "-".into()));
        assert_eq!(read(b"[default]\nregion = b\n").profiles[0].name, "default");
    }

    #[test]
    fn odd_bytes_spoil_nothing_around_them() {
        let text = b"\xef\xbb\xbfregion = lost\r\n[profile M\xfcller]\r\nregion = a\r\njunk\r\n  more\r\n\
            s3 =\r\n  region = nested\r\n[services x]\r\nregion = other\r\n[profile b]\r\n\tregion\t=\tb\t# c";
        let config = read(text);
        let names: Vec<_> = config.profiles.iter().map(|profile| profile.name.as_ref()).collect();
        assert_eq!(names, ["M\u{fffd}ller", "b"]);
        assert_eq!(shown(config.profiles[0].region), "a@3");
        assert_eq!(shown(config.profiles[1].region), "b@11");
    }

    #[test]
    fn a_value_goes_on_in_deeper_lines() {
        let config = read(b"[sso-session s]\nsso_registration_scopes = a,\n   b\n\n   c\nsso_region = x\n");
        assert_eq!(shown(config.sso_sessions[0].scopes), "a,\n   b\n\n   c@2");
        assert_eq!(shown(config.sso_sessions[0].region), "x@6");
    }

    #[test]
    fn a_huge_line_and_ten_thousand_profiles_are_read() {
        let mut text = format!("[profile long]\nregion = {}\n", "x".repeat(1 << 20)).into_bytes();
        for number in 0..10_000 {
            text.extend_from_slice(format!("[profile p{number}]\nregion = r{number}\n").as_bytes());
        }
        let config = read(&text);
        assert_eq!(config.profiles.len(), 10_001);
        assert_eq!(config.profiles[0].region.unwrap().text().len(), 1 << 20);
        assert_eq!(shown(config.profiles[10_000].region), "r9999@20002");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            read(&bytes);
        }

        #[test]
        fn any_lines_are_read(text in "((\\[(default|profile a|sso-session a|x)\\]?|sso_region ?= ?[a-z;#]*|  x = 1|#|\t)\r?\n?){0,40}") {
            read(text.as_bytes());
        }
    }
}
