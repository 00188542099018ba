//! A task that has not ended, and what its end is for.

use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::target::Target;
use crate::tui::model::goal::{Goal, Purpose};
use crate::tui::task::Place;

#[derive(Debug, Clone)]
pub(crate) enum PendingTask {
    SignIn {
        session: SessionKey,
        place: Place,
        /// What credentials are wanted for afterwards.
        then: Option<Goal>,
    },
    SignOut(SessionKey),
    ListRoles(SessionKey),
    /// Fetch credentials and do with them what they are wanted for.
    Obtain(Goal),
    /// Copies text without secrets; `what` names it in messages.
    CopyText {
        what: &'static str,
        text: String,
    },
    /// Copies a link that is a secret.
    CopyPrivateLink,
    DropCredentials(SessionKey, Target),
    /// Ends an elevation; named for messages.
    EndElevation(String),
    /// Holds a drill; named for messages.
    HoldDrill(String),
    AddSession(SsoSession),
    OpenLink,
    SavePreference,
    /// Reads what the form of an elevation goes by.
    PrepareElevation,
    ReadElevations,
    RecordWarning,
}

impl PendingTask {
    /// The session that it works on, where it is one of those listed.
    pub(crate) fn session(&self) -> Option<&SessionKey> {
        match self {
            PendingTask::SignIn { session: key, .. }
            | PendingTask::SignOut(key)
            | PendingTask::ListRoles(key)
            | PendingTask::Obtain(Goal { session: key, .. })
            | PendingTask::DropCredentials(key, _) => Some(key),
            PendingTask::CopyText { .. }
            | PendingTask::CopyPrivateLink
            | PendingTask::EndElevation(_)
            | PendingTask::HoldDrill(_)
            | PendingTask::AddSession(_)
            | PendingTask::OpenLink
            | PendingTask::SavePreference
            | PendingTask::PrepareElevation
            | PendingTask::ReadElevations
            | PendingTask::RecordWarning => None,
        }
    }

    /// Whether it fetches credentials for this target.
    pub(crate) fn fetches(&self, session: &SessionKey, target: &Target) -> bool {
        matches!(self, PendingTask::Obtain(goal) if goal.session == *session && goal.target == *target)
    }

    /// Whether it fetches credentials through this session.
    pub(crate) fn fetches_any(&self, session: &SessionKey) -> bool {
        matches!(self, PendingTask::Obtain(goal) if goal.session == *session)
    }

    /// Whether it opens a shell at its end.
    pub(crate) fn is_for_shell(&self) -> bool {
        matches!(self, PendingTask::Obtain(goal) if goal.purpose == Purpose::Shell)
    }

    /// What is given up where the program ends before it; nothing where nobody would miss it.
    pub(crate) fn lost_by_quitting(&self) -> Option<&'static str> {
        match self {
            PendingTask::SignIn { .. } => Some("A sign-in"),
            PendingTask::SignOut(_) => Some("A sign-out"),
            PendingTask::Obtain(Goal { purpose: Purpose::Copy(_), .. }) => Some("Copying credentials"),
            PendingTask::Obtain(_) => Some("A request for credentials"),
            PendingTask::DropCredentials(..) => Some("Dropping credentials"),
            PendingTask::EndElevation(_) => Some("Ending an elevation"),
            PendingTask::HoldDrill(_) => Some("A drill"),
            PendingTask::AddSession(_) => Some("Writing the session"),
            // Saving a preference goes on to its end.
            PendingTask::ListRoles(_)
            | PendingTask::CopyText { .. }
            | PendingTask::CopyPrivateLink
            | PendingTask::OpenLink
            | PendingTask::PrepareElevation
            | PendingTask::ReadElevations
            | PendingTask::RecordWarning
            | PendingTask::SavePreference => None,
        }
    }

    /// What is shown while it runs; nothing for tasks whose progress is on the screen, or that take no time.
    pub(crate) fn progress_text(&self) -> Option<String> {
        match self {
            PendingTask::SignIn { .. }
            | PendingTask::ListRoles(_)
            | PendingTask::OpenLink
            | PendingTask::SavePreference
            | PendingTask::PrepareElevation
            | PendingTask::ReadElevations
            | PendingTask::RecordWarning
            | PendingTask::CopyPrivateLink
            | PendingTask::CopyText { .. } => None,
            PendingTask::SignOut(_) => Some("signing out".to_owned()),
            PendingTask::Obtain(Goal { target, purpose, .. }) => Some(match purpose {
                Purpose::Keep | Purpose::Extension | Purpose::Shell => format!("asking AWS for {target}"),
                Purpose::Copy(_) => format!("copying {target}"),
            }),
            PendingTask::DropCredentials(_, target) => Some(format!("dropping {target}")),
            PendingTask::EndElevation(described) => Some(format!("ending {described}")),
            PendingTask::HoldDrill(described) => Some(format!("recording a drill of {described}")),
            PendingTask::AddSession(session) => Some(format!("writing [sso-session {}]", session.name)),
        }
    }
}
