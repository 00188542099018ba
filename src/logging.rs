//! The log file: written only when `DAYPASS_LOG` asks for it, in the state folder, never on the screen.

use std::fs::OpenOptions;
use std::path::Path;

use tracing_subscriber::EnvFilter;

use crate::adapters::files::ensure_private_dir;
use crate::cli::context::Surroundings;
use crate::error::{Error, Result};

/// Starts logging to `daypass.log` in the state folder, if `DAYPASS_LOG` asks for it.
///
/// # Errors
/// Where the filter makes no sense or the file cannot be opened.
pub fn start_as_set(surroundings: &Surroundings) -> Result<()> {
    match surroundings.variable("DAYPASS_LOG") {
        Some(filter) => start(filter, &surroundings.state_folder),
        None => Ok(()),
    }
}

fn start(filter: &str, folder: &Path) -> Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Error::usage("DAYPASS_LOG is not a filter").because(error).hint("DAYPASS_LOG=daypass=debug")
    })?;
    ensure_private_dir(folder)?;
    let path = folder.join("daypass.log");
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file =
        options.open(&path).map_err(|error| Error::failed(format!("cannot open {}", path.display())).because(error))?;
    // A second start in one process changes nothing.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).try_init();
    Ok(())
}
