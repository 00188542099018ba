//! What credentials are wanted for. It is kept while a sign-in or a reason comes first.

use crate::domain::handout::Format;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Goal {
    pub(crate) session: SessionKey,
    pub(crate) target: Target,
    pub(crate) purpose: Purpose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be kept, for whatever asks daypass for them.
    Keep,
    /// To be kept as those of an elevation that carries another one on.
    Extension,
    /// To open a shell with them.
    Shell,
    /// To put them on the clipboard.
    Copy(Format),
}

impl Goal {
    pub(crate) fn new(session: &SessionKey, target: &Target, purpose: Purpose) -> Self {
        Goal { session: session.clone(), target: target.clone(), purpose }
    }
}
