//! What the commands share: ports, policy, settings, sessions; and the choice of the session.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::endpoint::Endpoints;
use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::names::{Names, Resolved};
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::visible;
use crate::environment::Environment;
use crate::error::Error;
use crate::ports::Ports;
use crate::report::{Report, Result};
use crate::settings::{Settings, Source};

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
    /// Where names are looked up.
    pub names: Box<dyn Names<Error = Error>>,
    /// The environment variables.
    pub environment: Environment,
    /// The AWS config file.
    pub aws_config: PathBuf,
    /// The state folder.
    pub state_folder: PathBuf,
}

impl Context {
    /// The session of this name.
    ///
    /// # Errors
    /// There is none, or it is not usable.
    pub fn session_named(&self, name: &SessionName) -> Result<&SsoSession> {
        self.sessions.iter().find(|session| session.name == *name).ok_or_else(|| {
            let error = Report::usage(format!("there is no SSO session `{name}`")).hint(self.known_sessions());
            match self.problems.first() {
                Some(problem) => error.hint(Report::of(problem).message()),
                None => error,
            }
        })
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
        if let Some(name) = self.named(argument)?.or(self.settings.session.as_ref().map(|set| &set.value)) {
            return self.session_named(name);
        }
        if let Some(name) = self.session_of_profile_variable() {
            return self.session_named(&name);
        }
        match self.sessions.as_slice() {
            [only] => Ok(only),
            [] => Err(self.no_session()),
            _ => Err(Report::usage("there are several SSO sessions, and nothing says which is meant")
                .hint(format!("add --session NAME, or set `session` in the settings; {}", self.known_sessions()))),
        }
    }

    /// The session to reach `resolved` through. Where nothing names one, it is the only session that has used or
    /// listed the account.
    ///
    /// # Errors
    /// As for [`Self::session`].
    pub fn session_for(&self, resolved: &Resolved) -> Result<&SsoSession> {
        if let Some(name) = self.named(None)?.or(resolved.session.as_ref()) {
            return self.session_named(name);
        }
        if self.sessions.len() > 1 && self.settings.session.is_none() {
            let mut holding = self.sessions.iter().filter(|session| self.holds(session, &resolved.target.account));
            if let (Some(only), None) = (holding.next(), holding.next()) {
                return Ok(only);
            }
        }
        self.session(None)
    }

    fn holds(&self, session: &SsoSession, account: &AccountId) -> bool {
        let key = session.key();
        let index = self.ports.state.index();
        let used =
            index.session(&key).is_some_and(|note| note.targets.values().any(|used| used.target.account == *account));
        used || self.ports.state.catalog(&key).account(account).is_some()
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
            None => Report::usage(format!("there is no SSO session in {}", visible(&file)))
                .hint("daypass   asks for the start URL and region and writes it")
                .hint("daypass login NAME --start-url https://YOURS.awsapps.com/start --region REGION"),
        }
    }

    fn known_sessions(&self) -> String {
        let names: Vec<_> = self.sessions.iter().map(|session| session.name.as_str()).collect();
        if names.is_empty() { "no session is configured".to_owned() } else { format!("known: {}", names.join(", ")) }
    }

    /// The region to hand to other programs: the profile's, or that of `AWS_REGION` or `AWS_DEFAULT_REGION`.
    pub fn work_region(&self, resolved: &Resolved) -> Option<Region> {
        let from_variable = |name| Region::parse(self.environment.text_if_utf8(name)?).ok();
        resolved.region.clone().or_else(|| from_variable("AWS_REGION")).or_else(|| from_variable("AWS_DEFAULT_REGION"))
    }
}
