//! The target to copy for, and the selected form.

use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;

#[derive(Debug)]
pub(crate) struct CopyDialog {
    pub(crate) session: SessionKey,
    pub(crate) target: Target,
    /// The index of the selected form in [`super::format::CopyFormat::ALL`].
    pub(crate) selected: usize,
}
