//! The clipboard, through whichever of the system's own tools is there. Text goes to its standard input.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::ports::Clipboard;

/// How long a tool may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// A program that fills the clipboard from its standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tool {
    program: &'static str,
    arguments: &'static [&'static str],
}

const WAYLAND: Tool = Tool { program: "wl-copy", arguments: &["--type", "text/plain"] };
const XCLIP: Tool = Tool { program: "xclip", arguments: &["-selection", "clipboard", "-in"] };
const XSEL: Tool = Tool { program: "xsel", arguments: &["--clipboard", "--input"] };
const MAC: Tool = Tool { program: "pbcopy", arguments: &[] };
const WINDOWS: Tool = Tool { program: "clip.exe", arguments: &[] };

/// The clipboard of the desktop that this process runs on.
#[derive(Debug, Clone)]
pub struct SystemClipboard {
    tools: Vec<Tool>,
}

impl SystemClipboard {
    /// Looks at the environment: `has` tells whether a variable is set and not empty.
    pub fn new(has: impl Fn(&str) -> bool) -> Self {
        SystemClipboard { tools: tools(has("WAYLAND_DISPLAY"), has("DISPLAY"), has("WSL_DISTRO_NAME")) }
    }
}

/// The tools to try, in order.
fn tools(wayland: bool, x11: bool, wsl: bool) -> Vec<Tool> {
    if cfg!(target_os = "macos") {
        return vec![MAC];
    }
    if cfg!(windows) {
        return vec![WINDOWS];
    }
    let mut tools = Vec::new();
    if wayland {
        tools.push(WAYLAND);
    }
    if x11 {
        tools.extend([XCLIP, XSEL]);
    }
    if wsl {
        tools.push(WINDOWS);
    }
    tools
}

#[async_trait]
impl Clipboard for SystemClipboard {
    async fn put(&self, text: &Zeroizing<String>) -> Result<()> {
        let mut last = None;
        for tool in &self.tools {
            match tokio::time::timeout(PATIENCE, feed(*tool, text.as_bytes())).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => last = Some(format!("{}: {error}", tool.program)),
                Err(_) => last = Some(format!("{} did not finish in time", tool.program)),
            }
        }
        let error = Error::failed("no clipboard could be reached");
        let error = match last {
            Some(why) => error.because(why),
            None => error,
        };
        Err(error
            .hint("install wl-clipboard (Wayland) or xclip (X11)")
            .hint("over SSH: set osc52 = true in the settings, if you trust the terminal"))
    }
}

/// Runs `tool` with `text` on its standard input. Its own output is nobody's business.
async fn feed(tool: Tool, text: &[u8]) -> std::io::Result<()> {
    let mut child = Command::new(tool.program)
        .args(tool.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text).await?;
        stdin.shutdown().await?;
    }
    let status = child.wait().await?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(format!("ended with {status}"))) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_desktop_decides_which_tools_are_tried() {
        if cfg!(target_os = "macos") {
            return;
        }
        let names = |tools: Vec<Tool>| tools.iter().map(|tool| tool.program).collect::<Vec<_>>();
        assert_eq!(names(tools(true, true, false)), ["wl-copy", "xclip", "xsel"]);
        assert_eq!(names(tools(false, true, false)), ["xclip", "xsel"]);
        assert_eq!(names(tools(false, false, true)), ["clip.exe"]);
        assert!(tools(false, false, false).is_empty());
    }

    #[tokio::test]
    async fn a_tool_that_fails_or_is_missing_is_an_error_with_a_hint() {
        const FALSE: Tool = Tool { program: "false", arguments: &[] };
        const MISSING: Tool = Tool { program: "daypass-no-such-tool", arguments: &[] };
        for tools in [vec![FALSE, MISSING], Vec::new()] {
            let error = SystemClipboard { tools }.put(&Zeroizing::new("CANARY".to_owned())).await.unwrap_err();
            assert!(error.hints().count() > 0);
            assert!(!error.report().contains("CANARY"));
        }
    }

    #[tokio::test]
    async fn the_text_reaches_the_tools_standard_input() {
        const READS: Tool = Tool { program: "sh", arguments: &["-c", "read -r line && test \"$line\" = CANARY"] };
        let clipboard = SystemClipboard { tools: vec![READS] };
        assert!(clipboard.put(&Zeroizing::new("CANARY\n".to_owned())).await.is_ok());
        assert!(clipboard.put(&Zeroizing::new("other\n".to_owned())).await.is_err());
    }
}
