//! The process's environment variables, and its own path. This is the one file of ours that reads them; the rest of the program is handed
//! an [`Environment`], so that a test can pass its own.
//!
//! Three libraries read variables themselves: `directories` (`HOME` and `XDG_*`) for the folders of the platform; the AWS
//! clients' proxy settings (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case); and the `keyring`
//! crate the address of the session bus, for a Secret Service without plain sessions.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::error::{Error, Result, VariableFault};

/// This program's path, for lines that other programs run; its name where the path is not known.
pub fn program() -> String {
    std::env::current_exe().map_or_else(|_| "daypass".to_owned(), |path| path.display().to_string())
}

/// A snapshot of environment variables. An empty variable counts as unset.
#[derive(Clone, Default)]
pub struct Environment {
    variables: HashMap<OsString, OsString>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(&*key(Cow::Borrowed(OsStr::new(name)))).map(OsString::as_os_str)
    }

    /// Whether `name` is set.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of `name` as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    /// The value of `name` as text.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn text(&self, name: &'static str) -> Result<Option<&str>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.to_str() {
            Some(text) => Ok(Some(text)),
            None => Err(Error::Variable { name, fault: VariableFault::NotUtf8 }),
        }
    }

    /// The value of `name` as text, for variables of other programs: one that is not UTF-8 says nothing to us.
    pub fn text_if_utf8(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(OsStr::to_str)
    }

    /// The system's time zone, or UTC where reading that might never end.
    pub fn time_zone(&self) -> TimeZone {
        if self.zone_is_special_file() { TimeZone::UTC } else { TimeZone::system() }
    }

    /// Whether `TZ` names a FIFO, a device or a socket.
    fn zone_is_special_file(&self) -> bool {
        let name = self.text_if_utf8("TZ").map(|name| name.strip_prefix(':').unwrap_or(name));
        let path = name.map(PathBuf::from).or_else(|| self.path("TZ"));
        let found = path.and_then(|path| path.metadata().ok());
        found.is_some_and(|found| !found.is_file() && !found.is_dir())
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let owned = |(name, value): (N, V)| (key(Cow::Owned(name.into())).into_owned(), value.into());
        let variables = variables.into_iter().map(owned);
        Environment { variables: variables.filter(|(_, value)| !value.is_empty()).collect() }
    }
}

/// Windows compares names of variables without regard to case.
fn key(name: Cow<'_, OsStr>) -> Cow<'_, OsStr> {
    if cfg!(windows) { Cow::Owned(name.to_ascii_uppercase()) } else { name }
}

/// Variables hold secrets of other programs, so their values are left out.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("variables", &self.variables.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment: Environment = [("SET", "x"), ("EMPTY", "")].into_iter().collect();
        assert_eq!(environment.text("SET").unwrap(), Some("x"));
        assert!(!environment.has("EMPTY") && !environment.has("ABSENT"));
        assert_eq!(environment.path("EMPTY"), None);
    }

    #[cfg(unix)]
    #[test]
    fn text_that_is_not_utf8_is_an_error_where_it_is_ours() {
        use std::os::unix::ffi::OsStringExt as _;
        let latin1 = OsString::from_vec(b"M\xfcller".to_vec());
        let environment: Environment = [("DAYPASS_STORE", latin1)].into_iter().collect();
        assert!(environment.text("DAYPASS_STORE").is_err());
        assert_eq!(environment.text_if_utf8("DAYPASS_STORE"), None);
        assert!(environment.path("DAYPASS_STORE").is_some());
    }

    #[test]
    fn debug_shows_no_value() {
        let environment: Environment = [("AWS_SECRET_ACCESS_KEY", "CANARY")].into_iter().collect();
        assert_eq!(format!("{environment:?}"), "Environment { variables: 1, .. }");
    }

    #[cfg(unix)]
    #[test]
    fn a_time_zone_that_names_a_special_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let is_special = |name: OsString| Environment::from_iter([("TZ", name)]).zone_is_special_file();
        let with_colon = OsString::from(format!(":{}", socket.display()));
        for special in [socket.into(), with_colon, "/dev/zero".into()] {
            assert!(is_special(special));
        }
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        for ordinary in [folder.path().into(), folder.path().join("none").into(), file.into(), "Europe/Berlin".into()] {
            assert!(!is_special(ordinary));
        }
    }
}
