//! The processes of this machine.

use crate::ports::{KeyHolders, Processes};

/// Those that the operating system knows.
pub struct SystemProcesses;

impl Processes for SystemProcesses {
    fn own_id(&self) -> u32 {
        std::process::id()
    }

    #[cfg(unix)]
    fn is_running(&self, id: u32) -> bool {
        let id = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw);
        // One of another user runs too, though it takes no signal of ours.
        id.is_some_and(|id| rustix::process::test_kill_process(id) != Err(rustix::io::Errno::SRCH))
    }

    /// Without `unsafe` the system cannot be asked. A lock dies with its holder in any case.
    #[cfg(not(unix))]
    fn is_running(&self, id: u32) -> bool {
        id == self.own_id()
    }

    #[cfg(target_os = "linux")]
    fn holders_of(&self, access_key_ids: &[&str]) -> KeyHolders {
        match holders::of(access_key_ids) {
            found if found.is_empty() => KeyHolders::None,
            found => KeyHolders::Some(found),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn holders_of(&self, _: &[&str]) -> KeyHolders {
        KeyHolders::NotTold
    }
}

/// Looks through the environments of this user's processes. The secret that stands beside the access key is wiped from what
/// was read.
#[cfg(target_os = "linux")]
mod holders {
    use std::fs::{self, File};
    use std::io::Read as _;
    use std::path::Path;

    use zeroize::Zeroizing;

    use crate::domain::text::Untrusted;

    /// The largest environment that is looked through.
    const LARGEST: u64 = 4 << 20;

    pub(super) fn of(access_key_ids: &[&str]) -> Vec<(u32, Untrusted)> {
        let variables: Vec<String> = access_key_ids.iter().map(|id| format!("AWS_ACCESS_KEY_ID={id}")).collect();
        let mut found = Vec::new();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let id = process.file_name().to_str().and_then(|name| name.parse().ok());
            let Some(id) = id.filter(|id| *id != std::process::id()) else { continue };
            if has_one_of(&process.path(), &variables) {
                let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
                found.push((id, Untrusted::new(name.trim_end())));
            }
        }
        found.sort();
        found
    }

    fn has_one_of(process: &Path, variables: &[String]) -> bool {
        let Ok(file) = File::open(process.join("environ")) else { return false };
        let mut environment = Zeroizing::new(Vec::with_capacity(64 * 1024));
        let read = file.take(LARGEST).read_to_end(&mut environment);
        read.is_ok()
            && environment
                .split(|byte| *byte == 0)
                .any(|entry| variables.iter().any(|variable| variable.as_bytes() == entry))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_process_runs_until_it_was_waited_for() {
        assert!(SystemProcesses.is_running(SystemProcesses.own_id()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        assert!(!SystemProcesses.is_running(id));
        assert!(!SystemProcesses.is_running(u32::MAX) && !SystemProcesses.is_running(0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_with_the_access_key_in_its_environment_holds_it() {
        let key = format!("ASIATEST{}", std::process::id());
        assert_eq!(SystemProcesses.holders_of(&[&key]), KeyHolders::None);
        let mut child = std::process::Command::new("cat")
            .env("AWS_ACCESS_KEY_ID", &key)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        assert_eq!(SystemProcesses.holders_of(&[&key]), KeyHolders::Some(vec![(child.id(), "cat".into())]));
        assert_eq!(SystemProcesses.holders_of(&[&key[..key.len() - 1]]), KeyHolders::None);
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
