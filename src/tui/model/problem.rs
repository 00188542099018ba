//! An error as the screen keeps it: already safe to show.

use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::error::{Error, Kind};

/// What went wrong and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Fixes the heading.
    pub kind: Kind,
    /// What happened, on one line.
    pub summary: String,
    /// What to do next.
    pub hints: Vec<String>,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Problem { kind: error.kind(), summary: error.summary(), hints: error.hints().collect() }
    }
}

/// What a problem's dialog offers to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Nothing but to read it.
    Nothing,
    /// Sign in, then go on to this target.
    SignIn(SessionKey, Option<Target>),
}
