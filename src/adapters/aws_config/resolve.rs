//! Turns what stands in the file into checked SSO sessions and targets, or into an error that names the line.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;
use std::ops::Deref;

use sha2::{Digest, Sha256};

use super::model::{Config, Profile, SsoSessionBlock, Value};
use crate::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::domain::names::ProfileTarget;
use crate::domain::sso_session::{Scope, SsoSession};
use crate::domain::target::Target;
use crate::domain::text::{Untrusted, hex};
use crate::error::{Error, FileError, FileFault, Result};

/// The SSO sessions of a file: those that can be used, and why the others cannot.
#[derive(Debug)]
pub struct Sessions {
    /// `[sso-session]` blocks in the order of the file, then one for each start URL and region that only legacy
    /// profiles name.
    pub usable: Vec<SsoSession>,
    /// One for each block or legacy profile that was skipped; each names file and line.
    pub problems: Vec<Error>,
}

impl Config<'_> {
    /// Every SSO session. One bad block does not spoil the others.
    pub fn sessions(&self) -> Sessions {
        let mut sessions = Sessions { usable: Vec::new(), problems: Vec::new() };
        for block in &self.sso_sessions {
            match self.block_session(block) {
                Ok(session) => sessions.usable.push(session),
                Err(problem) => sessions.problems.push(problem),
            }
        }
        self.add_legacy(&mut sessions);
        sessions
    }

    /// The SSO session called `name`, or what is wrong with it; `None` if there is none of that name.
    pub fn session(&self, name: &SessionName) -> Result<Option<SsoSession>> {
        match self.sso_sessions.iter().find(|block| block.name == name.as_str()) {
            Some(block) => self.block_session(block).map(Some),
            None => Ok(self.sessions().usable.into_iter().find(|session| session.name == *name)),
        }
    }

    /// The names of all profiles, in the order of the file, unchecked.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|profile| profile.name.as_ref())
    }

    /// What the profile called `name` says, or why it cannot be used; `None` if there is none of that name.
    pub fn profile(&self, name: &str) -> Result<Option<ProfileTarget>> {
        match self.profiles.iter().find(|profile| profile.name == name) {
            Some(profile) => self.profile_target(profile, &self.lazy_sessions()).map(Some),
            None => Ok(None),
        }
    }

    /// Every profile that names an SSO session, an account and a role, with its name, in the order of the file; those that
    /// cannot be used are left out.
    pub fn target_profiles(&self) -> Vec<(String, ProfileTarget)> {
        self.usable_profiles(|_| true)
    }

    /// Those of them that name this session, account and role.
    pub fn profiles_of(&self, session: &SessionName, target: &Target) -> Vec<(String, ProfileTarget)> {
        let reads = |value: Option<Value<'_>>, text: &str| value.is_some_and(|value| value.text() == text);
        let mut profiles = self.usable_profiles(|profile| {
            reads(profile.account, target.account.as_str()) && reads(profile.role, target.role.as_str())
        });
        profiles.retain(|(_, profile)| profile.session == *session);
        profiles
    }

    fn usable_profiles(&self, filter: impl Fn(&Profile<'_>) -> bool) -> Vec<(String, ProfileTarget)> {
        let sessions = self.lazy_sessions();
        let chosen = self.profiles.iter().filter(|profile| profile.uses_sso() && filter(profile));
        let usable = chosen.filter_map(|profile| {
            Some((profile.name.clone().into_owned(), self.profile_target(profile, &sessions).ok()?))
        });
        usable.collect()
    }

    /// The usable sessions, which only legacy profiles are looked up in.
    fn lazy_sessions(&self) -> impl Deref<Target = Vec<SsoSession>> {
        LazyCell::new(|| self.sessions().usable)
    }

    fn block_session(&self, block: &SsoSessionBlock<'_>) -> Result<SsoSession> {
        let owner = format!("[sso-session {}]", block.name);
        let name = SessionName::parse(&block.name).map_err(|why| self.wrong(block.line, why))?;
        let start_url = self.required(block.start_url, "sso_start_url", &owner, block.line)?;
        let region = self.required(block.region, "sso_region", &owner, block.line)?;
        let session =
            SsoSession::new(name, self.checked(start_url, StartUrl::parse)?, self.checked(region, Region::parse)?);
        match block.scopes {
            Some(scopes) => Ok(SsoSession { scopes: self.scopes(scopes)?, ..session }),
            None => Ok(session),
        }
    }

    fn scopes(&self, list: Value<'_>) -> Result<Vec<Scope>> {
        let text = list.text();
        let scopes = text.split(|character: char| character == ',' || character.is_whitespace());
        scopes
            .filter(|scope| !scope.is_empty())
            .map(|scope| Scope::parse(scope).map_err(|why| self.wrong(list.line, why)))
            .collect()
    }

    fn profile_target(
        &self,
        profile: &Profile<'_>,
        sessions: &impl Deref<Target = Vec<SsoSession>>,
    ) -> Result<ProfileTarget> {
        if !profile.uses_sso() {
            return Err(self.no_sso(profile));
        }
        let owner = format!("[profile {}]", profile.name);
        let session = match profile.sso_session {
            Some(name) => self.named_session(profile, name)?,
            None => self.legacy_session(profile, sessions)?,
        };
        let account = self.required(profile.account, "sso_account_id", &owner, profile.line)?;
        let role = self.required(profile.role, "sso_role_name", &owner, profile.line)?;
        let target =
            Target { account: self.checked(account, AccountId::parse)?, role: self.checked(role, RoleName::parse)? };
        let region = profile.region.map(|region| self.checked(region, Region::parse)).transpose()?;
        Ok(ProfileTarget { session, target, region })
    }

    /// The session that `sso_session` names; what the profile repeats of it must agree.
    fn named_session(&self, profile: &Profile<'_>, name: Value<'_>) -> Result<SessionName> {
        let text = name.text();
        let Some(block) = self.sso_sessions.iter().find(|block| block.name == text) else {
            return Err(self.wrong(
                name.line,
                format!("[profile {}] names [sso-session {text}], which is not there", profile.name),
            ));
        };
        for (key, ours, theirs) in
            [("sso_start_url", profile.start_url, block.start_url), ("sso_region", profile.sso_region, block.region)]
        {
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                self.same(key, profile, ours, theirs, &block.name)?;
            }
        }
        Ok(self.block_session(block)?.name)
    }

    fn same(
        &self,
        key: &'static str,
        profile: &Profile<'_>,
        ours: Value<'_>,
        theirs: Value<'_>,
        session: &str,
    ) -> Result<()> {
        if ours.text() == theirs.text() {
            return Ok(());
        }
        let what = format!(
            "[profile {}] has {key} `{}`, but [sso-session {session}] has `{}` on line {}",
            profile.name,
            ours.text(),
            theirs.text(),
            theirs.line
        );
        Err(self.unusable(FileFault::Contradicts { line: ours.line, key, what: Untrusted::new(what) }))
    }

    /// The session of a profile that carries its start URL and region itself.
    fn legacy_session(&self, profile: &Profile<'_>, sessions: &[SsoSession]) -> Result<SessionName> {
        let wanted = self.inline_session(profile)?;
        let same = sessions.iter().find(|session| (&session.start_url, &session.region) == (&wanted.0, &wanted.1));
        same.map(|session| session.name.clone()).ok_or_else(|| {
            self.wrong(profile.line, format!("[profile {}] has an SSO session that cannot be named", profile.name))
        })
    }

    fn inline_session(&self, profile: &Profile<'_>) -> Result<(StartUrl, Region)> {
        let owner = format!("[profile {}]", profile.name);
        let start_url = self.required(profile.start_url, "sso_start_url or sso_session", &owner, profile.line)?;
        let region = self.required(profile.sso_region, "sso_region", &owner, profile.line)?;
        Ok((self.checked(start_url, StartUrl::parse)?, self.checked(region, Region::parse)?))
    }

    /// Adds one session for each start URL and region that no `[sso-session]` has.
    ///
    /// It is named after the start URL's host. Where that name is taken, all who share it get a suffix made from
    /// URL and region, so that a name never moves from one session to another when the file is reordered.
    fn add_legacy(&self, sessions: &mut Sessions) {
        let known: HashSet<(StartUrl, Region)> =
            sessions.usable.iter().map(|session| (session.start_url.clone(), session.region.clone())).collect();
        let mut by_name: BTreeMap<String, Vec<(StartUrl, Region)>> = BTreeMap::new();
        for profile in self.distinct_legacy_profiles() {
            match self.inline_session(profile) {
                Ok(pair) if known.contains(&pair) => {}
                Ok(pair) => by_name.entry(base_name(&pair.0)).or_default().push(pair),
                Err(problem) => sessions.problems.push(problem),
            }
        }
        for (name, pairs) in by_name {
            let taken = pairs.len() > 1 || self.sso_sessions.iter().any(|block| block.name == name);
            for (start_url, region) in pairs {
                let name = if taken { with_suffix(&name, &start_url, &region) } else { name.clone() };
                match SessionName::parse(&name) {
                    Ok(name) => sessions.usable.push(SsoSession::new(name, start_url, region)),
                    Err(why) => sessions.problems.push(self.unusable(FileFault::Invalid {
                        line: None,
                        column: None,
                        what: Untrusted::new(why.to_string()),
                    })),
                }
            }
        }
    }

    /// The first profile for each pair of inline start URL and region, as text: thousands of profiles share one.
    fn distinct_legacy_profiles(&self) -> impl Iterator<Item = &Profile<'_>> {
        let mut seen = HashSet::new();
        self.profiles.iter().filter(move |profile| {
            profile.sso_session.is_none()
                && profile.start_url.is_some_and(|start_url| {
                    seen.insert((start_url.text(), profile.sso_region.map(|region| region.text())))
                })
        })
    }

    fn no_sso(&self, profile: &Profile<'_>) -> Error {
        let why = match (profile.credential_process, profile.role_arn) {
            (Some(_), _) => "gets its credentials from a credential_process, not from an SSO session",
            (None, Some(_)) => "assumes a role on top of another profile; it is not an SSO profile itself",
            (None, None) => "has no sso_session",
        };
        let what = Untrusted::new(format!("[profile {}] {why}", profile.name));
        self.unusable(FileFault::NotAnSsoProfile { line: profile.line, what })
    }

    fn required<'v>(&self, value: Option<Value<'v>>, key: &str, owner: &str, line: u32) -> Result<Value<'v>> {
        value.ok_or_else(|| self.wrong(line, format!("{owner} has no {key}")))
    }

    fn checked<T, E: Display>(&self, value: Value<'_>, parse: fn(&str) -> Result<T, E>) -> Result<T> {
        parse(&value.text()).map_err(|why| self.wrong(value.line, why))
    }

    fn wrong(&self, line: u32, what: impl Display) -> Error {
        Error::UserFile(FileError::invalid(self.path, line, what))
    }

    fn unusable(&self, fault: FileFault) -> Error {
        Error::UserFile(FileError::new(self.path, fault))
    }
}

