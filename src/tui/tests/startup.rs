//! What the UI begins with, from what the state folder holds.

use std::ffi::OsStr;
use std::process::Command;
use std::sync::Arc;

use jiff::tz::TimeZone;
use ratatui::layout::Size;
use zeroize::Zeroizing;

use crate::domain::names::ProfileTarget;
use crate::domain::policy::Policy;
use crate::domain::preferences::{ListView, Pin, PreferenceChange, Preferences};
use crate::domain::region::RegionDefaults;
use crate::domain::session::Flow;
use crate::domain::shell_session::ShellSession;
use crate::domain::target::Target;
use crate::error::{Error, Result};
use crate::flows::tests::world::{World, target};
use crate::ports::{Clipboard, Copied, UserShell};
use crate::tui::model::Model;
use crate::tui::options::{DisplayOptions, Options};
use crate::tui::startup::initial_model;

struct Nothing;

#[async_trait::async_trait]
impl Clipboard for Nothing {
    async fn put(&self, _: &str) -> Result<Copied> {
        Err(Error::NoClipboard { tool: None, source: None })
    }

    async fn put_secret(&self, _: &Zeroizing<String>) -> Result<Copied> {
        Err(Error::NoClipboard { tool: None, source: None })
    }

    fn takes_secrets(&self) -> bool {
        false
    }
}

impl UserShell for Nothing {
    fn command(&self, _: &ShellSession<'_>, _: Option<&OsStr>) -> Result<Command> {
        Ok(Command::new("true"))
    }
}

const ROLES: [(&str, &str); 2] = [("b-stage", "100000000002/Admin"), ("a-prod", "100000000001/Developer")];

fn started(world: &World) -> Model {
    let profile = |(name, role): (&str, &str)| {
        let profile = ProfileTarget { session: world.session.name.clone(), target: target(role), region: None };
        (name.to_owned(), profile)
    };
    let options = Options {
        ports: world.ports.clone(),
        clipboard: Arc::new(Nothing),
        user_shell: Arc::new(Nothing),
        policy: Arc::new(Policy::built_in()),
        read_policy: Arc::new(|| Ok(Policy::built_in())),
        sessions: vec![world.session.clone()],
        replicas: Default::default(),
        selected: None,
        flow: Flow::Device,
        open_browser: false,
        profiles: ROLES.map(profile).into(),
        regions: RegionDefaults::default(),
        aliases: Default::default(),
        zone: TimeZone::UTC,
        display: DisplayOptions::default(),
        notices: Vec::new(),
        demo: None,
        program: "daypass".into(),
        config_file: "~/.aws/config".into(),
        endpoints: Arc::default(),
        settings: Vec::new(),
        settings_file: "~/.config/daypass/config.toml".into(),
    };
    initial_model(options, Size { width: 80, height: 24 })
}

fn pins(model: &Model) -> Vec<&Target> {
    model.preferences.pins.iter().map(|pin| &pin.target).collect()
}

#[tokio::test(start_paused = true)]
async fn the_first_run_pins_the_roles_that_have_profiles_and_has_that_written() {
    let world = World::new();
    let model = started(&world);
    assert_eq!(pins(&model), [&target("100000000001/Developer"), &target("100000000002/Admin")]);
    let session = world.session.key();
    let pin = |role: &str| PreferenceChange::Pin(Pin { session: session.clone(), target: target(role) });
    let expected = [pin("100000000001/Developer"), pin("100000000002/Admin"), PreferenceChange::FirstRunDone];
    assert_eq!(model.first_changes, expected);
    assert!(model.shows_tip);
}

#[tokio::test(start_paused = true)]
async fn a_later_run_shows_what_is_remembered_and_pins_nothing_by_itself() {
    let world = World::new();
    let kept = Preferences { view: ListView::Matrix, first_run_done: true, ..Preferences::default() };
    world.ports.state.update_preferences(&mut |preferences| *preferences = kept.clone()).unwrap();
    let model = started(&world);
    assert_eq!(pins(&model), [] as [&Target; 0]);
    assert!(model.first_changes.is_empty() && !model.shows_tip);
    assert_eq!(model.preferences.view, ListView::Matrix);
}
