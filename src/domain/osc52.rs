//! How far the terminal is trusted with what is copied.

/// What is copied through the terminal (OSC 52), where every program in between reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Osc52 {
    /// Text without secrets, where there is no clipboard of a desktop.
    Auto,
    /// Everything, secrets too.
    Always,
    /// Nothing.
    Never,
}
