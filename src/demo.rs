//! The demo: the terminal UI against an embedded Identity Center, in memory and a temporary folder.

use std::sync::Arc;
use std::time::Duration;

use crate::adapters::aws::ClientOptions;
use crate::adapters::browser::Launcher;
use crate::adapters::shutdown;
use crate::adapters::store::{self, Interaction, StorePaths};
use crate::adapters::user_shell::SystemShell;
use crate::assemble::{self, Paths};
use crate::cli::context::Context;
use crate::cli::demo::Args;
use crate::domain::endpoint::{Endpoint, Endpoints};
use crate::domain::ids::{AccountId, InvalidName, Region, SessionName, StartUrl};
use crate::domain::names::{Names, ProfileTarget};
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::domain::store_choice::{StoreChoice, StoreName};
use crate::domain::target::AccountRole;
use crate::domain::text::Untrusted;
use crate::environment::Environment;
use crate::error::Error;
use crate::report::{Report, Result};
use crate::screen;
use crate::settings::{Flags, Folders, Source, Sourced, load};
use crate::simulator::{Options, Simulator};
use crate::tui::Demo;

/// The demo approves its own sign-in after this time.
const APPROVES_ITSELF_AFTER: Duration = Duration::from_secs(6);

/// Runs the demo; returns the exit code. Its secrets stay in memory, whatever store `flags` name.
///
/// # Errors
/// There is no terminal, no temporary folder, or no free port on loopback.
pub fn run(args: &Args, flags: Flags, environment: Environment) -> Result<u8> {
    let folder = tempfile::Builder::new()
        .prefix("daypass-demo-")
        .tempdir()
        .map_err(|source| Error::System { action: "make a temporary folder", source })?;
    let simulator = Simulator::start(Options {
        accounts: args.accounts as usize,
        auto_approve: Some(APPROVES_ITSELF_AFTER),
        interval: Some(1),
        ..Options::default()
    })
    .map_err(|source| Error::System { action: "listen on 127.0.0.1 for the demo", source })?;
    let paths = Paths {
        state: folder.path().join("state"),
        cache: folder.path().join("cache"),
        config: folder.path().join("config"),
    };
    let demo = Demo { approves_itself_after: APPROVES_ITSELF_AFTER };
    let code = screen::open(context(&simulator, paths, flags, environment)?, Some(demo));
    drop(folder);
    code
}

/// A context with sessions and paths of its own; only the look of the screen follows environment and flags.
fn context(simulator: &Simulator, paths: Paths, flags: Flags, environment: Environment) -> Result<Context> {
    let wrong = |why: InvalidName| Report::failed("the demo is misconfigured").because(Some(&why));
    let endpoint = Endpoint::parse(simulator.url())
        .map_err(|why| Report::failed("the demo is misconfigured").because(Some(&why)))?;
    let endpoints = Arc::new(Endpoints::all(endpoint));
    let session = SsoSession::new(
        SessionName::parse("acme-demo").map_err(wrong)?,
        StartUrl::parse(simulator.start_url()).map_err(wrong)?,
        Region::parse(simulator.region()).map_err(wrong)?,
    )
    .at(Arc::clone(&endpoints));
    let folders = Folders {
        config_file: Sourced::new(paths.state.join("config.toml"), Source::Default),
        policy_file: paths.state.join("policy.toml"),
        state: paths.state.clone(),
        cache: paths.cache.clone(),
        home: None,
    };
    let flags = Flags { color: flags.color, ..Flags::default() };
    let settings = load(flags, &environment, &folders)?;
    let browser = settings.browser.as_ref().map(|browser| browser.value.as_str());
    let launcher = Launcher::choose(browser, &environment);
    let store_paths = StorePaths::of(&paths.state, &environment);
    let store = store::open(StoreChoice::Only(StoreName::Memory), &store_paths, Interaction::Forbidden)?;
    let ports = assemble::ports(ClientOptions::default(), store, launcher, &paths);
    Ok(Context {
        ports,
        policy: Arc::new(Policy::built_in()),
        settings,
        sessions: vec![session],
        endpoints,
        problems: Vec::new(),
        user_shell: Arc::new(SystemShell::new(&environment, folders.state.join("shell"))),
        names: Box::new(NoNames),
        aws_config: paths.config,
        pick: crate::picker::pick,
        confirm: crate::confirmation::confirm,
        run_until: crate::child_process::run_until,
        before_a_signal_ends: shutdown::before_a_signal_ends,
        state_folder: folders.state,
        environment,
    })
}

/// No names: the demo's screen chooses from its list.
struct NoNames;

impl Names for NoNames {
    type Error = Error;

    fn alias(&self, _: &str) -> Option<AccountRole> {
        None
    }

    fn alias_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn profile(&self, _: &str) -> std::result::Result<Option<ProfileTarget>, Error> {
        Ok(None)
    }

    fn profile_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn target_profiles(&self) -> Vec<(String, ProfileTarget)> {
        Vec::new()
    }

    fn accounts(&self) -> Vec<(AccountId, Untrusted)> {
        Vec::new()
    }
}
