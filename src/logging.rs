//! The log file: written only when `DAYPASS_LOG` asks for it, in the state folder, never on the screen.

use std::path::Path;

use tracing_subscriber::filter::{ParseError, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::adapters::files::{ensure_private_dir, open_private_append};
use crate::domain::text::Untrusted;
use crate::environment::Environment;
use crate::error::{Error, Result, VariableFault};

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

fn not_a_filter(why: ParseError) -> Error {
    Error::Variable { name: "DAYPASS_LOG", fault: VariableFault::LogFilter(Untrusted::new(why.to_string())) }
}

fn start(filter: &str, folder: &Path) -> Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(not_a_filter)?;
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
