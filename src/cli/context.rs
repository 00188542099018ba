//! What the commands share: ports, policy, settings, sessions; and the choice of the session.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;

use crate::domain::choices::RoleChoice;
use crate::domain::elevation::ConfirmationPhrase;
use crate::domain::endpoint::Endpoints;
use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::index::Index;
use crate::domain::names::{Names, Resolved};
use crate::domain::policy::Policy;
use crate::domain::region::{REGION_VARIABLES, RegionDefaults, WorkRegion};
use crate::domain::role_names::{Aliases, ProfileNames};
use crate::domain::sso_session::SsoSession;
use crate::domain::text::visible;
use crate::environment::Environment;
use crate::error::{self, Error};
use crate::ports::{ChildKind, Ports, UserShell};
use crate::report::{Report, Result, word};
use crate::settings::{ColorChoice, Settings, Source};

/// Lets a person choose one of these roles on the terminal; `None` where nobody did.
pub type Pick = fn(&Context, Vec<RoleChoice>) -> error::Result<Option<RoleChoice>>;

/// Has a person at the terminal type the phrase; whether they did.
pub type Confirm = fn(&Context, ConfirmationPhrase) -> error::Result<bool>;

/// Runs a program until it ends, or `over` does: then it is ended too, and there is no exit code.
pub type RunUntil = fn(&Context, ChildKind, Command, over: Over<'_>) -> io::Result<Option<u8>>;

/// Ends when the time of a program is over.
pub type Over<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// What the commands share.
pub struct Context {
    /// The adapters.
    pub ports: Ports,
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The settings.
    pub settings: Settings,
    /// The SSO sessions of the config file.
    pub sessions: Vec<SsoSession>,
    /// Where AWS is reached, for sessions that are added.
    pub endpoints: Arc<Endpoints>,
    /// The errors of the sessions that cannot be used.
    pub problems: Vec<Error>,
    /// Opens the person's own shell.
    pub user_shell: Arc<dyn UserShell>,
    /// Where names are looked up.
    pub names: Box<dyn Names<Error = Error>>,
    /// The environment variables.
    pub environment: Environment,
    /// The AWS config file.
    pub aws_config: PathBuf,
    /// The state folder.
    pub state_folder: PathBuf,
    /// How a target is chosen where none is named.
    pub pick: Pick,
    /// How a person confirms an elevation.
    pub confirm: Confirm,
    /// How a program is run that has to end with an elevation.
    pub run_until: RunUntil,
    /// Has this done before a signal ends the process, for a command that changes how the terminal behaves.
    pub before_a_signal_ends: fn(fn()),
}

impl Context {
    /// The session of this name.
    ///
    /// # Errors
    /// There is none, or it is not usable.
    pub fn session_named(&self, name: &SessionName) -> Result<&SsoSession> {
        self.find(name).ok_or_else(|| self.unknown(name, ""))
    }

    fn find(&self, name: &SessionName) -> Option<&SsoSession> {
        self.sessions.iter().find(|session| session.name == *name)
    }

    /// There is no session of this name; `named_by` is empty, or says who names it.
    fn unknown(&self, name: &SessionName, named_by: &str) -> Report {
        let report = Report::usage(format!("there is no SSO session `{name}`{named_by}"));
        match (self.sessions.is_empty(), self.problems.first()) {
            (true, None) => how_to_add(report, name.as_str()),
            (_, Some(problem)) => report.hint(self.known_sessions()).hint(Report::of(problem).message()),
            (false, None) => report.hint(self.known_sessions()),
        }
    }

    /// The session that the command line names: as `argument`, or with `--session`.
    ///
    /// # Errors
    /// Both name one, and not the same.
    pub fn named<'a>(&'a self, argument: Option<&'a SessionName>) -> Result<Option<&'a SessionName>> {
        let set = self.settings.session.as_ref();
        let flag = set.filter(|set| set.source == Source::Flag).map(|set| &set.value);
        match (argument, flag) {
            (Some(argument), Some(flag)) if argument != flag => {
                Err(Report::usage(format!("two SSO sessions are named: `{argument}` and --session `{flag}`"))
                    .hint("name one of them"))
            }
            _ => Ok(argument.or(flag)),
        }
    }

    /// The session to work with: from the command line, the settings or `AWS_PROFILE`, in this order, or the only
    /// one there is.
    ///
    /// # Errors
    /// There is none, or there are several and nothing names one.
    pub fn session(&self, argument: Option<&SessionName>) -> Result<&SsoSession> {
        if let Some(chosen) = self.chosen(argument)? {
            return Ok(chosen);
        }
        match self.sessions.as_slice() {
            [only] => Ok(only),
            [] => Err(self.no_session()),
            _ => Err(Report::usage("there are several SSO sessions, and nothing says which is meant")
                .hint(format!("add --session NAME, or set `session` in the settings; {}", self.known_sessions()))),
        }
    }

    /// The session that the command line, the settings or `AWS_PROFILE` name, in this order, where one of them does.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn chosen(&self, argument: Option<&SessionName>) -> Result<Option<&SsoSession>> {
        if let Some(name) = self.named(argument)? {
            return self.session_named(name).map(Some);
        }
        if let Some(set) = &self.settings.session {
            let named_by = format!(", which {} names", set.source);
            return self.find(&set.value).map(Some).ok_or_else(|| self.unknown(&set.value, &named_by));
        }
        match self.session_of_profile_variable() {
            Some(name) => self.find(&name).map(Some).ok_or_else(|| self.unknown(&name, ", which $AWS_PROFILE names")),
            None => Ok(None),
        }
    }

    /// The session to reach `resolved` through. Where nothing names one, it is the only session that has used the
    /// account, or where none has, the only one that lists it.
    ///
    /// # Errors
    /// As for [`Self::session`].
    pub fn session_for(&self, resolved: &Resolved) -> Result<&SsoSession> {
        if let Some(name) = self.named(None)?.or(resolved.session.as_ref()) {
            return self.session_named(name);
        }
        if self.sessions.len() > 1 && self.settings.session.is_none() {
            let account = &resolved.target.account;
            let lists = |session: &SsoSession| self.ports.state.catalog(&session.key()).account(account).is_some();
            if let Some(only) = only_holder(&self.sessions, account, &self.ports.state.index(), lists) {
                return Ok(only);
            }
        }
        self.session(None)
    }

    /// `report` of what failed in `session`, whose name its commands need where there are several or one was named.
    pub fn in_session(&self, report: Report, session: &SsoSession) -> Report {
        if self.must_be_named() { report.in_session(&session.name) } else { report }
    }

    /// ` --session NAME` where a command that is shown needs it to work on `session`.
    pub fn session_flag(&self, session: &SsoSession) -> String {
        if self.must_be_named() { format!(" --session {}", word(&session.name)) } else { String::new() }
    }

    fn must_be_named(&self) -> bool {
        self.sessions.len() > 1 || self.settings.session.as_ref().is_some_and(|set| set.source == Source::Flag)
    }

    /// What people call roles besides their accounts and names: aliases and profiles.
    pub fn other_names(&self) -> (Aliases, ProfileNames) {
        let aliases = self.settings.aliases.iter().map(|(name, alias)| (name.clone(), alias.value.clone()));
        (Aliases::new(aliases), ProfileNames::new(self.names.target_profiles()))
    }

    /// Whether what is written to a terminal may have colours.
    pub fn has_colors(&self) -> bool {
        self.settings.color.value != ColorChoice::Never && self.environment.text_if_utf8("TERM") != Some("dumb")
    }

    fn session_of_profile_variable(&self) -> Option<SessionName> {
        let name = self.environment.text_if_utf8("AWS_PROFILE")?;
        let profile = self.names.profile(name).ok()??;
        Some(profile.session)
    }

    fn no_session(&self) -> Report {
        let file = self.aws_config.display().to_string();
        match self.problems.first() {
            Some(problem) => Report::usage(format!("no usable SSO session in {}", visible(&file)))
                .hint(Report::of(problem).message()),
            None => how_to_add(Report::usage(format!("there is no SSO session in {}", visible(&file))), "NAME"),
        }
    }

    fn known_sessions(&self) -> String {
        let names: Vec<_> = self.sessions.iter().map(|session| session.name.as_str()).collect();
        if names.is_empty() { "no session is configured".to_owned() } else { format!("known: {}", names.join(", ")) }
    }

    /// `session` at each of its replicas, as the settings name them.
    pub fn standbys_of(&self, session: &SsoSession) -> Vec<SsoSession> {
        self.settings.sso_regions.replicas().standbys_of(session)
    }

    /// The region to hand to other programs with credentials for `resolved`, reached through `session`: the `chosen` one,
    /// the profile's, or what counts for every target.
    pub fn work_region(&self, chosen: Option<&Region>, resolved: &Resolved, session: &SsoSession) -> WorkRegion {
        self.region_defaults().work_region(chosen, || self.profile_region(resolved, session), session)
    }

    /// The regions that count for every target alike.
    pub fn region_defaults(&self) -> RegionDefaults {
        // What other programs would refuse, or is not for us to understand, is no region.
        let of_variable = |name| Some((name, Region::parse(self.environment.text_if_utf8(name)?).ok()?));
        RegionDefaults {
            environment: REGION_VARIABLES.into_iter().find_map(of_variable),
            settings: self.settings.region.as_ref().map(|set| set.value.clone()),
        }
    }

    /// The region of the profile that names the target: the one that was typed, or else the only one there is.
    fn profile_region(&self, resolved: &Resolved, session: &SsoSession) -> Option<Region> {
        if resolved.session.is_some() {
            return resolved.region.clone();
        }
        match self.names.profiles_of(&session.name, &resolved.target).as_slice() {
            [(_, only)] => only.region.clone(),
            _ => None,
        }
    }
}

