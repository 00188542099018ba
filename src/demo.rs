//! The demo: the terminal UI against an embedded Identity Center, in memory and a temporary folder.

use std::sync::Arc;
use std::time::Duration;

use crate::adapters::aws::Endpoints;
use crate::adapters::browser::Launcher;
use crate::adapters::store::Interaction;
use crate::assemble::{self, Paths};
use crate::cli::context::Context;
use crate::cli::demo::Args;
use crate::domain::ids::{AccountId, Region, SessionName, StartUrl};
use crate::domain::names::{Names, ProfileTarget};
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::AccountRole;
use crate::domain::text::Untrusted;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::screen;
use crate::settings::{Flags, Folders, Source, Sourced, StoreChoice, load};
use crate::simulator::{Options, Simulator};
use crate::tui::Demo;

/// After this long the demo approves a sign-in by itself.
const APPROVES_ITSELF_AFTER: Duration = Duration::from_secs(6);

/// Runs the demo; returns the exit code. Its secrets stay in memory, whatever store `flags` name.
///
/// # Errors
/// Where there is no terminal, no temporary folder, or no free port on loopback.
pub fn run(args: &Args, flags: Flags, environment: Environment) -> Result<u8> {
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
    let code = screen::open(context(&simulator, paths, flags, environment)?, Some(demo));
    drop(folder);
    code
}

/// Sessions and paths of its own: only how the screen looks follows the person's environment and flags.
fn context(simulator: &Simulator, paths: Paths, flags: Flags, environment: Environment) -> Result<Context> {
    let wrong = |why: crate::domain::ids::InvalidName| Error::failed("the demo is misconfigured").because(why);
    let session = SsoSession::new(
        SessionName::parse("acme-demo").map_err(wrong)?,
        StartUrl::parse(simulator.start_url()).map_err(wrong)?,
        Region::parse(simulator.region()).map_err(wrong)?,
    );
    let folders = Folders {
        config_file: Sourced::new(paths.state.join("config.toml"), Source::Default),
        policy_file: paths.state.join("policy.toml"),
        state: paths.state.clone(),
        cache: paths.cache.clone(),
        home: None,
    };
    let flags = Flags { color: flags.color, ..Flags::default() };
    let endpoint = Some(simulator.url().to_owned());
    let endpoints =
        Endpoints { sso_oidc: endpoint.clone(), sso: endpoint.clone(), sts: endpoint, ..Endpoints::default() };
    let launcher = Launcher::choose(None, &environment.utf8_variables());
    let ports = assemble::ports(endpoints, StoreChoice::Memory, Interaction::Forbidden, launcher, &paths)?;
    Ok(Context {
        ports,
        policy: Arc::new(Policy::built_in()),
        settings: load(flags, &environment, &folders)?,
        sessions: vec![session],
        problems: Vec::new(),
        names: Box::new(NoNames),
        aws_config: paths.config,
        state_folder: folders.state,
        environment,
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
