//! The composition root: which adapter implements which port.
//!
//! Nothing is connected here: TLS, AWS clients and the keyring's connection are made by the first call that needs
//! them, so that a warm `credentials` does without.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::adapters::audit_log::AuditLog;
use crate::adapters::aws::{Aws, ClientOptions, endpoints_from_environment};
use crate::adapters::aws_config::{ConfigEditor, ConfigFile, config_path};
use crate::adapters::browser::{Launcher, SystemBrowser};
use crate::adapters::callback::LoopbackCallbacks;
use crate::adapters::clock::{SystemClock, SystemEntropy};
use crate::adapters::lock::Locks;
use crate::adapters::state::State;
use crate::adapters::store::{self, Interaction, Secrets, StorePaths};
use crate::cli::context::Context;
use crate::domain::ids::AccountId;
use crate::domain::names::{Names, ProfileTarget};
use crate::domain::sso_session::SsoSession;
use crate::domain::target::AccountRole;
use crate::domain::text::Untrusted;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::ports::{self, Ports};
use crate::settings::{Flags, Folders, Settings, StoreChoice, load, load_policy};

/// Reads settings, policy and `~/.aws/config`, and makes what the commands share.
///
/// # Errors
/// One of the three is wrong; none is replaced by a weaker default.
pub fn context(flags: Flags, environment: Environment, may_ask: bool) -> Result<Context> {
    let folders = Folders::find(&environment)?;
    let settings = load(flags, &environment, &folders)?;
    let policy = load_policy(&settings.policy)?;
    let config = config_path(&|name| environment.get(name).map(ToOwned::to_owned), folders.home.as_deref())?;
    let file = ConfigFile::read(&config)?;
    let variables = environment.utf8_variables();
    let endpoints = Arc::new(endpoints_from_environment(&variables)?);
    let configured = file.config().sessions();
    let sessions: Vec<_> = configured.usable.into_iter().map(|session| session.at(Arc::clone(&endpoints))).collect();

    let launcher = Launcher::choose(settings.browser.as_ref().map(|browser| browser.value.as_str()), &variables);
    let interaction = if may_ask { Interaction::Allowed } else { Interaction::Forbidden };
    let paths = Paths { state: folders.state.clone(), cache: folders.cache, config: config.clone() };
    let options = ClientOptions::from_environment(&variables);
    let ports = ports(options, settings.store.value, interaction, launcher, &paths, &environment)?;
    let names = ConfiguredNames {
        settings: settings.clone(),
        file,
        shared_credentials: environment
            .path("AWS_SHARED_CREDENTIALS_FILE")
            .or_else(|| Some(folders.home?.join(".aws/credentials"))),
        state: Arc::clone(&ports.state),
        sessions: sessions.clone(),
    };
    Ok(Context {
        ports,
        policy: Arc::new(policy),
        sessions,
        endpoints,
        problems: configured.problems,
        names: Box::new(names),
        aws_config: config,
        state_folder: folders.state,
        environment,
        settings,
    })
}

/// The folders and files that the adapters write to.
pub struct Paths {
    /// The state folder.
    pub state: PathBuf,
    /// The cache folder.
    pub cache: PathBuf,
    /// The AWS config file.
    pub config: PathBuf,
}

/// The adapters, which keep their files at `paths` and reach the keyring that `environment` leads to.
///
/// # Errors
/// This system has no such store.
pub fn ports(
    options: ClientOptions,
    store: StoreChoice,
    interaction: Interaction,
    launcher: Launcher,
    paths: &Paths,
    environment: &Environment,
) -> Result<Ports> {
    let clock: Arc<dyn ports::Clock> = Arc::new(SystemClock::new(&paths.state));
    let aws = Arc::new(Aws::new(options, Arc::clone(&clock)));
    let locks = Locks::new(paths.state.join("locks"));
    let raw = store::open(store, &StorePaths::of(&paths.state, environment), interaction)?;
    Ok(Ports {
        identity_center: Arc::clone(&aws) as Arc<dyn ports::IdentityCenter>,
        sts: aws,
        store: Arc::new(Secrets::new(raw)),
        state: Arc::new(State::new(&paths.state, &paths.cache, locks.clone())),
        audit: Arc::new(AuditLog::new(&paths.state)),
        tasks: TaskTracker::new(),
        session_config: Arc::new(ConfigEditor::new(paths.config.clone(), locks.clone())),
        locks: Arc::new(locks),
        clock,
        entropy: Arc::new(SystemEntropy),
        browser: Arc::new(SystemBrowser::new(launcher)),
        callbacks: Arc::new(LoopbackCallbacks),
    })
}

impl ports::LockGuard for crate::adapters::lock::Guard {}

impl ports::Locks for Locks {
    fn acquire(&self, name: &str, timeout: Duration) -> Result<Box<dyn ports::LockGuard>> {
        Ok(Box::new(Locks::acquire(self, name, timeout)?))
    }
}

/// Looks names up in settings, `~/.aws/config` and the catalogs.
struct ConfiguredNames {
    settings: Settings,
    file: ConfigFile,
    shared_credentials: Option<PathBuf>,
    state: Arc<dyn ports::StateStore>,
    sessions: Vec<SsoSession>,
}

impl Names for ConfiguredNames {
    type Error = Error;

    fn alias(&self, name: &str) -> Option<AccountRole> {
        self.settings.aliases.get(name).map(|alias| alias.value.clone())
    }

    fn alias_names(&self) -> Vec<String> {
        self.settings.aliases.keys().cloned().collect()
    }

    fn profile(&self, name: &str) -> Result<Option<ProfileTarget>> {
        self.file.config().profile(name)
    }

    fn profile_names(&self) -> Vec<String> {
        self.file.config().profile_names().map(str::to_owned).collect()
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
