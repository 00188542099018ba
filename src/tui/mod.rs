//! The terminal UI: message → update → model → view, with effects as values.
//!
//! | module | owns |
//! |---|---|
//! | [`message`], [`arrivals`], [`signals`] | what comes in: keys, answers, signals |
//! | [`model`] | everything that is shown, without secrets and without a clock |
//! | `update` | how a message changes the model, and what it asks for |
//! | [`effect`], [`executor`] | what is asked for, and the one place where it is done |
//! | [`keymap`] | the keys: dispatch, footer and help read the same table |
//! | `view`, `widgets`, [`theme`], [`level`], [`layout`] | what it looks like |
//! | [`terminal`], `running` | the terminal, and the loop over all this |

pub mod arrivals;
pub mod effect;
pub mod executor;
pub mod handover;
pub mod keymap;
pub mod layout;
pub mod level;
pub mod message;
pub mod model;
mod running;
pub mod signals;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
mod update;
mod view;
mod widgets;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub use self::running::{Exit, run};
pub use self::theme::ColourDepth;
use crate::domain::endpoint::Endpoints;
use crate::domain::ids::SessionName;
use crate::domain::policy::Policy;
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::ports::{Clipboard, Ports};

/// What the UI is started with.
pub struct Start {
    /// The way to the world.
    pub ports: Ports,
    /// The clipboard; with [`Look::osc52`] the terminal's own is used instead.
    pub clipboard: Arc<dyn Clipboard>,
    /// Which roles are in which tier, and what the tiers ask.
    pub policy: Arc<Policy>,
    /// The SSO sessions that are configured; none leads to the setup screen.
    pub sessions: Vec<SsoSession>,
    /// The session to show first; the first one where none is named.
    pub selected: Option<SessionName>,
    /// How to sign in unless a key says otherwise.
    pub flow: Flow,
    /// Whether a browser may be opened on this machine.
    pub open_browser: bool,
    /// Short names for targets.
    pub aliases: BTreeMap<String, Target>,
    /// How it looks and behaves.
    pub look: Look,
    /// What the start of the program has to say, one line each.
    pub notices: Vec<String>,
    /// Present in the demo.
    pub demo: Option<Demo>,
    /// The path to this program, for lines that other tools run.
    pub program: String,
    /// The file that new sessions are written to, for showing.
    pub config_file: String,
    /// Where AWS is reached, for sessions that are added.
    pub endpoints: Arc<Endpoints>,
}

/// How the UI looks and behaves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// How many colours may be used.
    pub colour: ColourDepth,
    /// Whether the mouse scrolls and selects.
    pub mouse: bool,
    /// Whether text is copied through the terminal (OSC 52).
    pub osc52: bool,
}

/// What the demo says on the sign-in screen.
#[derive(Debug, Clone)]
pub struct Demo {
    /// How long after a code was issued the demo approves it.
    pub approves_itself_after: Duration,
    /// Where it can be approved by hand.
    pub page: String,
}
