//! The work that is awaited, and what to do with its answer.

use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::target::Target;
use crate::tui::handover::Form;

/// A piece of work under way.
#[derive(Debug, Clone)]
pub enum Pending {
    /// A sign-in; its progress is on the sign-in screen.
    SignIn {
        /// Where.
        session: SessionKey,
        /// What to fetch afterwards.
        then: Option<Target>,
    },
    /// A sign-out.
    SignOut(SessionKey),
    /// A listing of accounts and roles.
    List(SessionKey),
    /// Role credentials.
    Fetch(SessionKey, Target),
    /// Role credentials on their way to the clipboard.
    Copy(SessionKey, Target, Form),
    /// Text on its way to the clipboard.
    CopyText(&'static str),
    /// Credentials being forgotten.
    Drop(SessionKey, Target),
    /// A session's block being written.
    AddSession(SsoSession),
    /// A link being opened.
    OpenLink,
}

impl Pending {
    /// Whether it brings credentials for this target.
    pub fn fetches(&self, key: &SessionKey, target: &Target) -> bool {
        matches!(self, Pending::Fetch(of, what) | Pending::Copy(of, what, _) if of == key && what == target)
    }

    /// Whether a person waits for it, and what for.
    pub fn words(&self) -> Option<String> {
        match self {
            Pending::SignIn { .. } | Pending::List(_) | Pending::OpenLink | Pending::CopyText(_) => None,
            Pending::SignOut(_) => Some("signing out".to_owned()),
            Pending::Fetch(_, target) => Some(format!("asking AWS for {target}")),
            Pending::Copy(_, target, _) => Some(format!("copying {target}")),
            Pending::Drop(_, target) => Some(format!("dropping {target}")),
            Pending::AddSession(session) => Some(format!("writing [sso-session {}]", session.name)),
        }
    }
}
