//! The names that people may use for a target, from wherever they are configured.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::aws_config::ConfigFile;
use crate::domain::ids::{AccountId, SessionName};
use crate::domain::names::{Names, ProfileTarget};
use crate::domain::sso_session::SsoSession;
use crate::domain::target::{AccountRole, Target};
use crate::domain::text::Untrusted;
use crate::error::{Error, Result};
use crate::ports::StateStore;

/// Looks names up in the aliases, `~/.aws/config` and the catalogs.
pub struct ConfiguredNames {
    /// Short names for targets.
    pub aliases: BTreeMap<String, AccountRole>,
    /// `~/.aws/config`, as it was read.
    pub file: ConfigFile,
    /// AWS's file of long-term keys, where it would be; its profiles may shadow those of the config file.
    pub shared_credentials: Option<PathBuf>,
    /// Keeps the catalogs.
    pub state: Arc<dyn StateStore>,
    /// The sessions whose accounts are looked up.
    pub sessions: Vec<SsoSession>,
}

impl Names for ConfiguredNames {
    type Error = Error;

    fn alias(&self, name: &str) -> Option<AccountRole> {
        self.aliases.get(name).cloned()
    }

    fn alias_names(&self) -> Vec<String> {
        self.aliases.keys().cloned().collect()
    }

    fn profile(&self, name: &str) -> Result<Option<ProfileTarget>> {
        self.file.config().profile(name)
    }

    fn profile_names(&self) -> Vec<String> {
        self.file.config().profile_names().map(str::to_owned).collect()
    }

    fn target_profiles(&self) -> Vec<(String, ProfileTarget)> {
        self.file.config().target_profiles()
    }

    fn profiles_of(&self, session: &SessionName, target: &Target) -> Vec<(String, ProfileTarget)> {
        self.file.config().profiles_of(session, target)
    }

    fn accounts(&self) -> Vec<(AccountId, Untrusted)> {
        let listed = self.sessions.iter().flat_map(|session| self.state.catalog(&session.key()).entries);
        listed.map(|entry| (entry.account.id, entry.account.name)).collect()
    }

    fn warnings(&self) -> Vec<String> {
        let config = self.file.config();
        // A file that cannot be read shadows no profile: other tools cannot read it either.
        let shared = self.shared_credentials.as_deref().and_then(|path| ConfigFile::read(path).ok());
        let shadowed = shared.map(|file| config.shadowed_by(file.bytes())).unwrap_or_default();
        config.bypasses().iter().chain(&shadowed).map(|bypass| format!("{}, {bypass}", config.path.display())).collect()
    }
}
