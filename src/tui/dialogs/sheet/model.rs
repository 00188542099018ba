//! The role that the sheet is about, and the selected action.

use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;

#[derive(Debug)]
pub(crate) struct SheetDialog {
    pub(crate) session: SessionKey,
    pub(crate) target: Target,
    /// The index of the selected one of the entries.
    pub(crate) selected: usize,
}

impl SheetDialog {
    pub(crate) fn new(session: SessionKey, target: Target) -> Self {
        SheetDialog { session, target, selected: 0 }
    }
}
