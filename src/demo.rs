//! The demo: the terminal UI against an embedded Identity Center, in memory and a temporary folder.

use std::sync::Arc;
use std::time::Duration;

use crate::adapters::aws::ClientOptions;
use crate::adapters::browser::Launcher;
use crate::adapters::store::Interaction;
use crate::assemble::{self, Paths};
use crate::cli::context::{Context, Surroundings};
use crate::cli::demo::Args;
use crate::domain::endpoint::{Endpoint, Endpoints};
use crate::domain::ids::{AccountId, Region, SessionName, StartUrl};
use crate::domain::names::{Names, ProfileTarget};
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::AccountRole;
use crate::domain::text::Untrusted;
use crate::error::{Error, Result};
use crate::screen;
use crate::settings::{Environment, Flags, Folders, Source, Sourced, StoreChoice, load};
use crate::simulator::{Options, Simulator};
use crate::tui::Demo;

/// After this long the demo approves a sign-in by itself.
const APPROVES_ITSELF_AFTER: Duration = Duration::from_secs(6);

/// Runs the demo; gives the exit code.
///
/// # Errors
/// Where there is no terminal, no temporary folder, or no free port on loopback.
pub fn run(args: &Args) -> Result<u8> {
    let folder = tempfile::Builder::new()
        .prefix("daypass-demo-")
        .tempdir()
        .map_err(|error| Error::failed("cannot make a temporary folder").because(error))?;
    let simulator = Simulator::start(Options {
        accounts: args.accounts as usize,
        auto_approve: Some(APPROVES_ITSELF_AFTER),
        interval: Some(1),
        ..Options::default()
    })
    .map_err(|error| Error::failed("the demo's Identity Center cannot listen on 127.0.0.1").because(error))?;
    let paths = Paths {
        state: folder.path().join("state"),
        cache: folder.path().join("cache"),
        config: folder.path().join("config"),
    };
    let demo = Demo { approves_itself_after: APPROVES_ITSELF_AFTER, page: format!("{}/device", simulator.url()) };
    let code = screen::open(context(&simulator, paths)?, Some(demo));
    drop(folder);
    code
}

/// A world of its own: only how the screen looks follows the person's environment.
fn context(simulator: &Simulator, paths: Paths) -> Result<Context> {
    let wrong = |why: crate::domain::ids::InvalidName| Error::failed("the demo is misconfigured").because(why);
    let endpoint =
        Endpoint::parse(simulator.url()).map_err(|why| Error::failed("the demo is misconfigured").because(why))?;
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
    };
    let variables = assemble::variables();
    let launcher = Launcher::choose(None, &variables);
    let ports =
        assemble::ports(ClientOptions::default(), StoreChoice::Memory, Interaction::Forbidden, launcher, &paths)?;
    Ok(Context {
        ports,
        policy: Arc::new(Policy::built_in()),
        settings: load(Flags::default(), &Environment::of_process(), &folders)?,
        sessions: vec![session],
        endpoints,
        problems: Vec::new(),
        names: Box::new(NoNames),
        surroundings: Surroundings { variables, config_file: paths.config, state_folder: folders.state },
    })
}

/// The demo's screen finds targets by its own list.
struct NoNames;

impl Names for NoNames {
    fn alias(&self, _: &str) -> Option<AccountRole> {
        None
    }

    fn alias_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn profile(&self, _: &str) -> Result<Option<ProfileTarget>> {
        Ok(None)
    }

    fn profile_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn accounts(&self) -> Result<Vec<(AccountId, Untrusted)>> {
        Ok(Vec::new())
    }
}
