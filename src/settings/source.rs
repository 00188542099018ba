//! Where a setting came from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Where a value came from, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// This environment variable.
    Environment(&'static str),
    /// The settings file.
    File {
        /// Its path.
        path: Arc<Path>,
        /// The line, counted from 1.
        line: u32,
    },
    /// The built-in default.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag => f.write_str("command line"),
            Source::Environment(name) => write!(f, "${name}"),
            Source::File { path, line } => write!(f, "{} line {line}", path.display()),
            Source::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub source: Source,
}

impl<T> Sourced<T> {
    /// `value` from `source`.
    pub fn new(value: T, source: Source) -> Self {
        Sourced { value, source }
    }
}
