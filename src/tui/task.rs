//! Tasks: the work that the executor does outside the model.

use url::Url;

use crate::domain::elevation::Reason;
use crate::domain::handout::Format;
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::domain::tier::Tier;

/// Names a running task; messages of a task that is no longer pending are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TaskId(pub(crate) u64);

#[derive(Debug)]
pub(crate) enum Task {
    SignIn {
        session: SsoSession,
        flow: Flow,
        open_browser: bool,
    },
    SignOut(SsoSession),
    /// List accounts and roles.
    ListRoles(SsoSession),
    /// Fetch role credentials, or renew them.
    FetchCredentials(RoleRequest),
    /// Put role credentials on the clipboard; they are fetched first where none are kept.
    CopyCredentials(RoleRequest, Format),
    /// Put text without secrets on the clipboard.
    CopyText(String),
    DropCredentials(SsoSession, Target),
    /// Write a session's block to the AWS config file.
    AddSession(SsoSession),
    /// Open a link in the browser.
    OpenLink(Url),
}

/// The role credentials that a task asks for.
#[derive(Debug, Clone)]
pub(crate) struct RoleRequest {
    pub(crate) session: SsoSession,
    pub(crate) target: Target,
    pub(crate) tier: Tier,
    /// Present where the tier requires one.
    pub(crate) reason: Option<Reason>,
}
