//! Names of files and the folders they lie in.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::domain::text::hex;

/// A file name for `name`, whatever characters it has: the hexadecimal SHA-256.
pub(crate) fn hashed_name(name: &str) -> String {
    hex(&Sha256::digest(name.as_bytes()))
}

/// The folder that `path` lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
