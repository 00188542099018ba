//! What the terminal UI is started with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::theme::ColorDepth;
use crate::domain::endpoint::Endpoints;
use crate::domain::ids::SessionName;
use crate::domain::policy::Policy;
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::error::Result;
use crate::ports::{Clipboard, Ports};

/// Reads the policy that is in force when it is called.
pub type PolicyReader = Arc<dyn Fn() -> Result<Policy> + Send + Sync>;

/// What the UI is started with.
pub struct Options {
    /// The adapters.
    pub ports: Ports,
    /// The clipboard; with [`DisplayOptions::osc52`] the terminal's own is used instead.
    pub clipboard: Arc<dyn Clipboard>,
    /// Which roles are in which tier, and what each tier requires, at the start.
    pub policy: Arc<Policy>,
    /// Reads the policy again, before each sign-in and whenever credentials are asked for.
    pub read_policy: PolicyReader,
    /// The configured SSO sessions; with none, the setup screen opens.
    pub sessions: Vec<SsoSession>,
    /// The session to show first; by default the first one.
    pub selected: Option<SessionName>,
    /// The sign-in flow, unless a key selects the other.
    pub flow: Flow,
    /// Whether a browser may be opened on this machine.
    pub open_browser: bool,
    /// Short names for targets.
    pub aliases: BTreeMap<String, Target>,
    /// The time zone of the times that are shown.
    pub zone: TimeZone,
    /// Colours, mouse and clipboard.
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
}

/// How the UI is displayed and controlled.
#[derive(Debug, Clone, Copy, Default)]
pub struct DisplayOptions {
    /// How many colours may be used.
    pub color: ColorDepth,
    /// Whether the mouse scrolls and selects.
    pub mouse: bool,
    /// Whether text is copied through the terminal (OSC 52).
    pub osc52: bool,
}

/// What the sign-in screen says in the demo.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The delay after which the demo approves a sign-in.
    pub approves_itself_after: Duration,
}
