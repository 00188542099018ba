//! The scroll position in the list of keys.

#[derive(Debug, Default)]
pub(crate) struct HelpDialog {
    /// The index of the first key shown; the view limits it to what there is.
    pub(crate) first: usize,
}
