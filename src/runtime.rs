//! The async runtime, started only by what needs it.

use crate::error::{Error, Result};

/// Runs `work` to its end on this thread.
///
/// # Errors
/// Those of `work`, and the system's refusal to give us a runtime.
pub fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::failed("cannot start the runtime").because(error))?;
    let answer = runtime.block_on(work);
    // A keyring call that hangs in its thread must not hold the answer back.
    runtime.shutdown_background();
    answer
}
