//! Movements of a selection or a scroll position.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Movement {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

impl Movement {
    /// The index after the movement, in a list of `len` with `page` rows on the screen.
    pub(crate) fn apply(self, index: usize, len: usize, page: usize) -> usize {
        let last = len.saturating_sub(1);
        match self {
            Movement::Up => index.saturating_sub(1),
            Movement::Down => index.saturating_add(1).min(last),
            Movement::PageUp => index.saturating_sub(page),
            Movement::PageDown => index.saturating_add(page).min(last),
            Movement::First => 0,
            Movement::Last => last,
        }
    }
}
