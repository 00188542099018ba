//! Where a setting came from, and the environment it may come from.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};

/// Where a value came from; an earlier one here beats a later one.
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
    /// Nobody said anything.
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

/// The environment variables, or what a test puts in their place. An empty variable counts as unset.
#[derive(Clone, Copy)]
pub struct Environment<'a> {
    lookup: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Environment<'static> {
    /// Those of this process.
    pub fn of_process() -> Self {
        Environment { lookup: &process_variable }
    }
}

fn process_variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

impl<'a> Environment<'a> {
    /// Those that `lookup` knows.
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Environment { lookup }
    }

    /// Whether `name` is set to anything but nothing.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The path that `name` holds.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from)
    }

    /// The text that `name` holds.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn text(&self, name: &'static str) -> Result<Option<Sourced<String>>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        match raw.into_string() {
            Ok(text) => Ok(Some(Sourced::new(text, Source::Environment(name)))),
            Err(_) => Err(Error::usage(format!("the environment variable {name} is not UTF-8"))),
        }
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }
}
