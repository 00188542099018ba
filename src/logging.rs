//! The log file: written only when `DAYPASS_LOG` asks for it, in the state folder, never on the screen.

use std::path::Path;

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::adapters::files::{ensure_private_dir, open_private_append};
use crate::environment::Environment;
use crate::error::{Error, Result};

/// Starts logging to `daypass.log` in `folder`, if `DAYPASS_LOG` asks for it.
///
/// # Errors
/// Where the filter makes no sense or the file cannot be opened.
pub fn start_as_set(environment: &Environment, folder: &Path) -> Result<()> {
    match environment.text("DAYPASS_LOG")? {
        Some(filter) => start(filter, folder),
        None => Ok(()),
    }
}

fn start(filter: &str, folder: &Path) -> Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Error::usage("DAYPASS_LOG is not a filter").because(error).hint("DAYPASS_LOG=daypass=debug")
    })?;
    ensure_private_dir(folder)?;
    let file = open_private_append(&folder.join("daypass.log"))?;
    // The HTTP stack and the SDK log whole requests and answers, tokens included, at their lowest levels.
    let ours = filter_fn(|event| event.target() == "daypass" || event.target().starts_with("daypass::"));
    // A second start in one process changes nothing.
    let _ = registry()
        .with(fmt::layer().with_ansi(false).with_writer(file).with_filter(ours).with_filter(filter))
        .try_init();
    Ok(())
}
