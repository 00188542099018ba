//! Whether the keyring may ask the person something.

/// Whether the keyring may ask the person something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// At a terminal: a locked keyring shows its prompt, and the answer is waited for.
    Allowed,
    /// As another program's helper: a locked keyring is an error at once.
    Forbidden,
}
