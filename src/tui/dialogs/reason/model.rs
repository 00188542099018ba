//! A reason being typed.

use crate::domain::elevation::Reason;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::widgets::text_input::TextInput;

#[derive(Debug)]
pub(crate) struct ReasonDialog {
    pub(crate) session: SessionKey,
    pub(crate) target: Target,
    pub(crate) text: TextInput,
    /// Why the last submit was rejected.
    pub(crate) rejection: Option<String>,
}

impl ReasonDialog {
    pub(crate) fn new(session: SessionKey, target: Target) -> Self {
        ReasonDialog { session, target, text: TextInput::new(Reason::LIMIT), rejection: None }
    }
}
