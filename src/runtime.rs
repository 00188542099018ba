//! The async runtime, which only some commands start.

use crate::error::{Error, Result};

/// Runs `work` to its end on this thread.
///
/// # Errors
/// Those of `work`; or the system refuses a runtime.
pub fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| Error::System { action: "start the async runtime", source })?;
    let answer = runtime.block_on(work);
    // A keyring call that hangs in its thread must not delay the result.
    runtime.shutdown_background();
    answer
}
