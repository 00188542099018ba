//! Takes a secret off the clipboard after a minute, if it is still there. A process of its own does it, so that it
//! happens whatever becomes of the program that put the secret there. It is told a digest and never the secret.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStdin, Command};

use super::tools::{self, Tool};
use crate::domain::text::hex;

/// The argument that makes this program clear the clipboard; the seconds to wait follow it.
pub const COMMAND: &str = "clear-clipboard";
/// How long a secret stays on the clipboard.
const LIFETIME: Duration = Duration::from_secs(60);

/// Tells one text from others without giving it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint(pub(super) String);

impl Fingerprint {
    /// The fingerprint of `text`. Line ends do not count: clipboards change them.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in text.trim_ascii_end().split(|byte| *byte == b'\r') {
            hash.update(part);
        }
        Fingerprint(hex(&hash.finalize()))
    }
}

/// The process that clears the clipboard. Its minute begins when this is dropped, or when this program ends.
#[must_use = "the minute begins when it is dropped"]
pub(super) struct Clearing {
    /// The process reads to the end of this.
    _stdin: ChildStdin,
}

impl Clearing {
    /// Starts `program` as the process that clears the clipboard of the text with this fingerprint.
    pub(super) async fn start(program: &Path, fingerprint: &Fingerprint) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args([COMMAND, &LIFETIME.as_secs().to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        apart(&mut command);
        let mut child = command.spawn()?;
        let mut stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(fingerprint.0.as_bytes()).await?;
        Ok(Clearing { _stdin: stdin })
    }
}

/// Keeps what is typed into our terminal, such as Ctrl-C, from ending `command`.
#[cfg(unix)]
fn apart(command: &mut Command) {
    command.process_group(0);
}

/// Gives `command` a console of its own that is not shown.
#[cfg(windows)]
fn apart(command: &mut Command) {
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

/// Reads a fingerprint from standard input to its end, waits, then empties the clipboard if it holds the text with that
/// fingerprint.
pub(super) async fn run(tools: &[Tool], after: Duration) -> io::Result<()> {
    let mut given = String::new();
    // This process does nothing else meanwhile.
    io::stdin().take(1_024).read_to_string(&mut given)?;
    tokio::time::sleep(after).await;
    clear_if_it_holds(tools, &Fingerprint(given)).await
}

/// What cannot be read is left alone: it may be the person's own by now.
async fn clear_if_it_holds(tools: &[Tool], ours: &Fingerprint) -> io::Result<()> {
    for tool in tools {
        if let Ok(text) = tools::read(tool.read).await {
            return if Fingerprint::of(&text) == *ours { tools::feed(tool.clear, b"").await } else { Ok(()) };
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;
    use crate::adapters::clipboard::tests::until_it_exists;
    use crate::adapters::programs::write_script;

    /// A call that lives as long as the test program.
    fn call(words: &[&str]) -> tools::Call {
        Box::leak(words.iter().map(|word| &*Box::leak(word.to_string().into_boxed_str())).collect())
    }

    /// A clipboard that is the file `path`.
    fn file(path: &Path) -> Tool {
        let path = path.to_str().unwrap();
        let fill = call(&["sh", "-c", "cat >\"$0\"", path]);
        Tool { fill, fill_marked: None, read: call(&["cat", path]), clear: fill }
    }

    #[tokio::test]
    async fn a_secret_is_cleared_where_it_still_is_and_nothing_else_ever() {
        let folder = tempfile::tempdir().unwrap();
        let clipboard = folder.path().join("clipboard");
        let broken = Tool { fill: &["false"], fill_marked: None, read: &["false"], clear: &["false"] };
        let ours = Fingerprint::of(b"export A=CANARY\nexport B=2\n");
        // What is on the clipboard a minute later, and what is left of it.
        let table = [
            ("export A=CANARY\nexport B=2\n", ""),
            ("export A=CANARY\r\nexport B=2\r\n\r\n", ""),
            ("export A=CANARY\nexport B=3\n", "export A=CANARY\nexport B=3\n"),
            ("what the person copied since", "what the person copied since"),
            ("", ""),
        ];
        for (holds, left) in table {
            fs::write(&clipboard, holds).unwrap();
            clear_if_it_holds(&[broken, file(&clipboard)], &ours).await.unwrap();
            assert_eq!(fs::read_to_string(&clipboard).unwrap(), left, "{holds:?}");
        }
        fs::write(&clipboard, "export A=CANARY\nexport B=2\n").unwrap();
        let unreadable = Tool { read: &["false"], ..file(&clipboard) };
        clear_if_it_holds(&[unreadable], &ours).await.unwrap();
        assert_ne!(fs::read(&clipboard).unwrap(), b"", "what cannot be read is left alone");
    }

    #[tokio::test]
    async fn the_clearing_process_is_told_a_digest_and_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        let program = folder.path().join("program");
        write_script(&program, "{ echo \"$@\"; env; cat; } >\"$0.part\"; mv \"$0.part\" \"${0%program}told\"");
        let fingerprint = Fingerprint::of(b"CANARY");
        drop(Clearing::start(&program, &fingerprint).await.unwrap());
        until_it_exists(&told).await;
        let told = fs::read_to_string(told).unwrap();
        assert!(told.starts_with("clear-clipboard 60\n") && told.ends_with(&fingerprint.0), "{told}");
        assert!(!told.contains("CANARY"), "{told}");
        assert!(Clearing::start(&folder.path().join("missing"), &fingerprint).await.is_err());
    }
}
