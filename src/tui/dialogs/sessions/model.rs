//! The selection in the list of sessions.

#[derive(Debug)]
pub(crate) struct SessionsDialog {
    /// The index of the selected session.
    pub(crate) selected: usize,
}
