//! Keeps other processes out of this one, as far as the system lets a process ask for that.
//!
//! | system | debuggers and readers of our memory | core dumps |
//! |---|---|---|
//! | Linux | refused: the process is not dumpable, and `/proc/PID` belongs to root | none |
//! | macOS | refused: `PT_DENY_ATTACH`; the task port is for root, and for signed debuggers where they are allowed | none |
//! | Windows | refused: our access list lets our user see and end the process and do nothing else | the system's crash reports, where they are on |
//!
//! None of it stops an administrator. On Windows the process's owner may write another access list first, and a
//! debugger that started the process holds it from the beginning on macOS and Windows. Nothing here reaches a program
//! that we start or become, but for the core limit, which [`restore_core_limit`] and
//! [`with_callers_core_limit`] give back.

#[cfg(unix)]
use std::sync::OnceLock;

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The core limit that our caller gave us.
#[cfg(unix)]
static CALLERS_CORE_LIMIT: OnceLock<Rlimit> = OnceLock::new();

/// Denies other processes access to this one. What the system refuses is left out: there is nothing to do about it.
pub fn harden() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    #[cfg(target_os = "macos")]
    let _ = secmem_proc::components::disable_tracing_prctl();
    #[cfg(windows)]
    let _ = secmem_proc::components::set_default_dacl_winapi();
    #[cfg(unix)]
    forbid_core_dumps();
}

#[cfg(unix)]
fn forbid_core_dumps() {
    let callers = CALLERS_CORE_LIMIT.get_or_init(|| getrlimit(Resource::Core));
    // The soft limit alone: only root could raise the hard one again.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..*callers });
}

/// Sets the core limit to what our caller gave us, for a program that takes our place.
#[cfg(unix)]
pub fn restore_core_limit() {
    if let Some(callers) = CALLERS_CORE_LIMIT.get() {
        let _ = setrlimit(Resource::Core, *callers);
    }
}

/// Starts something with the core limit that our caller gave us, and keeps our own.
pub fn with_callers_core_limit<T>(start: impl FnOnce() -> T) -> T {
    #[cfg(unix)]
    restore_core_limit();
    let started = start();
    #[cfg(unix)]
    forbid_core_dumps();
    started
}
