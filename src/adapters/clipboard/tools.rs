//! The system's own clipboard programs, and how each is asked. Text goes through their standard input and output alone.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use crate::environment::Environment;

/// How long a program may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The most that is read of a clipboard; more than we ever put there.
const READ_LIMIT: u64 = 64 * 1024;

/// A program and its arguments.
pub(super) type Call = &'static [&'static str];

/// What one kind of desktop offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tool {
    /// Fills the clipboard from standard input.
    pub(super) fill: Call,
    /// The same, marked so that clipboard managers do not remember it; versions that cannot do that refuse it.
    pub(super) fill_marked: Option<Call>,
    /// Writes the clipboard to standard output.
    pub(super) read: Call,
    /// Empties the clipboard; some do it by filling it with nothing.
    pub(super) clear: Call,
}

const WAYLAND: Tool = Tool {
    fill: &["wl-copy", "--type", "text/plain"],
    // Since wl-clipboard 2.3.0. It offers the type `x-kde-passwordManagerHint` beside the text.
    fill_marked: Some(&["wl-copy", "--sensitive", "--type", "text/plain"]),
    read: &["wl-paste", "--no-newline"],
    clear: &["wl-copy", "--clear"],
};
// One run of xclip or xsel offers one type, so there is no room for a mark beside the text.
const XCLIP: Tool = Tool {
    fill: &["xclip", "-selection", "clipboard", "-in"],
    fill_marked: None,
    read: &["xclip", "-selection", "clipboard", "-out"],
    clear: &["xclip", "-selection", "clipboard", "-in"],
};
const XSEL: Tool = Tool {
    fill: &["xsel", "--clipboard", "--input"],
    fill_marked: None,
    read: &["xsel", "--clipboard", "--output"],
    clear: &["xsel", "--clipboard", "--clear"],
};
const MAC: Tool = Tool { fill: &["pbcopy"], fill_marked: None, read: &["pbpaste"], clear: &["pbcopy"] };
const WINDOWS: Tool = Tool {
    fill: &["clip.exe"],
    fill_marked: None,
    read: &["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "Get-Clipboard -Raw"],
    clear: &["clip.exe"],
};

/// Puts text into a buffer of the surrounding tmux, which passes it on to the clipboard of its terminal (`-w`, since 3.2).
pub(super) const TMUX: Call = &["tmux", "load-buffer", "-w", "-"];

/// The tools to try, in order. Over SSH there are none but on a display that is forwarded: any other clipboard is that of
/// a desktop which the person does not sit at.
pub(super) fn choose(environment: &Environment) -> Vec<Tool> {
    if environment.has("SSH_CONNECTION") {
        return if has_forwarded_display(environment) { vec![XCLIP, XSEL] } else { Vec::new() };
    }
    if cfg!(target_os = "macos") {
        return vec![MAC];
    }
    if cfg!(windows) {
        return vec![WINDOWS];
    }
    let mut tools = Vec::new();
    if environment.has("WAYLAND_DISPLAY") {
        tools.push(WAYLAND);
    }
    if environment.has("DISPLAY") {
        tools.extend([XCLIP, XSEL]);
    }
    if environment.has("WSL_DISTRO_NAME") {
        tools.push(WINDOWS);
    }
    tools
}

/// Whether sshd forwards X11: its displays have a host (`localhost:10.0`), which those of this machine's desktop lack.
fn has_forwarded_display(environment: &Environment) -> bool {
    let display = environment.text_if_utf8("DISPLAY").and_then(|display| display.rsplit_once(':'));
    display.is_some_and(|(host, _)| !host.is_empty() && host != "unix")
}

/// Runs `call` with `text` on its standard input.
pub(super) async fn feed(call: Call, text: &[u8]) -> io::Result<()> {
    in_time(async {
        let mut child = start(call, Stdio::piped(), Stdio::null())?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(text).await?;
            stdin.shutdown().await?;
        }
        succeeded(&mut child).await
    })
    .await
}

/// What `call` writes to its standard output, as far as it could be ours.
pub(super) async fn read(call: Call) -> io::Result<Zeroizing<Vec<u8>>> {
    in_time(async {
        let mut child = start(call, Stdio::null(), Stdio::piped())?;
        // Large enough from the start: growing would leave copies behind.
        let mut text = Zeroizing::new(Vec::with_capacity(2 * READ_LIMIT as usize));
        if let Some(stdout) = child.stdout.take() {
            stdout.take(READ_LIMIT).read_to_end(&mut text).await?;
        }
        succeeded(&mut child).await.map(|()| text)
    })
    .await
}

fn start(call: Call, stdin: Stdio, stdout: Stdio) -> io::Result<Child> {
    let (program, arguments) = call.split_first().ok_or(io::ErrorKind::NotFound)?;
    Command::new(program).args(arguments).stdin(stdin).stdout(stdout).stderr(Stdio::null()).kill_on_drop(true).spawn()
}

async fn succeeded(child: &mut Child) -> io::Result<()> {
    let status = child.wait().await?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("ended with {status}"))) }
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(TIMEOUT, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn the_desktop_decides_which_tools_are_tried() {
        let (wayland, x11, wsl) = (("WAYLAND_DISPLAY", "wayland-0"), ("DISPLAY", ":0"), ("WSL_DISTRO_NAME", "Debian"));
        let ssh = ("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22");
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a [Tool]);
        let table: [Row<'_>; 8] = [
            (&[wayland, x11], &[WAYLAND, XCLIP, XSEL]),
            (&[x11], &[XCLIP, XSEL]),
            (&[wsl], &[WINDOWS]),
            (&[], &[]),
            (&[ssh], &[]),
            // A desktop that nobody sits at.
            (&[ssh, wayland, x11], &[]),
            (&[ssh, ("DISPLAY", "unix:0")], &[]),
            (&[ssh, ("DISPLAY", "localhost:10.0")], &[XCLIP, XSEL]),
        ];
        for (variables, tools) in table {
            assert_eq!(choose(&variables.iter().copied().collect()), tools, "{variables:?}");
        }
    }

    #[tokio::test]
    async fn text_goes_in_and_comes_out_and_a_failure_is_one() {
        let reads_canary = &["sh", "-c", "read -r line && test \"$line\" = CANARY"];
        assert!(feed(reads_canary, b"CANARY\n").await.is_ok());
        assert!(feed(reads_canary, b"other\n").await.is_err());
        assert_eq!(read(&["printf", "CANARY"]).await.unwrap().as_slice(), b"CANARY");
        assert!(read(&["false"]).await.is_err());
        assert!(read(&["daypass-no-such-tool"]).await.is_err());
        assert!(feed(&[], b"").await.is_err());
    }

    #[tokio::test]
    async fn a_clipboard_full_of_something_else_is_not_read_to_the_end() {
        // Whether `yes` is stopped by the closed pipe or killed, it has not ended well.
        assert!(read(&["yes"]).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_tool_that_hangs_is_given_up() {
        assert_eq!(feed(&["sleep", "600"], b"").await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
