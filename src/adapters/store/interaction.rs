//! How a program uses the keyring.

/// Whether the keyring may ask the person something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// At a terminal: a locked keyring shows its prompt, and the answer is waited for.
    Allowed,
    /// As another program's helper: a locked keyring is an error at once.
    Forbidden,
}

/// How a program uses the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Whether it may ask the person something.
    pub interaction: Interaction,
    /// Whether the first operation comes soon: connecting to the keyring then begins at once, beside other work.
    pub comes_soon: bool,
}

impl From<Interaction> for Access {
    fn from(interaction: Interaction) -> Self {
        Access { interaction, comes_soon: false }
    }
}
