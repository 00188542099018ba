//! What shells read at their start. It holds no secret and is the same for everyone.

use std::path::{Path, PathBuf};

use crate::adapters::files::{ensure_private_dir, read_bounded, write_private};
use crate::error::Result;

/// A file that a shell reads.
pub(super) struct Script {
    name: &'static str,
    text: &'static str,
}

pub(super) const BASH: Script = Script { name: "bash.rc", text: include_str!("../../../assets/shell/bash.sh") };
pub(super) const ZSHENV: Script = Script { name: ".zshenv", text: include_str!("../../../assets/shell/zshenv.zsh") };
pub(super) const ZSHRC: Script = Script { name: ".zshrc", text: include_str!("../../../assets/shell/zshrc.zsh") };

/// Passed as an argument.
pub(super) const FISH: &str = include_str!("../../../assets/shell/fish.fish");
/// Passed as an argument.
pub(super) const POWERSHELL: &str = include_str!("../../../assets/shell/powershell.ps1");

/// Makes sure that `script` is in `folder`, readable to this user alone; returns its path.
///
/// # Errors
/// The folder or the file cannot be written.
pub(super) fn install(folder: &Path, script: &Script) -> Result<PathBuf> {
    let path = folder.join(script.name);
    ensure_private_dir(folder)?;
    let found = read_bounded(&path, script.text.len() as u64);
    if !found.is_ok_and(|found| found.as_deref() == Some(script.text.as_bytes())) {
        write_private(&path, script.text.as_bytes())?;
    }
    Ok(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::*;

    #[test]
    fn a_script_is_private_replaced_where_it_differs_and_otherwise_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/shell");
        let path = install(&folder, &BASH).unwrap();
        let first = fs::metadata(&path).unwrap();
        assert_eq!(first.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o077, 0);
        install(&folder, &BASH).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().ino(), first.ino());
        for other in ["shorter", &format!("{} and more", BASH.text)] {
            fs::write(&path, other).unwrap();
            install(&folder, &BASH).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), BASH.text);
        }
    }
}
