//! Tasks: the work that the executor does outside the model.

use crate::domain::audit::Warned;
use crate::domain::elevation::{Draft, ElevationId};
use crate::domain::handout::Format;
use crate::domain::ids::Region;
use crate::domain::policy::OnEnd;
use crate::domain::preferences::PreferenceChange;
use crate::domain::session::Flow;
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::domain::tier::Tier;
use crate::ports::Link;

/// Names a running task; messages of a task that is no longer pending are dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TaskId(pub(crate) u64);

#[derive(Debug)]
pub(crate) enum Task {
    SignIn {
        session: SsoSession,
        place: Place,
        flow: Flow,
        open_browser: bool,
    },
    SignOut(SsoSession),
    /// List accounts and roles.
    ListRoles(SsoSession),
    /// Fetch role credentials, or renew them.
    FetchCredentials(RoleRequest),
    /// Put role credentials on the clipboard; they are fetched first where none are kept.
    CopyCredentials(RoleRequest, Format, Region),
    /// Open a shell with role credentials; they are fetched first where none are kept.
    OpenShell(RoleRequest, Box<ShellAbout>),
    /// Put text without secrets on the clipboard.
    CopyText(String),
    /// Put a link on the clipboard, a private one as a secret.
    CopyLink(Link),
    DropCredentials(Source),
    EndElevation(ElevationId),
    /// Hold the drill that the person has confirmed: all of an elevation but asking AWS.
    HoldDrill(Source, Box<Draft>),
    /// Record that the person was warned of the end of an elevation.
    RecordWarning(Box<Warned>),
    /// Write a session's block to the AWS config file.
    AddSession(SsoSession),
    /// Open a link in the browser.
    OpenLink(Link),
    /// Write a change to what the screen remembers.
    SavePreference(PreferenceChange),
    /// Read what the form of an elevation goes by: the policy in force, and which elevations the audit log tells of.
    PrepareElevation,
    /// Read all elevations that the audit log tells of.
    ReadAllElevations,
}

/// Where a person signs in to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In its own region.
    Own,
    /// At a replica, beforehand.
    Replica,
}

/// The role credentials that a task asks for.
#[derive(Debug, Clone)]
pub(crate) struct RoleRequest {
    /// Where they come from.
    pub(crate) source: Source,
    /// The elevation that the person has confirmed.
    pub(crate) elevation: Option<Box<Draft>>,
    /// Whether AWS is asked for new ones though those that are kept are fresh.
    pub(crate) renew: bool,
}

/// What a shell's prompt and environment say besides its credentials.
#[derive(Debug, Clone)]
pub(crate) struct ShellAbout {
    /// The account's name, safe to show.
    pub(crate) account_name: String,
    pub(crate) tier: Tier,
    pub(crate) region: Region,
    pub(crate) on_end: OnEnd,
    /// Whether no command beside the screen knows of its elevation.
    pub(crate) by_screen_alone: bool,
}
