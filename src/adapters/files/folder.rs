//! Private folders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{cannot, unusable};
use super::owner::{must_be_ours_alone, must_be_ours_or_roots};
use super::platform;
use crate::error::{FileFault, Result};

/// Makes sure that `folder` exists, belongs to us and is closed to others, creating it and its parents if need be. It may
/// be a link of ours or root's.
///
/// # Errors
/// When it cannot be made, it or the link is another user's, or others may write to it.
pub(crate) fn ensure_private_dir(folder: &Path) -> Result<()> {
    let found = match fs::metadata(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            platform::create_private_dir(folder).map_err(|error| cannot("make the folder", folder, error))?;
            fs::metadata(folder).map_err(|error| cannot("make the folder", folder, error))?
        }
        Err(error) => return Err(cannot("use the folder", folder, error)),
    };
    if !found.is_dir() {
        return Err(unusable(folder, FileFault::NotAFolder));
    }
    // With a slash at its end it would be what the link leads to.
    let itself: PathBuf = folder.components().collect();
    let link = fs::symlink_metadata(itself).map_err(|error| cannot("use the folder", folder, error))?;
    must_be_ours_or_roots(&link).map_err(|fault| unusable(folder, fault))?;
    must_be_ours_alone(&found).map_err(|fault| unusable(folder, fault))?;
    platform::close_to_others(folder, &found).map_err(|error| cannot("restrict access to", folder, error))
}
