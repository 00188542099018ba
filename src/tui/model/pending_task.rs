//! A task that has not ended, and what its end is for.

use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::target::Target;
use crate::tui::dialogs::copy::format::CopyFormat;

#[derive(Debug, Clone)]
pub(crate) enum PendingTask {
    SignIn {
        session: SessionKey,
        /// The role to fetch afterwards.
        then_fetch: Option<Target>,
    },
    SignOut(SessionKey),
    ListRoles(SessionKey),
    FetchCredentials(SessionKey, Target),
    CopyCredentials(SessionKey, Target, CopyFormat),
    /// Holds what the text is, for the message afterwards.
    CopyText(&'static str),
    DropCredentials(SessionKey, Target),
    AddSession(SsoSession),
    OpenLink,
}

impl PendingTask {
    /// The session that it works on, where it is one of those listed.
    pub(crate) fn session(&self) -> Option<&SessionKey> {
        match self {
            PendingTask::SignIn { session: key, .. }
            | PendingTask::SignOut(key)
            | PendingTask::ListRoles(key)
            | PendingTask::FetchCredentials(key, _)
            | PendingTask::CopyCredentials(key, ..)
            | PendingTask::DropCredentials(key, _) => Some(key),
            PendingTask::CopyText(_) | PendingTask::AddSession(_) | PendingTask::OpenLink => None,
        }
    }

    /// Whether it fetches credentials for this target.
    pub(crate) fn fetches(&self, session: &SessionKey, target: &Target) -> bool {
        use PendingTask::{CopyCredentials, FetchCredentials};
        matches!(self, FetchCredentials(key, of) | CopyCredentials(key, of, _) if key == session && of == target)
    }

    /// Whether it fetches credentials through this session.
    pub(crate) fn fetches_any(&self, session: &SessionKey) -> bool {
        use PendingTask::{CopyCredentials, FetchCredentials};
        matches!(self, FetchCredentials(key, _) | CopyCredentials(key, ..) if key == session)
    }

    /// What is shown while it runs; nothing for tasks whose progress is on the screen, or that take no time.
    pub(crate) fn progress_text(&self) -> Option<String> {
        match self {
            PendingTask::SignIn { .. }
            | PendingTask::ListRoles(_)
            | PendingTask::OpenLink
            | PendingTask::CopyText(_) => None,
            PendingTask::SignOut(_) => Some("signing out".to_owned()),
            PendingTask::FetchCredentials(_, target) => Some(format!("asking AWS for {target}")),
            PendingTask::CopyCredentials(_, target, _) => Some(format!("copying {target}")),
            PendingTask::DropCredentials(_, target) => Some(format!("dropping {target}")),
            PendingTask::AddSession(session) => Some(format!("writing [sso-session {}]", session.name)),
        }
    }
}
