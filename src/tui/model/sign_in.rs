//! A sign-in, phase by phase. Each phase carries only what it shows; device code and tokens are in none.

use url::Url;

use super::problem::Problem;
use crate::domain::session::Flow;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::time::Lifespan;
use crate::ports::Link;
use crate::tui::message::Attempt;

/// The sign-in on screen.
#[derive(Debug)]
pub struct SignIn {
    /// Whose events count.
    pub attempt: Attempt,
    /// Where.
    pub session: SessionKey,
    /// Which way.
    pub flow: Flow,
    /// What to fetch afterwards.
    pub then: Option<Target>,
    /// How far it is.
    pub phase: Phase,
    /// What became of the browser.
    pub browser: BrowserState,
}

/// How far a sign-in is.
#[derive(Debug)]
pub enum Phase {
    /// AWS is asked for a code, or the browser's way back is prepared.
    Asking,
    /// A device code waits to be confirmed.
    Code {
        /// To be compared.
        user_code: String,
        /// Where to type it.
        link: Url,
        /// The same with the code filled in.
        link_with_code: Url,
        /// How long the code lives.
        life: Lifespan,
        /// Whether AWS answered the last poll.
        reachable: bool,
    },
    /// The browser is to come back by itself.
    Browser {
        /// What to open.
        link: Url,
        /// How long we listen.
        life: Lifespan,
    },
    /// It has failed; nothing goes on without a key.
    Over(Problem),
}

impl Phase {
    /// The link that a key opens. One that authorizes a browser is for that browser alone.
    pub fn link_to_open(&self) -> Option<Link> {
        match self {
            Phase::Code { link_with_code, .. } => Some(Link::Public(link_with_code.clone())),
            Phase::Browser { link, .. } => Some(Link::Private(link.clone())),
            Phase::Asking | Phase::Over(_) => None,
        }
    }

    /// The link that a key copies.
    pub fn link(&self) -> Option<&Url> {
        match self {
            Phase::Code { link_with_code, .. } => Some(link_with_code),
            Phase::Browser { link, .. } => Some(link),
            Phase::Asking | Phase::Over(_) => None,
        }
    }
}

/// What became of the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserState {
    /// None is opened on this machine.
    NotHere,
    /// It is being opened.
    Opening,
    /// It was opened.
    Opened,
    /// It could not be, and why.
    Failed(String),
}
