//! Paths of our own files and folders.

use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

use super::source::{Source, Sourced};
use crate::environment::Environment;
use crate::error::{Error, Result, VariableFault};

/// Paths of our own files and folders. Nothing is created here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// The settings file; it need not exist unless `DAYPASS_CONFIG` names it.
    pub config_file: Sourced<PathBuf>,
    /// `policy.toml` beside the settings file; settings may name another.
    pub policy_file: PathBuf,
    /// State without secrets: expiries, the log, sealed records.
    pub state: PathBuf,
    /// What can be fetched again: the catalog.
    pub cache: PathBuf,
    /// The home folder, where it is known.
    pub home: Option<PathBuf>,
}

/// The folders that the platform's conventions give to a program.
struct Platform {
    home: PathBuf,
    config: PathBuf,
    state: PathBuf,
    cache: PathBuf,
}

impl Folders {
    /// Follows `DAYPASS_CONFIG` and `DAYPASS_STATE_DIR`, and otherwise the platform's own conventions (`XDG_*` on
    /// Linux). Without `HOME` the user database is asked for the home folder.
    ///
    /// # Errors
    /// There is no home folder at all and a variable is missing, or `DAYPASS_STATE_DIR` is relative.
    pub fn find(environment: &Environment) -> Result<Self> {
        Folders::from_platform(environment, platform())
    }

    fn from_platform(environment: &Environment, platform: Option<Platform>) -> Result<Self> {
        let config_file = match (environment.path("DAYPASS_CONFIG"), &platform) {
            (Some(path), _) => Sourced::new(path, Source::Environment("DAYPASS_CONFIG")),
            (None, Some(platform)) => Sourced::new(platform.config.join("config.toml"), Source::Default),
            (None, None) => return Err(Error::NoHome { variable: "DAYPASS_CONFIG" }),
        };
        let home = platform.as_ref().map(|platform| platform.home.clone());
        let (state, cache) = match (environment.path("DAYPASS_STATE_DIR"), platform) {
            (Some(path), _) if path.is_relative() => {
                return Err(Error::Variable { name: "DAYPASS_STATE_DIR", fault: VariableFault::Relative(path) });
            }
            (Some(path), _) => (path.clone(), path.join("cache")),
            (None, Some(platform)) => (platform.state, platform.cache),
            (None, None) => return Err(Error::NoHome { variable: "DAYPASS_STATE_DIR" }),
        };
        let policy_file = config_file.value.parent().unwrap_or(Path::new("")).join("policy.toml");
        Ok(Folders { config_file, policy_file, state, cache, home })
    }
}

fn platform() -> Option<Platform> {
    let dirs = ProjectDirs::from("", "", "daypass")?;
    Some(Platform {
        home: BaseDirs::new()?.home_dir().to_owned(),
        config: dirs.config_dir().to_owned(),
        // Only Linux has a state folder.
        state: dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned(),
        cache: dirs.cache_dir().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(variables: &[(&str, &str)], home: bool) -> Result<Folders> {
        let platform = Platform { home: "/h".into(), config: "/c".into(), state: "/s".into(), cache: "/k".into() };
        Folders::from_platform(&variables.iter().copied().collect(), home.then_some(platform))
    }

    #[test]
    fn our_variables_come_before_the_platform() {
        let folders = find(&[], true).unwrap();
        assert_eq!(folders.config_file, Sourced::new("/c/config.toml".into(), Source::Default));
        assert_eq!(folders.policy_file, Path::new("/c/policy.toml"));
        assert_eq!((folders.state, folders.cache, folders.home), ("/s".into(), "/k".into(), Some("/h".into())));

        let absolute = if cfg!(windows) { r"C:\var\d" } else { "/var/d" };
        let named = [("DAYPASS_CONFIG", "/etc/d.toml"), ("DAYPASS_STATE_DIR", absolute)];
        for home in [true, false] {
            let folders = find(&named, home).unwrap();
            assert_eq!(folders.config_file.source, Source::Environment("DAYPASS_CONFIG"));
            assert_eq!(folders.policy_file, Path::new("/etc/policy.toml"));
            assert_eq!((folders.state, folders.cache), (absolute.into(), Path::new(absolute).join("cache")));
        }
    }

    #[test]
    fn without_a_home_folder_it_says_what_to_set() {
        let error = find(&[("DAYPASS_CONFIG", "/etc/d.toml")], false).unwrap_err();
        assert!(matches!(error, Error::NoHome { variable: "DAYPASS_STATE_DIR" }), "{error}");
        assert!(find(&[("DAYPASS_CONFIG", "")], false).is_err());
        let relative = find(&[("DAYPASS_STATE_DIR", "here")], true).unwrap_err();
        assert!(matches!(relative, Error::Variable { name: "DAYPASS_STATE_DIR", .. }), "{relative}");
    }
}