fn how_to_add(report: Report, name: &str) -> Report {
    report
        .hint("daypass   asks for the start URL and region and writes it")
        .hint(format!("daypass login {} --start-url https://YOURS.awsapps.com/start --region REGION", word(&name)))
}

/// The only one of `sessions` that has used `account`, or where none has, the only one that `lists` it: whole lists of
/// accounts are slow to read, and no list that grows should make another answer of what was clear.
fn only_holder<'a>(
    sessions: &'a [SsoSession],
    account: &AccountId,
    index: &Index,
    lists: impl Fn(&SsoSession) -> bool,
) -> Option<&'a SsoSession> {
    let has_used = |session: &&SsoSession| {
        let mut used = index.session(&session.key()).into_iter().flat_map(|note| note.targets.values());
        used.any(|used| used.target.account == *account)
    };
    let mut users = sessions.iter().filter(has_used);
    match (users.next(), users.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) => None,
        (None, _) => {
            let mut listers = sessions.iter().filter(|session| lists(session));
            listers.next().filter(|_| listers.next().is_none())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::holders::Holders;
    use crate::domain::ids::StartUrl;
    use crate::domain::index::TargetNote;
    use crate::domain::target::Target;

    fn sessions() -> [SsoSession; 3] {
        ["acme", "beta", "gamma"].map(|name| {
            let start_url = StartUrl::parse(&format!("https://{name}.awsapps.com/start")).unwrap();
            SsoSession::new(SessionName::parse(name).unwrap(), start_url, Region::parse("us-east-1").unwrap())
        })
    }

    /// The name of the session that is found where these have used the account and these list it.
    fn found(used_by: &[&str], listed_by: &[&str]) -> Option<String> {
        let (sessions, target) = (sessions(), "100000023757/Developer".parse::<Target>().unwrap());
        let mut index = Index::default();
        for session in sessions.iter().filter(|session| used_by.contains(&session.name.as_str())) {
            let note =
                TargetNote { target: target.clone(), kept: None, stores: Holders::default(), uses: 1, last_used: None };
            index.session_mut(session).targets.insert(target.to_string(), note);
        }
        let lists = |session: &SsoSession| {
            assert!(used_by.is_empty(), "no list is read where the index decides");
            listed_by.contains(&session.name.as_str())
        };
        only_holder(&sessions, &target.account, &index, lists).map(|session| session.name.to_string())
    }

    #[test]
    fn an_account_belongs_to_the_only_session_that_used_it_or_else_to_the_only_one_that_lists_it() {
        assert_eq!(found(&["beta"], &["acme", "beta"]).as_deref(), Some("beta"));
        assert_eq!(found(&["acme", "beta"], &["acme"]), None);
        assert_eq!(found(&[], &["gamma"]).as_deref(), Some("gamma"));
        assert_eq!(found(&[], &["acme", "gamma"]), None);
        assert_eq!(found(&[], &[]), None);
    }
}
