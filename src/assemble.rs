//! The composition root: which adapter implements which port.
//!
//! Nothing is connected here: TLS, AWS clients and the keyring's connection are made by the first call that needs
//! them, so that a warm `credentials` does without.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::adapters::audit_log::AuditLog;
use crate::adapters::aws::{Aws, ClientOptions, endpoints_from_environment};
use crate::adapters::aws_config::{ConfigEditor, ConfigFile, config_path};
use crate::adapters::browser::{Launcher, SystemBrowser};
use crate::adapters::callback::LoopbackCallbacks;
use crate::adapters::clock::{SystemClock, SystemEntropy};
use crate::adapters::lock::Locks;
use crate::adapters::names::ConfiguredNames;
use crate::adapters::on_call::SystemOnCall;
use crate::adapters::processes::SystemProcesses;
use crate::adapters::shutdown;
use crate::adapters::state::State;
use crate::adapters::store::{self, Access, RawStore, Secrets, StorePaths};
use crate::adapters::user_shell::SystemShell;
use crate::cli::context::Context;
use crate::cli::runbook::{self, KnownReplica};
use crate::domain::completion::{Known, ProfileName};
use crate::domain::endpoint::Endpoints;
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::ports::{self, Clock as _, Ports, StateStore as _};
use crate::settings::{Flags, Folders, Settings, load, policy_without_settings};
use crate::{child_process, confirmation, picker};

/// Reads settings, policy and `~/.aws/config`, and makes what the commands share.
///
/// # Errors
/// One of the three is wrong; none is replaced by a weaker default.
pub fn context(flags: Flags, environment: Environment, access: Access) -> Result<Context> {
    let folders = Folders::find(&environment)?;
    let mut settings = load(flags, &environment, &folders)?;
    // First, because the keyring may begin to answer while everything else is made and read.
    let store = store::open(settings.store.value, &StorePaths::of(&folders.state, &environment), access)?;

    let Configuration { policy, path: config, file, endpoints, sessions, problems } =
        Configuration::read(&settings, &folders, &environment)?;
    settings.warnings.extend(settings.sso_regions.warnings(&sessions));
    let launcher = Launcher::choose(settings.browser.as_ref().map(|browser| browser.value.as_str()), &environment);
    let paths = Paths { state: folders.state.clone(), cache: folders.cache, config: config.clone() };
    let ports = ports(ClientOptions::from_environment(&environment), store, launcher, &paths);
    let names = ConfiguredNames {
        aliases: settings.aliases.iter().map(|(name, alias)| (name.clone(), alias.value.clone())).collect(),
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
        problems,
        user_shell: Arc::new(SystemShell::new(&environment, folders.state.join("shell"))),
        names: Box::new(names),
        aws_config: config,
        state_folder: folders.state,
        environment,
        settings,
        pick: picker::pick,
        confirm: confirmation::confirm,
        run_until: child_process::run_until,
        before_a_signal_ends: shutdown::before_a_signal_ends,
    })
}

/// What is known without keyring and network, for the shells' completions. Nothing is written.
///
/// # Errors
/// As for [`context`].
pub fn known(environment: &Environment) -> Result<Known> {
    let folders = Folders::find(environment)?;
    let settings = load(Flags::default(), environment, &folders)?;
    let Configuration { policy, file, sessions, .. } = Configuration::read(&settings, &folders, environment)?;
    let state = State::new(&folders.state, &folders.cache, Locks::new(folders.state.join("locks")));
    let config = file.config();
    let profiles = config.profiles.iter().filter(|profile| profile.uses_sso()).filter_map(|profile| {
        let target = format!("{}/{}", profile.account?.text(), profile.role?.text());
        Some(ProfileName { name: profile.name.to_string(), target })
    });
    Ok(Known {
        sessions: sessions.into_iter().map(|session| (session.clone(), state.catalog(&session.key()))).collect(),
        index: state.index(),
        aliases: settings.aliases.into_iter().map(|(name, alias)| (name, alias.value)).collect(),
        profiles: profiles.collect(),
        policy,
        now: SystemClock::new(&folders.state).now().wall,
    })
}

