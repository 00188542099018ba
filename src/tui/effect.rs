//! What `update` asks for. Effects are values: only the executor runs them.

use super::message::Attempt;
use crate::domain::elevation::Reason;
use crate::domain::handout::Format;
use crate::domain::session::Flow;
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::ports::Link;

/// One thing to be done outside the model.
#[derive(Debug)]
pub enum Effect {
    /// Begin a piece of work; its events carry the attempt.
    Start(Attempt, Work),
    /// Give up a piece of work.
    Cancel(Attempt),
    /// Give the terminal back to the shell until the program is continued.
    Suspend,
}

/// A piece of work.
#[derive(Debug)]
pub enum Work {
    /// Sign in.
    SignIn {
        /// Where.
        session: SsoSession,
        /// Which way.
        flow: Flow,
        /// Whether a browser may be opened.
        open_browser: bool,
    },
    /// Sign out.
    SignOut(SsoSession),
    /// List accounts and roles.
    List(SsoSession),
    /// Fetch role credentials, or renew them.
    Fetch(Wanted),
    /// Put role credentials on the clipboard, fetched first where they must be.
    CopyCredentials(Wanted, Format),
    /// Put text that is no secret on the clipboard.
    CopyText(String),
    /// Forget the credentials kept for a target.
    Drop(Source),
    /// Write a session's block.
    AddSession(SsoSession),
    /// Open a link in the browser.
    OpenLink(Link),
}

/// Role credentials that are asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where they come from.
    pub source: Source,
    /// Why, where the policy asks.
    pub reason: Option<Reason>,
}

/// Effects in the order in which they are to happen.
#[must_use]
#[derive(Debug, Default)]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// Nothing to do.
    pub fn none() -> Self {
        Effects::default()
    }

    /// These, then `others`.
    pub fn and(mut self, others: impl Into<Effects>) -> Self {
        self.0.extend(others.into().0);
        self
    }
}

impl From<Effect> for Effects {
    fn from(effect: Effect) -> Self {
        Effects(vec![effect])
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
