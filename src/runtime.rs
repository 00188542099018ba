//! The async runtime, which only some commands start.

use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::error::{Error, Result};

/// How long work that outlives its caller may still take: each step of it has a timeout of its own.
const GRACE: Duration = Duration::from_millis(250);

/// Runs `work` to its end on this thread, and gives the `tasks` that outlive it a moment to end.
///
/// # Errors
/// Those of `work`; or the system refuses a runtime.
pub fn run<T>(tasks: &TaskTracker, work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| Error::System { action: "start the async runtime", source })?;
    let answer = runtime.block_on(async {
        let answer = work.await;
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            tracing::warn!("work was left unfinished; the next start completes its records");
        }
        answer
    });
    // A keyring call that hangs in its thread must not delay the result.
    runtime.shutdown_background();
    answer
}
