//! What reaches the model: input from the terminal, and events from the executor. No secret is ever in one.

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

use crate::domain::index::Index;
use crate::flows::{catalog, login};
use crate::ports::Opened;

use super::model::Problem;

/// Names one piece of work under way; an answer to a piece no longer awaited is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(pub u64);

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed.
    Key {
        /// Which.
        key: KeyEvent,
        /// Whether it came so close upon other input that no hand can have pressed it on purpose.
        hurried: bool,
    },
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The terminal has a new size.
    Resize(Size),
    /// Time has passed.
    Tick,
    /// The index of the state folder was read anew.
    Index(Box<Index>),
    /// Work under way has something to tell.
    Progress(Attempt, Progress),
    /// Something the person should know, until it is dismissed.
    Notice(String),
    /// Work has ended.
    Ended(Attempt, Result<(), Problem>),
}

/// What work tells while it is under way.
#[derive(Debug)]
pub enum Progress {
    /// A sign-in.
    SignIn(login::Event),
    /// A listing.
    Listing(catalog::Event),
    /// What became of opening a link.
    Opened(Opened),
}