/// What the runbook needs, as far as it can be read: in an emergency a wrong file is a remark and no obstacle. No keyring,
/// no network, and nothing is written.
///
/// # Errors
/// There is no folder to read from.
pub fn known_in_an_emergency(flags: Flags, environment: &Environment) -> Result<runbook::Known> {
    let folders = Folders::find(environment)?;
    let mut problems = Vec::new();
    let settings = noted(load(flags, environment, &folders), &mut problems);
    let policy = match &settings {
        Some(settings) => settings.read_policy(),
        None => policy_without_settings(&folders),
    };
    let policy = noted(policy, &mut problems).unwrap_or_else(Policy::built_in);
    let endpoints = Arc::new(noted(endpoints_from_environment(environment), &mut problems).unwrap_or_default());
    let path = config_path(&|name| environment.get(name).map(ToOwned::to_owned), folders.home.as_deref());
    let mut usable = Vec::new();
    if let Some(file) = noted(path.and_then(|path| ConfigFile::read(&path)), &mut problems) {
        let configured = file.config().sessions();
        problems.extend(configured.problems);
        usable = configured.usable;
    }
    let state = State::new(&folders.state, &folders.cache, Locks::new(folders.state.join("locks")));
    let sessions = usable.into_iter().map(|session| {
        let session = session.at(Arc::clone(&endpoints));
        let catalog = state.catalog(&session.key());
        (session, catalog)
    });
    let sessions: Vec<_> = sessions.collect();
    let (now, index) = (SystemClock::new(&folders.state).now(), state.index());
    let replicas = settings.map(|settings| settings.sso_regions.replicas()).unwrap_or_default();
    let known_replicas = sessions.iter().flat_map(|(session, _)| {
        let (own, index) = (index.session(&session.key()), &index);
        replicas.standbys_of(session).into_iter().map(move |replica| {
            let sign_in = standby::usable(own, index.session(&replica.key()), now);
            let signed_in_until = sign_in.map(|sign_in| sign_in.lifespan().ends_at());
            KnownReplica { session: session.name.clone(), standby: replica, signed_in_until }
        })
    });
    let replicas = known_replicas.collect();
    Ok(runbook::Known { sessions, replicas, policy, problems, now: now.wall })
}

fn noted<T>(read: Result<T>, problems: &mut Vec<Error>) -> Option<T> {
    read.map_err(|problem| problems.push(problem)).ok()
}

/// What policy and `~/.aws/config` say.
struct Configuration {
    policy: Policy,
    /// Where the AWS config file is.
    path: PathBuf,
    file: ConfigFile,
    endpoints: Arc<Endpoints>,
    sessions: Vec<SsoSession>,
    /// Why other sessions of the file cannot be used.
    problems: Vec<Error>,
}

impl Configuration {
    fn read(settings: &Settings, folders: &Folders, environment: &Environment) -> Result<Self> {
        let path = config_path(&|name| environment.get(name).map(ToOwned::to_owned), folders.home.as_deref())?;
        let policy = settings.read_policy()?;
        let file = ConfigFile::read(&path)?;
        let endpoints = Arc::new(endpoints_from_environment(environment)?);
        let configured = file.config().sessions();
        let sessions = configured.usable.into_iter().map(|session| session.at(Arc::clone(&endpoints))).collect();
        Ok(Configuration { policy, path, file, sessions, problems: configured.problems, endpoints })
    }
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

/// The adapters, which keep secrets in `store` and their files at `paths`.
pub fn ports(options: ClientOptions, store: Arc<dyn RawStore>, launcher: Launcher, paths: &Paths) -> Ports {
    let clock: Arc<dyn ports::Clock> = Arc::new(SystemClock::new(&paths.state));
    let on_call = Arc::new(SystemOnCall::new(options.clone()));
    let aws = Arc::new(Aws::new(options, Arc::clone(&clock)));
    let locks = Locks::new(paths.state.join("locks"));
    let secrets: Arc<dyn ports::SecretStore> = Arc::new(Secrets::new(store));
    Ports {
        identity_center: Arc::clone(&aws) as Arc<dyn ports::IdentityCenter>,
        sts: aws,
        on_call,
        store: Arc::clone(&secrets),
        state: Arc::new(State::new(&paths.state, &paths.cache, locks.clone())),
        audit: Arc::new(AuditLog::new(&paths.state, secrets)),
        processes: Arc::new(SystemProcesses),
        tasks: TaskTracker::new(),
        session_config: Arc::new(ConfigEditor::new(paths.config.clone(), locks.clone())),
        locks: Arc::new(locks),
        clock,
        entropy: Arc::new(SystemEntropy),
        browser: Arc::new(SystemBrowser::new(launcher)),
        callbacks: Arc::new(LoopbackCallbacks),
    }
}
