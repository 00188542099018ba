//! Messages: input from the terminal and results of tasks. None carries a secret.

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

use super::task::TaskId;
use crate::domain::catalog::Catalog;
use crate::domain::index::Index;
use crate::domain::policy::Policy;
use crate::domain::sso_session::SessionKey;
use crate::error::Error;
use crate::flows::{catalog, login};
use crate::ports::Opened;

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
    /// Time has passed.
    Tick,
    /// The index in the state folder, read again after a task.
    Index(Box<Index>),
    /// What is kept of a session's accounts and roles, read again after a role was refused.
    Catalog(SessionKey, Box<Catalog>),
    /// The policy, read again before it is asked.
    Policy(Arc<Policy>),
    /// A warning to show until it is dismissed.
    Notice(String),
    TaskProgress(TaskId, TaskProgress),
    TaskEnded(TaskId, Result<(), Error>),
}

/// What a running task reports.
#[derive(Debug)]
pub(crate) enum TaskProgress {
    SignIn(login::Event),
    Listing(catalog::Event),
    LinkOpened(Opened),
}
