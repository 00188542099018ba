//! The text, and why it is shown.

use crate::report::Report;

#[derive(Debug)]
pub(crate) struct TextDialog {
    pub(crate) text: String,
    /// Why it could not be copied; `None` where it was sent to the terminal.
    pub(crate) failure: Option<Report>,
}
