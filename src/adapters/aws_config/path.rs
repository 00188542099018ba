//! Where the config file is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

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
    let home = home.ok_or(Error::NoHome { variable: "AWS_CONFIG_FILE" })?;
    Ok(home.join(below_home))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
