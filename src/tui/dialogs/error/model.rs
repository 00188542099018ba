//! An error, with what can be done about it.

use crate::domain::on_call::Admission;
use crate::report::Report;
use crate::tui::model::goal::Goal;

#[derive(Debug)]
pub(crate) struct ErrorDialog {
    pub(crate) report: Report,
    pub(crate) action: ErrorAction,
    /// The index of the first line shown; the view limits it to what there is.
    pub(crate) first: usize,
}

impl ErrorDialog {
    pub(crate) fn new(report: Report, action: ErrorAction) -> Self {
        ErrorDialog { report, action, first: 0 }
    }
}

/// What the dialog offers besides closing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErrorAction {
    None,
    /// Sign in, then try again.
    SignIn(Goal),
    /// Give a reason, and try again with it; with what was found of the person's duty.
    GiveReason(Goal, Admission),
}
