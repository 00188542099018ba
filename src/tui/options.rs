//! What the terminal UI is started with.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::notify::NotifyBy;
use super::theme::{Background, ColorDepth};
use crate::domain::endpoint::Endpoints;
use crate::domain::ids::SessionName;
use crate::domain::names::ProfileTarget;
use crate::domain::policy::Policy;
use crate::domain::region::RegionDefaults;
use crate::domain::role_names::Aliases;
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby::Replicas;
use crate::error::Result;
use crate::ports::{Clipboard, Ports, UserShell};

/// Reads the policy that is in force when it is called.
pub type PolicyReader = Arc<dyn Fn() -> Result<Policy> + Send + Sync>;

/// What the UI is started with.
pub struct Options {
    /// The adapters.
    pub ports: Ports,
    /// The clipboard.
    pub clipboard: Arc<dyn Clipboard>,
    /// The person's own shell.
    pub user_shell: Arc<dyn UserShell>,
    /// Which roles are in which tier, and what each tier requires, at the start.
    pub policy: Arc<Policy>,
    /// Reads the policy again, before each sign-in and whenever credentials are asked for.
    pub read_policy: PolicyReader,
    /// The configured SSO sessions; with none, the setup screen opens.
    pub sessions: Vec<SsoSession>,
    /// The replicas at which a person may sign in beforehand.
    pub replicas: Replicas,
    /// The session that comes first; by default the first one of the config file.
    pub selected: Option<SessionName>,
    /// The sign-in flow, unless a key selects the other.
    pub flow: Flow,
    /// Whether a browser may be opened on this machine.
    pub open_browser: bool,
    /// The profiles of the AWS config file that name a role, with their names.
    pub profiles: Vec<(String, ProfileTarget)>,
    /// The regions of work where neither the person nor a profile names one.
    pub regions: RegionDefaults,
    /// Short names for targets.
    pub aliases: Aliases,
    /// The time zone of the times that are shown.
    pub zone: TimeZone,
    /// Colours, mouse, links and notifications.
    pub display: DisplayOptions,
    /// Warnings from the program's start, shown one at a time until dismissed.
    pub notices: Vec<String>,
    /// Present in the demo.
    pub demo: Option<Demo>,
    /// The path of this program, for the command lines that are shown and copied.
    pub program: String,
    /// The path of the AWS config file, as shown.
    pub config_file: String,
    /// Where AWS is reached, for sessions that are added.
    pub endpoints: Arc<Endpoints>,
    /// The settings in force, for showing.
    pub settings: Vec<SettingRow>,
    /// The path of the settings file, as shown.
    pub settings_file: String,
}

/// A setting as it is shown; every text is safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingRow {
    /// Its key in the settings file.
    pub key: String,
    /// The effective value.
    pub value: String,
    /// Where the value came from.
    pub source: String,
    /// What sets it in the settings file: one line, or a table with an example.
    pub toml: String,
}

/// How the UI is displayed and controlled.
#[derive(Debug, Clone, Copy, Default)]
pub struct DisplayOptions {
    /// How many colours may be used.
    pub color: ColorDepth,
    /// Whether the mouse scrolls and selects.
    pub mouse: bool,
    /// The background that the colours are chosen for, until the terminal says another.
    pub background: Background,
    /// Whether the terminal is asked for its background.
    pub asks_background: bool,
    /// Whether links can be clicked (OSC 8).
    pub hyperlinks: bool,
    /// How it is announced that something is about to expire.
    pub notify: NotifyBy,
}

/// What the sign-in screen says in the demo.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The delay after which the demo approves a sign-in.
    pub approves_itself_after: Duration,
}
