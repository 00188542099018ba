//! Where the session bus listens: `DBUS_SESSION_BUS_ADDRESS`, or the socket in the runtime folder.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode;

use crate::environment::Environment;

/// A socket that a bus may listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A socket in the file system.
    Path(PathBuf),
    /// A socket in Linux's abstract name space.
    Abstract(Vec<u8>),
}

/// The addresses of the session bus that `environment` names, best first.
pub fn session_bus(environment: &Environment) -> Vec<Address> {
    addresses(environment.get("DBUS_SESSION_BUS_ADDRESS"), environment.get("XDG_RUNTIME_DIR").map(Path::new))
}

/// The addresses in `named`; where that is not set, the runtime folder's socket.
fn addresses(named: Option<&OsStr>, runtime: Option<&Path>) -> Vec<Address> {
    match named {
        Some(text) => parse_list(text, runtime),
        None => runtime.map(|folder| Address::Path(folder.join("bus"))).into_iter().collect(),
    }
}

/// The addresses in a list as `DBUS_SESSION_BUS_ADDRESS` holds it.
pub fn parse_list(text: &OsStr, runtime: Option<&Path>) -> Vec<Address> {
    text.as_bytes().split(|byte| *byte == b';').filter_map(|one| parse(one, runtime)).collect()
}

/// One address of a list, unless it is of a kind that no session bus has on this system.
fn parse(text: &[u8], runtime: Option<&Path>) -> Option<Address> {
    text.strip_prefix(b"unix:")?.split(|byte| *byte == b',').find_map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let value: Vec<u8> = percent_decode(&pair[equals + 1..]).collect();
        match &pair[..equals] {
            b"path" => Some(Address::Path(OsString::from_vec(value).into())),
            b"abstract" => Some(Address::Abstract(value)),
            b"runtime" if value == b"yes" => Some(Address::Path(runtime?.join("bus"))),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_address_is_understood() {
        let path = |path: &str| Address::Path(path.into());
        let table = [
            (Some("unix:path=/run/user/1000/bus"), vec![path("/run/user/1000/bus")]),
            (Some("unix:path=/tmp/a%20b%2cc,guid=00ff"), vec![path("/tmp/a b,c")]),
            (Some("unix:guid=00ff,abstract=/tmp/dbus-x"), vec![Address::Abstract(b"/tmp/dbus-x".to_vec())]),
            (Some("tcp:host=evil,port=1;autolaunch:;unix:path=/a;unix:path=/b"), vec![path("/a"), path("/b")]),
            (Some("unix:runtime=yes"), vec![path("/run/me/bus")]),
            (Some("unix:path"), vec![]),
            (Some("unix:tmpdir=/tmp"), vec![]),
            (Some("disabled:"), vec![]),
            (None, vec![path("/run/me/bus")]),
        ];
        for (text, expected) in table {
            assert_eq!(addresses(text.map(OsStr::new), Some(Path::new("/run/me"))), expected, "{text:?}");
        }
        assert_eq!(addresses(None, None), []);
    }

    #[test]
    fn no_bus_is_found_but_the_one_that_the_given_environment_names() {
        assert_eq!(session_bus(&Environment::default()), []);
        let named = [("DBUS_SESSION_BUS_ADDRESS", "unix:runtime=yes"), ("XDG_RUNTIME_DIR", "/run/me")];
        assert_eq!(session_bus(&named.into_iter().collect()), [Address::Path("/run/me/bus".into())]);
        let empty = [("DBUS_SESSION_BUS_ADDRESS", ""), ("XDG_RUNTIME_DIR", "/run/me")];
        assert_eq!(session_bus(&empty.into_iter().collect()), [Address::Path("/run/me/bus".into())]);
    }
}
