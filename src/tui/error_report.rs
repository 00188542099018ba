//! An error as the model keeps it: already safe to show.

use crate::error::{Error, Kind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorReport {
    /// Determines the heading.
    pub(crate) kind: Kind,
    /// What happened, on one line.
    pub(crate) summary: String,
    /// What to do next.
    pub(crate) hints: Vec<String>,
}

impl From<Error> for ErrorReport {
    fn from(error: Error) -> Self {
        ErrorReport { kind: error.kind(), summary: error.summary(), hints: error.hints().collect() }
    }
}
