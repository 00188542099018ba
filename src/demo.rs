//! The demo: the terminal UI against an embedded Identity Center, in memory and a temporary folder.

use crate::cli::demo::Args;
use crate::error::{Error, Result};

pub fn run(_args: &Args) -> Result<()> {
    Err(Error::failed("the demo is being assembled"))
}
