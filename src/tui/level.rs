//! How near the end something is: what colours and marks follow.

/// How near the end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// More than a quarter is left.
    Plenty,
    /// A quarter or less.
    Low,
    /// A tenth or less.
    Critical,
    /// Nothing.
    Over,
}

impl Level {
    /// The level of a share between 1 and 0.
    pub fn of(share: f64) -> Self {
        match share {
            share if share <= 0.0 => Level::Over,
            share if share <= 0.10 => Level::Critical,
            share if share <= 0.25 => Level::Low,
            _ => Level::Plenty,
        }
    }

    /// What says the same without colour.
    pub const fn mark(self) -> &'static str {
        match self {
            Level::Plenty => "",
            Level::Low => "!",
            Level::Critical => "!!",
            Level::Over => "✗",
        }
    }
}
