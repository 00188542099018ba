//! The async runtime, which only some commands start.

use std::io;

use tokio_util::task::TaskTracker;

use crate::error::{Error, Result};
use crate::ports::finish;

/// Runs `work` to its end on this thread, and gives the `tasks` that outlive it a moment to end.
///
/// # Errors
/// Those of `work`; or the system refuses a runtime.
pub fn run<T>(tasks: &TaskTracker, work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = spare_descriptors()
        .and_then(|()| tokio::runtime::Builder::new_current_thread().enable_all().build())
        .map_err(|source| Error::System { action: "start the async runtime", source })?;
    let answer = runtime.block_on(async {
        let answer = work.await;
        finish(tasks).await;
        answer
    });
    // A keyring call that hangs in its thread must not delay the result.
    runtime.shutdown_background();
    answer
}

/// Makes sure that the runtime gets the descriptors that it starts with: it panics where its signals get none.
fn spare_descriptors() -> io::Result<()> {
    #[cfg(unix)]
    {
        let pair = || std::os::unix::net::UnixStream::pair();
        let _held = [pair()?, pair()?, pair()?, pair()?];
    }
    Ok(())
}
