//! What can lie over a screen.

use super::problem::{Offer, Problem};
use crate::domain::elevation::Reason;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::widgets::input::InputLine;

/// A dialog.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// Asks why an Admin role is needed.
    Reason(ReasonForm),
    /// Asks what to copy.
    Copy(CopyChooser),
    /// Asks whether something is really to be done.
    Question(Question),
    /// Says what went wrong.
    Problem(Problem, Offer),
    /// The SSO sessions; holds the selected one.
    Sessions(usize),
    /// The keys; holds the first line shown.
    Help(usize),
}

/// The reason being written for one target.
#[derive(Debug, Clone)]
pub struct ReasonForm {
    /// Through which session.
    pub session: SessionKey,
    /// What is to be entered.
    pub target: Target,
    /// What was written so far.
    pub text: InputLine,
    /// Why the last Enter did nothing.
    pub refused: Option<String>,
}

impl ReasonForm {
    /// An empty form.
    pub fn new(session: SessionKey, target: Target) -> Self {
        ReasonForm { session, target, text: InputLine::new(Reason::LIMIT), refused: None }
    }
}

/// What to copy for one target.
#[derive(Debug, Clone)]
pub struct CopyChooser {
    /// Through which session.
    pub session: SessionKey,
    /// For what.
    pub target: Target,
    /// The selected form.
    pub selected: usize,
}

/// Something that is done only when confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Forget credentials.
    Drop(SessionKey, Target),
    /// Sign out.
    SignOut(SessionKey),
    /// Leave the program.
    Quit,
}
