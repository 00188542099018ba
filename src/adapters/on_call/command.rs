//! What a program prints, run without a shell.

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::error::RotaFault;

/// Secrets of AWS that whoever started us may have in the environment.
const SECRET_VARIABLES: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// The most that a program may print.
const LARGEST: u64 = 1 << 20;

/// What the program that `words` name prints, run in `folder`: what it finds there is never up to the caller's own folder,
/// which may be a repository of anybody's. It, and whatever it has started, is killed where this is dropped before its
/// end. Credentials of AWS are not in its environment: whoever is asked who is on duty needs none.
pub(super) async fn output_of(words: &[String], folder: &Path) -> Result<Vec<u8>, RotaFault> {
    let mut group = Group::start(words, folder).map_err(RotaFault::NotStarted)?;
    let mut printed = Vec::new();
    if let Some(stdout) = group.child.stdout.take() {
        stdout.take(LARGEST + 1).read_to_end(&mut printed).await.map_err(RotaFault::NotStarted)?;
    }
    if printed.len() as u64 > LARGEST {
        return Err(RotaFault::TooLarge);
    }
    let status = group.child.wait().await.map_err(RotaFault::NotStarted)?;
    group.has_ended = true;
    if status.success() { Ok(printed) } else { Err(RotaFault::CommandFailed(status.code())) }
}

/// A program with whatever it starts. Dropped while it runs, all of them are killed.
struct Group {
    child: Child,
    has_ended: bool,
}

impl Group {
    fn start(words: &[String], folder: &Path) -> std::io::Result<Self> {
        let (program, arguments) = words.split_first().ok_or(std::io::ErrorKind::NotFound)?;
        // A path is one from that folder, on every system.
        let mut command = match Path::new(program).components().count() {
            0 | 1 => Command::new(program),
            _ => Command::new(folder.join(program)),
        };
        command
            .current_dir(folder)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        for variable in SECRET_VARIABLES {
            command.env_remove(variable);
        }
        #[cfg(unix)]
        command.process_group(0);
        Ok(Group { child: command.spawn()?, has_ended: false })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        #[cfg(unix)]
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok())
            && let Some(group) = rustix::process::Pid::from_raw(id)
        {
            // The id is still the child's own: it has not been waited for.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
