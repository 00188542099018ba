//! Finds, reads and edits the config file. How bytes reach the disk whole is the caller's part.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::model::{Config, parse};
use super::splice::{SpliceError, upsert_session};
use crate::domain::sso_session::SsoSession;
use crate::error::{Error, Result};

/// The largest file read, in bytes; 10,000 profiles take about two million.
const LARGEST: u64 = 64 << 20;

/// Where the config file is: `AWS_CONFIG_FILE`, or `~/.aws/config`. A leading `~/` in the variable is the home
/// folder, as in AWS's own tools.
///
/// # Errors
/// The home folder is needed and not known.
pub fn config_path(variable: &dyn Fn(&str) -> Option<OsString>, home: Option<&Path>) -> Result<PathBuf> {
    let named = variable("AWS_CONFIG_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let below_home = match &named {
        Some(path) => match path.strip_prefix("~") {
            Ok(rest) => rest,
            Err(_) => return Ok(path.clone()),
        },
        None => Path::new(".aws/config"),
    };
    let home = home.ok_or_else(|| {
        Error::failed("the home folder is not known, so ~/.aws/config cannot be found")
            .hint("set HOME, or AWS_CONFIG_FILE to the path of the file")
    })?;
    Ok(home.join(below_home))
}

/// The bytes of a config file and where they came from. People keep secrets there, so `Debug` shows no bytes.
#[derive(Clone)]
pub struct ConfigFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile").field("path", &self.path).field("length", &self.bytes.len()).finish()
    }
}

impl ConfigFile {
    /// Reads the file at `path`; one that is not there is empty.
    ///
    /// # Errors
    /// It cannot be read, or is larger than 64 MiB.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = match File::open(path) {
            Ok(file) => read_bounded(path, &file)?,
            Err(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Vec::new(),
            Err(why) => return Err(unreadable(path, why)),
        };
        Ok(ConfigFile { path: path.to_owned(), bytes })
    }

    /// What the file says; borrowed from it.
    pub fn config(&self) -> Config<'_> {
        parse(&self.path, &self.bytes)
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn read_bounded(path: &Path, file: &File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|why| unreadable(path, why))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::usage(format!("{} is larger than 64 MiB", path.display())));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, why: std::io::Error) -> Error {
    Error::usage(format!("cannot read {}", path.display())).because(why)
}

/// Puts `session` into the file at `path`: reads it, splices, and hands the new bytes to `write` if there is
/// anything to change.
///
/// The caller holds the lock that other edits of ours take, and `write` replaces the file whole or not at all.
///
/// # Errors
/// Those of reading and of `write`; and a foreign section of that name, unless `force` asks to replace it.
pub fn write_session(
    path: &Path,
    session: &SsoSession,
    force: bool,
    write: &dyn Fn(&Path, &[u8]) -> Result<()>,
) -> Result<()> {
    let file = ConfigFile::read(path)?;
    let edited = upsert_session(&file.bytes, session, force).map_err(|why| refused(path, &why))?;
    if edited == file.bytes { Ok(()) } else { write(path, &edited) }
}

fn refused(path: &Path, why: &SpliceError) -> Error {
    let error = Error::usage(format!("{} was not changed: {why}", path.display()));
    match why {
        SpliceError::Foreign { .. } => error.hint("choose another name, or add --force to replace that section"),
        SpliceError::NotText => error.hint("save the file as UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::ids::{Region, SessionName, StartUrl};

    fn session(name: &str) -> SsoSession {
        SsoSession::new(
            SessionName::parse(name).unwrap(),
            StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
            Region::parse("us-east-1").unwrap(),
        )
    }

    fn write(path: &Path, bytes: &[u8]) -> Result<()> {
        fs::write(path, bytes).map_err(|why| Error::failed("disk").because(why))
    }

    #[test]
    fn the_path_follows_the_variable_and_then_the_home_folder() {
        let home = Path::new("/home/alice");
        let table = [
            (None, Some(home), Some("/home/alice/.aws/config")),
            (Some(""), Some(home), Some("/home/alice/.aws/config")),
            (Some("/etc/aws"), None, Some("/etc/aws")),
            (Some("~/work/aws"), Some(home), Some("/home/alice/work/aws")),
            (Some("~work/aws"), None, Some("~work/aws")),
            (Some("~/work/aws"), None, None),
            (None, None, None),
        ];
        for (variable, home, expected) in table {
            let path = config_path(&|_| variable.map(OsString::from), home).ok();
            assert_eq!(path.as_deref(), expected.map(Path::new), "{variable:?}");
        }
    }

    #[test]
    fn edits_of_a_file_add_up_and_a_repeated_one_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        for name in ["one", "two"] {
            write_session(&path, &session(name), false, &write).unwrap();
        }
        let names: Vec<String> =
            ConfigFile::read(&path).unwrap().config().sessions().usable.iter().map(|s| s.name.to_string()).collect();
        assert_eq!(names, ["one", "two"]);
        write_session(&path, &session("two"), false, &|_, _| Err(Error::failed("was written"))).unwrap();
    }

    #[test]
    fn a_refused_or_failed_edit_leaves_the_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "[sso-session one]\nsso_region = x\n").unwrap();
        let refused = write_session(&path, &session("one"), false, &write).unwrap_err();
        assert!(
            refused.summary().ends_with("line 1: [sso-session one] is there already, and daypass did not write it")
        );
        assert!(write_session(&path, &session("two"), false, &|_, _| Err(Error::failed("disk"))).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "[sso-session one]\nsso_region = x\n");
    }

    #[test]
    fn debugging_shows_nothing_of_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "[profile p]\naws_secret_access_key = s3cr3t\ncredential_process = x --token s3cr3t\n")
            .unwrap();
        let file = ConfigFile::read(&path).unwrap();
        let shown = format!("{file:?} {:?}", file.config());
        assert!(!shown.contains("s3cr3t") && !shown.contains("115, 51, 99"), "{shown}");
        assert!(shown.contains("line 3"), "{shown}");
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_what_is_not_there_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        for missing in [folder.path().join("none"), file.join("below-a-file")] {
            assert!(ConfigFile::read(&missing).unwrap().bytes().is_empty());
        }
        assert!(ConfigFile::read(folder.path()).is_err());
    }
}
