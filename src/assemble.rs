//! Puts the program together: which adapter stands behind which port.
//!
//! Nothing is connected, read from the keyring or sent here: TLS, AWS clients and the keyring's bus come into
//! being with the first call that needs them, so that a warm `credentials` pays for none of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::adapters::aws::{Aws, Endpoints};
use crate::adapters::aws_config::{ConfigFile, config_path, write_session};
use crate::adapters::browser::{Launcher, SystemBrowser};
use crate::adapters::callback::LoopbackCallbacks;
use crate::adapters::clock::{SystemClock, SystemEntropy};
use crate::adapters::elevation_log::ElevationLog;
use crate::adapters::files::{ensure_private_dir, replace_keeping_mode};
use crate::adapters::lock::Locks;
use crate::adapters::state::State;
use crate::adapters::store::{self, Interaction, Secrets, StorePaths};
use crate::cli::context::{Context, Surroundings};
use crate::domain::ids::AccountId;
use crate::domain::names::{Names, ProfileTarget};
use crate::domain::sso_session::SsoSession;
use crate::domain::target::AccountRole;
use crate::domain::text::Untrusted;
use crate::error::{Error, Result};
use crate::ports::{self, Ports, SessionConfig};
use crate::settings::{Environment, Flags, Folders, Settings, StoreChoice, load, load_policy};

/// Reads settings, policy and `~/.aws/config`, and puts everything together for real use.
///
/// # Errors
/// Where any of the three is wrong: nothing goes on with weaker defaults.
pub fn context(flags: Flags, may_ask: bool) -> Result<Context> {
    let environment = Environment::of_process();
    let folders = Folders::find(&environment)?;
    let settings = load(flags, &environment, &folders)?;
    let policy = load_policy(&settings.policy)?;
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    let config = config_path(&|name| std::env::var_os(name), home.as_deref())?;
    let file = ConfigFile::read(&config)?;
    let sessions = file.config().sessions();
    let variables = variables();

    let launcher = Launcher::choose(settings.browser.as_ref().map(|browser| browser.value.as_str()), &variables);
    let interaction = if may_ask { Interaction::Allowed } else { Interaction::Forbidden };
    let paths = Paths { state: folders.state.clone(), cache: folders.cache, config: config.clone() };
    let ports = ports(Endpoints::from_environment(&variables), settings.store.value, interaction, launcher, &paths)?;
    let names = ConfiguredNames {
        settings: settings.clone(),
        file,
        shared_credentials: std::env::var_os("AWS_SHARED_CREDENTIALS_FILE")
            .map(PathBuf::from)
            .or_else(|| Some(home?.join(".aws/credentials"))),
        state: Arc::clone(&ports.state),
        sessions: sessions.usable.clone(),
    };
    Ok(Context {
        ports,
        policy: Arc::new(policy),
        sessions: sessions.usable,
        problems: sessions.problems,
        names: Box::new(names),
        surroundings: Surroundings { variables, config_file: config, state_folder: folders.state },
        settings,
    })
}

/// The environment's variables, as far as they are text.
pub fn variables() -> HashMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
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

/// The world behind the ports, at `paths`.
///
/// # Errors
/// Where this system has no such store.
pub fn ports(
    endpoints: Endpoints,
    store: StoreChoice,
    interaction: Interaction,
    launcher: Launcher,
    paths: &Paths,
) -> Result<Ports> {
    let clock: Arc<dyn ports::Clock> = Arc::new(SystemClock::new());
    let aws = Arc::new(Aws::new(endpoints, Arc::clone(&clock)));
    let locks = Locks::new(paths.state.join("locks"));
    let raw = store::open(store, &StorePaths::of(&paths.state), interaction)?;
    Ok(Ports {
        identity_center: Arc::clone(&aws) as Arc<dyn ports::IdentityCenter>,
        sts: aws,
        store: Arc::new(Secrets::new(raw)),
        state: Arc::new(State::new(&paths.state, &paths.cache, locks.clone())),
        elevations: Arc::new(ElevationLog::new(&paths.state)),
        session_config: Arc::new(ConfigEditor { path: paths.config.clone(), locks: locks.clone() }),
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

/// Edits `~/.aws/config`: one edit of ours at a time, each whole or not at all.
struct ConfigEditor {
    path: PathBuf,
    locks: Locks,
}

impl SessionConfig for ConfigEditor {
    fn add(&self, session: &SsoSession) -> Result<()> {
        let _lock = self.locks.acquire("aws-config", Duration::from_secs(10))?;
        if let Some(folder) = self.path.parent().filter(|folder| !folder.exists()) {
            ensure_private_dir(folder)?;
        }
        write_session(&self.path, session, false, &|path: &Path, bytes: &[u8]| replace_keeping_mode(path, bytes))
    }
}

/// Where the names that people type are looked up.
struct ConfiguredNames {
    settings: Settings,
    file: ConfigFile,
    shared_credentials: Option<PathBuf>,
    state: Arc<dyn ports::StateStore>,
    sessions: Vec<SsoSession>,
}

impl Names for ConfiguredNames {
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

    fn accounts(&self) -> Result<Vec<(AccountId, Untrusted)>> {
        let listed = self.sessions.iter().flat_map(|session| self.state.catalog(&session.key()).entries);
        let accounts: Vec<_> = listed.map(|entry| (entry.account.id, entry.account.name)).collect();
        if accounts.is_empty() {
            return Err(Error::usage("no accounts have been listed yet, so their names are not known")
                .hint("daypass roles --refresh   lists them; ACCOUNT_ID/ROLE always works"));
        }
        Ok(accounts)
    }

    fn warnings(&self) -> Vec<String> {
        let config = self.file.config();
        // A file that cannot be read shadows nothing: the other tools cannot read it either.
        let shared = self.shared_credentials.as_deref().and_then(|path| ConfigFile::read(path).ok());
        let shadowed = shared.map(|file| config.shadowed_by(file.bytes())).unwrap_or_default();
        config.bypasses().iter().chain(&shadowed).map(|bypass| format!("{}, {bypass}", config.path.display())).collect()
    }
}
