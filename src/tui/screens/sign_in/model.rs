//! A sign-in, phase by phase. Each phase holds only what is shown; device code and tokens are in none.

use url::Url;

use super::failure::Failure;
use crate::domain::device_flow::PollOutcome;
use crate::domain::session::Flow;
use crate::domain::sso_session::SessionKey;
use crate::domain::text::visible;
use crate::domain::time::Lifespan;
use crate::ports::{Link, Opened};
use crate::tui::model::goal::Goal;
use crate::tui::task::{Place, TaskId};

#[derive(Debug)]
pub(crate) struct SignIn {
    /// Only this task's messages change the screen.
    pub(crate) task: TaskId,
    pub(crate) session: SessionKey,
    pub(crate) place: Place,
    pub(crate) flow: Flow,
    /// What credentials are wanted for afterwards.
    pub(crate) then: Option<Goal>,
    pub(crate) phase: Phase,
    pub(crate) browser: BrowserState,
}

#[derive(Debug)]
pub(crate) enum Phase {
    /// AWS is asked for a device code, or the browser's callback is prepared.
    Requesting,
    /// A device code waits to be confirmed.
    DeviceCode {
        user_code: String,
        /// The link with the code filled in.
        link: Url,
        lifespan: Lifespan,
        /// What the last poll brought.
        last_poll: PollOutcome,
    },
    /// The browser has to call back.
    Browser { link: Link, lifespan: Lifespan },
    /// It failed, and starts again only on a key.
    Failed(Failure),
}

impl Phase {
    /// The link that keys open and copy.
    pub(crate) fn link(&self) -> Option<Link> {
        match self {
            Phase::DeviceCode { link, .. } => Some(Link::Public(link.clone())),
            Phase::Browser { link, .. } => Some(link.clone()),
            Phase::Requesting | Phase::Failed(_) => None,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        !matches!(self, Phase::Failed(_))
    }
}

/// Whether the link was opened in a browser on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BrowserState {
    NotOpened,
    Opening,
    Opened,
    /// It could not be opened; says why.
    Failed(String),
}

impl From<Opened> for BrowserState {
    fn from(opened: Opened) -> Self {
        match opened {
            Opened::Yes => BrowserState::Opened,
            Opened::No(why) => BrowserState::Failed(visible(&why)),
        }
    }
}
