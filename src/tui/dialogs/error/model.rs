//! An error, with what can be done about it.

use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::report::Report;

#[derive(Debug)]
pub(crate) struct ErrorDialog {
    pub(crate) report: Report,
    pub(crate) action: ErrorAction,
}

/// What the dialog offers besides closing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErrorAction {
    None,
    /// Sign in, then fetch this role again.
    SignIn {
        session: SessionKey,
        then_fetch: Target,
    },
    /// Give a reason for this role, and fetch it for that.
    GiveReason {
        session: SessionKey,
        target: Target,
    },
}
