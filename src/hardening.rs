//! Keeps other processes out of this one: no core dump, no attaching, no reading of `/proc/PID`.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Closes this process. What the system does not offer is left out silently: there is nothing to do about it.
pub fn harden() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    // The soft limit only, so that a program we become can have its own back.
    #[cfg(unix)]
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..getrlimit(Resource::Core) });
}

/// Gives a program that we start or become the core limit that our caller had at most.
pub fn relax() {
    #[cfg(unix)]
    {
        let limits = getrlimit(Resource::Core);
        let _ = setrlimit(Resource::Core, Rlimit { current: limits.maximum, ..limits });
    }
}