/// The host's first label, short enough to take a suffix; an address of this machine makes none.
fn base_name(start_url: &StartUrl) -> String {
    let label: String = start_url.short_name().chars().take(50).collect();
    if SessionName::parse(&label).is_ok() { label } else { "sso".to_owned() }
}

fn with_suffix(name: &str, start_url: &StartUrl, region: &Region) -> String {
    let digest = Sha256::digest(format!("{start_url} {region}"));
    let suffix = hex(&digest[..3]);
    format!("{name}-{suffix}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::model::parse;
    use super::*;

    const ACME: &str = "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n";

    fn config(text: &str) -> Config<'_> {
        parse(Path::new("config"), text.as_bytes())
    }

    fn names(sessions: &Sessions) -> Vec<&str> {
        sessions.usable.iter().map(|session| session.name.as_str()).collect()
    }

    fn profile_error(text: &str) -> String {
        config(text).profile("p").unwrap_err().to_string()
    }

    #[test]
    fn a_profile_leads_to_its_session_account_and_role() {
        let text = format!(
            "{ACME}[profile p]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Dev\nregion = eu-west-1\n"
        );
        let profile = config(&text).profile("p").unwrap().unwrap();
        assert_eq!(profile.session.as_str(), "acme");
        assert_eq!(profile.target.to_string(), "123456789012/Dev");
        assert_eq!(profile.region.unwrap().as_str(), "eu-west-1");
        assert_eq!(config(&text).profile("q").unwrap(), None);
    }

    #[test]
    fn profiles_that_lead_to_a_role_are_listed_and_found_by_it_and_the_others_left_out() {
        let role = "sso_account_id = 123456789012\nsso_role_name = Dev\n";
        let text = format!(
            "{ACME}[profile named]\nsso_session = acme\n{role}region = eu-west-1\n[profile of-a-program]\ncredential_process = x\n\
             [profile legacy]\nsso_start_url = https://old.awsapps.com/start\nsso_region = us-east-1\n{role}\
             [profile half]\nsso_session = acme\nsso_account_id = 123456789012\n[profile lost]\nsso_session = none\n{role}\
             [profile other]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Admin\n"
        );
        let config = config(&text);
        let names =
            |profiles: Vec<(String, ProfileTarget)>| profiles.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(config.target_profiles()), ["named", "legacy", "other"]);
        let session = |name| SessionName::parse(name).unwrap();
        let target: Target = "123456789012/Dev".parse().unwrap();
        let found = config.profiles_of(&session("acme"), &target);
        assert_eq!(found[0].1.region.as_ref().unwrap().as_str(), "eu-west-1");
        assert_eq!(names(found), ["named"]);
        assert_eq!(names(config.profiles_of(&session("old"), &target)), ["legacy"]);
    }

    #[test]
    fn a_session_that_cannot_be_used_spoils_no_other() {
        let text = format!(
            "[sso-session bad]\nsso_region = us-east-1\n{ACME}[sso-session worse]\nsso_start_url = http://evil\nsso_region = us-east-1\n"
        );
        let sessions = config(&text).sessions();
        assert_eq!(names(&sessions), ["acme"]);
        let problems: Vec<_> = sessions.problems.iter().map(Error::to_string).collect();
        assert_eq!(
            problems,
            [
                "config line 1: [sso-session bad] has no sso_start_url",
                "config line 7: start URL `http://evil` does not begin with https://"
            ]
        );
        let bad = config(&text).session(&SessionName::parse("bad").unwrap()).unwrap_err();
        assert_eq!(bad.to_string(), problems[0]);
        assert!(config(&text).session(&SessionName::parse("acme").unwrap()).unwrap().is_some());
        assert_eq!(config(&text).session(&SessionName::parse("none").unwrap()).unwrap(), None);
    }

    #[test]
    fn scopes_default_to_account_access_and_are_a_list() {
        let scopes = |text: &str| -> Vec<String> {
            let session = config(text).sessions().usable.remove(0);
            session.scopes.iter().map(ToString::to_string).collect()
        };
        assert_eq!(scopes(ACME), ["sso:account:access"]);
        let two = format!("{ACME}sso_registration_scopes = sso:account:access, codewhisperer:completions # both\n");
        assert_eq!(scopes(&two), ["sso:account:access", "codewhisperer:completions"]);
    }

    fn legacy(profile: &str, host: &str, region: &str) -> String {
        format!(
            "[profile {profile}]\nsso_start_url = https://{host}/start\nsso_region = {region}\n\
             sso_account_id = 123456789012\nsso_role_name = Dev\n"
        )
    }

    #[test]
    fn legacy_profiles_share_one_session_for_each_url_and_region() {
        let text = [legacy("p", "old.awsapps.com", "eu-west-1"), legacy("q", "old.awsapps.com", "eu-west-1")].concat();
        let sessions = config(&text).sessions();
        assert_eq!(names(&sessions), ["old"]);
        assert_eq!(config(&text).profile("q").unwrap().unwrap().session.as_str(), "old");
        let beside_its_block = format!("{ACME}{}", legacy("p", "acme.awsapps.com", "us-east-1"));
        assert_eq!(names(&config(&beside_its_block).sessions()), ["acme"]);
        assert_eq!(config(&beside_its_block).profile("p").unwrap().unwrap().session.as_str(), "acme");
    }

    #[test]
    fn legacy_sessions_of_one_name_keep_their_names_in_any_order() {
        let first = legacy("p", "acme.awsapps.com", "us-east-1");
        let second = legacy("q", "acme.example.com", "us-east-1");
        let names_of = |text: &str| {
            let config = config(text);
            ["p", "q"].map(|profile| config.profile(profile).unwrap().unwrap().session.to_string())
        };
        let names = names_of(&[first.clone(), second.clone()].concat());
        assert_eq!(names, names_of(&[second, first].concat()));
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| name.starts_with("acme-")), "{names:?}");
    }

    #[test]
    fn a_profile_that_cannot_be_used_says_where_and_why() {
        let sso = "sso_account_id = 123456789012\nsso_role_name = Dev\n";
        let table = [
            (
                format!("{ACME}[profile p]\nsso_session = acme\n{sso}sso_region = eu-west-1\n"),
                "config line 8: [profile p] has sso_region `eu-west-1`, but [sso-session acme] has `us-east-1` on line 3",
            ),
            (
                format!("[profile p]\nsso_session = \u{1b}x\n{sso}"),
                "config line 2: [profile p] names [sso-session \\ex], which is not there",
            ),
            (format!("{ACME}[profile p]\nsso_session = acme\n"), "config line 4: [profile p] has no sso_account_id"),
            (
                format!("{ACME}[profile p]\nsso_session = acme\nsso_account_id = 12\nsso_role_name = x\n"),
                "config line 6: account id `12` is not twelve digits",
            ),
            (
                format!("{ACME}[profile p]\nsso_session = acme\n{sso}region = eu\n  x = y\n"),
                "config line 8: region `eu\\n  x = y` is not a region code such as us-east-1",
            ),
            (
                format!("[profile p]\nsso_start_url = https://x.y/start\n{sso}"),
                "config line 1: [profile p] has no sso_region",
            ),
            (
                "[profile p]\ncredential_process = x\n".to_owned(),
                "config line 1: [profile p] gets its credentials from a credential_process, not from an SSO session",
            ),
            ("[profile p]\nregion = x\n".to_owned(), "config line 1: [profile p] has no sso_session"),
        ];
        for (text, expected) in table {
            assert_eq!(profile_error(&text), expected);
        }
        let agreeing = format!("{ACME}[profile p]\nsso_session = acme\n{sso}sso_region = us-east-1\n");
        assert!(config(&agreeing).profile("p").is_ok());
    }
}
