//! The role that the details are about, and how far they are scrolled.

use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;

#[derive(Debug)]
pub(crate) struct DetailsDialog {
    pub(crate) session: SessionKey,
    pub(crate) target: Target,
    /// The first line shown; the view limits it to what there is.
    pub(crate) first: usize,
}

impl DetailsDialog {
    pub(crate) fn new(session: SessionKey, target: Target) -> Self {
        DetailsDialog { session, target, first: 0 }
    }
}
