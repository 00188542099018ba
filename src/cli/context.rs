//! What a command has to work with, and how it finds the session and the target that are meant.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::endpoint::Endpoints;
use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::names::{Names, Resolved};
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::domain::text::visible;
use crate::domain::tier::Tier;
use crate::error::{Error, Result};
use crate::ports::Ports;
use crate::settings::Settings;

/// Everything a command has to work with.
pub struct Context {
    /// The world.
    pub ports: Ports,
    /// The team's rules.
    pub policy: Arc<Policy>,
    /// What the person set.
    pub settings: Settings,
    /// The SSO sessions of the config file.
    pub sessions: Vec<SsoSession>,
    /// Where AWS is reached, for sessions that are added.
    pub endpoints: Arc<Endpoints>,
    /// What is wrong with the sessions that were left out.
    pub problems: Vec<Error>,
    /// Where names are looked up.
    pub names: Box<dyn Names>,
    /// Where the program runs.
    pub surroundings: Surroundings,
}

/// Where the program runs.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The environment's variables, as far as they are text.
    pub variables: HashMap<String, String>,
    /// The AWS config file.
    pub config_file: PathBuf,
    /// The state folder.
    pub state_folder: PathBuf,
}

impl Surroundings {
    /// A variable that is set to something.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl Context {
    /// The session of this name.
    ///
    /// # Errors
    /// Where there is none, or the block of that name is not usable.
    pub fn session_named(&self, name: &SessionName) -> Result<&SsoSession> {
        self.sessions.iter().find(|session| session.name == *name).ok_or_else(|| {
            let error = Error::usage(format!("there is no SSO session `{name}`")).hint(self.known_sessions());
            match self.problems.first() {
                Some(problem) => error.hint(problem.summary()),
                None => error,
            }
        })
    }

    /// The session to work with: as named, as set, as `AWS_PROFILE` says, or the only one.
    ///
    /// # Errors
    /// Where there is none, or several and nothing says which.
    pub fn session(&self, named: Option<&SessionName>) -> Result<&SsoSession> {
        if let Some(name) = named.or(self.settings.session.as_ref().map(|set| &set.value)) {
            return self.session_named(name);
        }
        if let Some(name) = self.session_of_profile_variable() {
            return self.session_named(&name);
        }
        match self.sessions.as_slice() {
            [only] => Ok(only),
            [] => Err(self.no_session()),
            _ => Err(Error::usage("there are several SSO sessions, and nothing says which is meant")
                .hint(format!("add --session NAME, or set `session` in the settings; {}", self.known_sessions()))),
        }
    }

    /// The session through which `resolved` is reached. Where nothing names one, it is the only one that has
    /// used or listed the account.
    pub fn session_for(&self, named: Option<&SessionName>, resolved: &Resolved) -> Result<&SsoSession> {
        if let Some(name) = named.or(resolved.session.as_ref()) {
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
        let name = self.surroundings.variable("AWS_PROFILE")?;
        let profile = self.names.profile(name).ok()??;
        Some(profile.session)
    }

    fn no_session(&self) -> Error {
        let file = self.surroundings.config_file.display().to_string();
        match self.problems.first() {
            Some(problem) => {
                Error::usage(format!("no usable SSO session in {}", visible(&file))).hint(problem.summary())
            }
            None => Error::usage(format!("there is no SSO session in {}", visible(&file)))
                .hint("daypass   asks for the start URL and region and writes it")
                .hint("daypass login NAME --start-url https://YOURS.awsapps.com/start --region REGION"),
        }
    }

    fn known_sessions(&self) -> String {
        let names: Vec<_> = self.sessions.iter().map(|session| session.name.as_str()).collect();
        if names.is_empty() { "no session is configured".to_owned() } else { format!("known: {}", names.join(", ")) }
    }

    /// The tier of `target`, with the account's name where it has been listed.
    pub fn tier(&self, session: &SsoSession, target: &Target) -> Tier {
        let catalog = self.ports.state.catalog(&session.key());
        let name = catalog.account(&target.account).map(|account| account.name.raw());
        self.policy.tier_of(&target.account, name, &target.role)
    }

    /// The region for the work to be done: the profile's, else the environment's.
    pub fn work_region(&self, resolved: &Resolved) -> Option<Region> {
        let from_variable = |name| Region::parse(self.surroundings.variable(name)?).ok();
        resolved.region.clone().or_else(|| from_variable("AWS_REGION")).or_else(|| from_variable("AWS_DEFAULT_REGION"))
    }
}
