//! Messages: input from the terminal and results of tasks. None carries a secret.

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

use super::task::TaskId;
use super::theme::Background;
use crate::domain::catalog::Catalog;
use crate::domain::elevation_list::ElevationList;
use crate::domain::index::Index;
use crate::domain::policy::Policy;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::error::Error;
use crate::flows::end_elevation::Ended;
use crate::flows::{catalog, login};
use crate::ports::{Copied, Opened};

#[derive(Debug)]
pub(crate) enum Message {
    Key {
        key: KeyEvent,
        /// Whether it followed other input too quickly to be a deliberate key press.
        in_burst: bool,
    },
    Paste(String),
    Mouse(MouseEvent),
    Resize(Size),
    /// What the terminal says of its background.
    Background(Background),
    /// Time has passed.
    Tick,
    /// The index in the state folder, read again after a task.
    Index(Box<Index>),
    /// The elevations that the audit log tells of.
    Elevations(Box<ElevationList>),
    /// The same with all that are over.
    AllElevations(Box<ElevationList>),
    /// What is kept of a session's accounts and roles, read again after a role was refused.
    Catalog(SessionKey, Box<Catalog>),
    /// The policy, read again before it is asked.
    Policy(Arc<Policy>),
    /// A warning to show until it is dismissed.
    Notice(String),
    TaskProgress(TaskId, TaskProgress),
    TaskEnded(TaskId, Result<(), Error>),
    /// The shell that was opened with a role's credentials has ended, or could not be opened.
    ShellEnded(Result<ShellEnd, Error>),
}

/// How a shell ended that was opened with the credentials of this role.
#[derive(Debug)]
pub(crate) enum ShellEnd {
    /// The person left it.
    Left(SessionKey, Target),
    /// It was ended together with the elevation.
    Over(SessionKey, Target),
}

/// What a running task reports.
#[derive(Debug)]
pub(crate) enum TaskProgress {
    SignIn(login::Event),
    Listing(catalog::Event),
    LinkOpened(Opened),
    Copied(Copied),
    ElevationEnded(Ended),
}
