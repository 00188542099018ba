//! Edits the config file: one edit of ours at a time, each whole or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::block::Block;
use super::file::ConfigFile;
use super::splice::{ConfigEdit, EditError};
use crate::adapters::files::{ensure_private_dir, folder_of, replace_keeping_mode, unusable};
use crate::adapters::flock::{Mode, lock_within};
use crate::adapters::lock::Locks;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::Untrusted;
use crate::error::{Error, FileError, FileFault, Result};
use crate::ports::SessionConfig;

/// How long an edit waits for another process's.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// Edits of one config file.
pub struct ConfigEditor {
    path: PathBuf,
    locks: Locks,
}

impl ConfigEditor {
    /// Edits of the file at `path`, which need not exist.
    pub fn new(path: PathBuf, locks: Locks) -> Self {
        ConfigEditor { path, locks }
    }

    /// The folder of the file, or of the file that a link there leads to; a missing one is made.
    fn folder(&self) -> Result<PathBuf> {
        let target = fs::canonicalize(&self.path);
        let folder = folder_of(target.as_deref().unwrap_or(&self.path));
        if !folder.exists() {
            ensure_private_dir(folder)?;
        }
        Ok(folder.to_owned())
    }

    fn refused(&self, why: &EditError) -> Error {
        let fault = match why {
            EditError::Foreign { .. } => FileFault::SectionTaken { section: Untrusted::new(why.to_string()) },
            EditError::NotText => FileFault::NotUtf8,
        };
        Error::UserFile(FileError::new(&self.path, fault))
    }
}

impl SessionConfig for ConfigEditor {
    fn add(&self, session: &SsoSession) -> Result<()> {
        self.write(session, |edit, block| edit.put(block))
    }

    fn replace(&self, session: &SsoSession) -> Result<()> {
        self.write(session, |edit, block| edit.replace(block))
    }
}

impl ConfigEditor {
    fn write(
        &self,
        session: &SsoSession,
        put: for<'a> fn(&mut ConfigEdit<'a>, Block<'a>) -> std::result::Result<(), EditError>,
    ) -> Result<()> {
        let _lock = self.locks.acquire("aws-config", LOCK_TIMEOUT)?;
        let folder = self.folder()?;
        let _folder_lock = lock_folder(&folder)?;
        let file = ConfigFile::read(&self.path)?;
        let mut edit = ConfigEdit::new(file.bytes()).map_err(|why| self.refused(&why))?;
        put(&mut edit, Block::sso_session(session)).map_err(|why| self.refused(&why))?;
        let edited = edit.finish();
        if edited == file.bytes() {
            return Ok(());
        }
        replace_keeping_mode(&self.path, &edited)
    }
}

/// Locks the config file's folder: another state folder has other locks, but may lead to the same config file. Where a
/// folder cannot be locked, as on Windows, only edits of one state folder take turns.
fn lock_folder(folder: &Path) -> Result<Option<File>> {
    match File::open(folder).and_then(|folder| lock_within(folder, Mode::Exclusive, LOCK_TIMEOUT)) {
        Ok(Some(locked)) => Ok(Some(locked)),
        Ok(None) => Err(unusable(folder, FileFault::Locked)),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{Region, SessionName, StartUrl};

    fn session(name: &str) -> SsoSession {
        SsoSession::new(
            SessionName::parse(name).unwrap(),
            StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
            Region::parse("us-east-1").unwrap(),
        )
    }

    fn editor(folder: &tempfile::TempDir) -> ConfigEditor {
        ConfigEditor::new(folder.path().join("config"), Locks::new(folder.path().join("locks")))
    }

    #[test]
    fn edits_of_a_file_add_up_and_a_repeated_one_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let editor = editor(&folder);
        for name in ["one", "two"] {
            editor.add(&session(name)).unwrap();
        }
        let file = ConfigFile::read(&editor.path).unwrap();
        let names: Vec<_> = file.config().sessions().usable.iter().map(|session| session.name.to_string()).collect();
        assert_eq!(names, ["one", "two"]);
        let written = fs::metadata(&editor.path).unwrap().modified().unwrap();
        editor.add(&session("two")).unwrap();
        assert_eq!(fs::metadata(&editor.path).unwrap().modified().unwrap(), written);
    }

    #[test]
    fn a_refused_edit_leaves_the_file_alone_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let editor = editor(&folder);
        let foreign = "[sso-session one]\nsso_region = x\n";
        fs::write(&editor.path, foreign).unwrap();
        let refused = editor.add(&session("one")).unwrap_err();
        let why = "was not changed: line 1: [sso-session one] is there already, and daypass did not write it";
        assert!(refused.to_string().ends_with(why), "{refused}");
        assert_eq!(fs::read_to_string(&editor.path).unwrap(), foreign);
    }

    #[cfg(unix)]
    #[test]
    fn edits_from_several_state_folders_add_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        std::thread::scope(|scope| {
            for state in 0..4 {
                let editor = ConfigEditor::new(path.clone(), Locks::new(folder.path().join(format!("locks-{state}"))));
                scope.spawn(move || {
                    (0..10).for_each(|number| editor.add(&session(&format!("s{state}-{number}"))).unwrap());
                });
            }
        });
        assert_eq!(ConfigFile::read(&path).unwrap().config().sessions().usable.len(), 40);
    }
}
