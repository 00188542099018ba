//! The clipboard, through whichever of the system's own tools is there, or through the terminal.
//!
//! A secret is marked for clipboard managers where the tool can (wl-copy since 2.3.0; xclip, xsel, pbcopy and clip.exe
//! cannot) and is taken off after a minute, if it is still there, by a process of its own.

mod clearing;
mod osc52;
mod route;
mod tools;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use zeroize::Zeroizing;

use self::clearing::{Clearing, Fingerprint};
use self::route::{Route, Routes, SecretRoute};
use self::tools::{Call, Tool};
use crate::domain::osc52::Osc52;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::ports::{Clipboard, Copied};

pub use self::clearing::COMMAND as CLEAR_COMMAND;

/// The clipboard of the person at the terminal: of the desktop that this process runs on, or the terminal's.
#[derive(Debug, Clone)]
pub struct SystemClipboard {
    routes: Routes,
    tools: Vec<Tool>,
    program: PathBuf,
}

impl SystemClipboard {
    /// `program` is started with [`CLEAR_COMMAND`] to clear a secret.
    pub fn new(environment: &Environment, osc52: Osc52, program: PathBuf) -> Self {
        SystemClipboard { routes: Routes::choose(osc52, environment), tools: tools::choose(environment), program }
    }

    /// Waits for `after`, then clears the clipboard if it holds the text whose fingerprint stands on standard input.
    ///
    /// # Errors
    /// Where the input cannot be read, or the clipboard not be cleared.
    pub async fn clear_later(&self, after: Duration) -> Result<()> {
        let cleared = clearing::run(&self.tools, after).await;
        cleared.map_err(|source| Error::System { action: "clear the clipboard", source })
    }

    /// Gives `text` to the first of `calls` that takes it.
    async fn fill(&self, calls: Vec<Call>, text: &str) -> Result<()> {
        let (mut tool, mut source) = (None, None);
        for call in calls {
            match tools::feed(call, text.as_bytes()).await {
                Ok(()) => return Ok(()),
                Err(error) => (tool, source) = (call.first().copied(), Some(error)),
            }
        }
        Err(Error::NoClipboard { tool, source })
    }
}

#[async_trait]
impl Clipboard for SystemClipboard {
    fn takes_secrets(&self) -> bool {
        self.routes.secrets == SecretRoute::Terminal || !self.tools.is_empty()
    }

    async fn put(&self, text: &str) -> Result<Copied> {
        let mut first_failure = None;
        for route in &self.routes.text {
            let tried = match route {
                Route::Tools => self.fill(self.tools.iter().map(|tool| tool.fill).collect(), text).await,
                Route::Tmux => self.fill(vec![tools::TMUX], text).await,
                Route::Terminal => self.send_to_terminal(text),
            };
            match tried {
                Ok(()) if *route == Route::Tools => return Ok(Copied::ToClipboard),
                Ok(()) => return Ok(Copied::SentToTerminal),
                Err(error) => first_failure = first_failure.or(Some(error)),
            }
        }
        Err(first_failure.unwrap_or(Error::NoClipboard { tool: None, source: None }))
    }

    async fn put_secret(&self, text: &Zeroizing<String>) -> Result<Copied> {
        match self.routes.secrets {
            SecretRoute::Tools => self.fill_until_cleared(text).await.map(|()| Copied::ToClipboard),
            SecretRoute::Terminal => self.send_to_terminal(text).map(|()| Copied::SentToTerminal),
        }
    }
}

impl SystemClipboard {
    fn send_to_terminal(&self, text: &str) -> Result<()> {
        let sent = osc52::send(text, self.routes.in_screen);
        sent.map_err(|source| Error::System { action: "use the terminal", source })
    }

    /// Puts a secret on the desktop's clipboard for a minute.
    async fn fill_until_cleared(&self, text: &Zeroizing<String>) -> Result<()> {
        let clearing = Clearing::start(&self.program, &Fingerprint::of(text.as_bytes())).await;
        // First, so that no secret is there that nobody clears, wherever this program is killed.
        let clearing = clearing.map_err(Error::NotCopied)?;
        let calls = self.tools.iter().flat_map(|tool| tool.fill_marked.into_iter().chain([tool.fill]));
        let filled = self.fill(calls.collect(), text).await;
        // Whether or not it worked: a tool that was given up may have filled the clipboard all the same.
        drop(clearing);
        filled
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::adapters::programs::write_script;

    const FALSE: Tool = Tool { fill: &["false"], fill_marked: None, read: &["false"], clear: &["false"] };
    const MISSING: Tool = Tool { fill: &["daypass-no-such-tool"], ..FALSE };
    /// Takes the text CANARY and nothing else.
    const READS: Call = &["sh", "-c", "read -r line && test \"$line\" = CANARY"];

    /// A clipboard of these tools, whose clearing process only reads what it is told.
    fn clipboard(tools: Vec<Tool>) -> (SystemClipboard, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        write_script(&program, "cat >/dev/null");
        (SystemClipboard { routes: desktop(), tools, program }, folder)
    }

    fn desktop() -> Routes {
        Routes::choose(Osc52::Never, &Environment::default())
    }

    fn canary() -> Zeroizing<String> {
        Zeroizing::new("CANARY\n".to_owned())
    }

    #[tokio::test]
    async fn a_tool_that_fails_or_is_missing_is_an_error_without_the_text() {
        for tools in [vec![FALSE, MISSING], Vec::new()] {
            let (clipboard, _folder) = clipboard(tools);
            for error in
                [clipboard.put("CANARY").await.unwrap_err(), clipboard.put_secret(&canary()).await.unwrap_err()]
            {
                assert!(matches!(error, Error::NoClipboard { .. }), "{error:?}");
                assert!(!format!("{error} {error:?}").contains("CANARY"));
            }
        }
    }

    #[tokio::test]
    async fn the_text_reaches_the_tools_standard_input() {
        let (clipboard, _folder) = clipboard(vec![Tool { fill: READS, ..FALSE }]);
        assert!(clipboard.put("CANARY\n").await.is_ok());
        assert!(clipboard.put("other\n").await.is_err());
        assert!(clipboard.put_secret(&canary()).await.is_ok());
    }

    #[tokio::test]
    async fn a_secret_is_marked_where_the_tool_can_and_other_text_is_not() {
        let (marks, _folder) = clipboard(vec![Tool { fill_marked: Some(READS), ..FALSE }]);
        assert!(marks.put_secret(&canary()).await.is_ok());
        assert!(marks.put("CANARY\n").await.is_err(), "plain text is not marked");
        let (too_old, _folder) = clipboard(vec![Tool { fill: READS, fill_marked: Some(&["false"]), ..FALSE }]);
        assert!(too_old.put_secret(&canary()).await.is_ok(), "an option that is refused is left out");
    }

    /// A clipboard that is a file in `folder`, and that file's path.
    fn clipboard_file(folder: &Path) -> (Call, PathBuf) {
        let path = folder.join("clipboard");
        let text: &'static str = Box::leak(path.to_str().unwrap().into());
        (Box::leak(Box::new(["sh", "-c", "cat >\"$0\"", text])), path)
    }

    #[tokio::test]
    async fn a_secret_that_nobody_would_clear_is_never_put_there() {
        let folder = tempfile::tempdir().unwrap();
        let (fill, path) = clipboard_file(folder.path());
        let tools = vec![Tool { fill, clear: fill, ..FALSE }];
        let clipboard = SystemClipboard { routes: desktop(), tools, program: folder.path().join("missing") };
        let error = clipboard.put_secret(&canary()).await.unwrap_err();
        assert!(matches!(error, Error::NotCopied(_)), "{error:?}");
        assert!(!path.exists(), "not even for a moment");
    }

    #[tokio::test]
    async fn the_clearing_process_waits_until_the_filling_ends_and_is_there_where_that_was_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let (_, path) = clipboard_file(folder.path());
        let text: &'static str = Box::leak(path.to_str().unwrap().into());
        // It has filled the clipboard and never ends.
        let fill: Call =
            Box::leak(Box::new(["sh", "-c", "cat >\"$0.part\"; mv \"$0.part\" \"$0\"; exec sleep 600", text]));
        // It reads to the end, as the clearing process does before its minute begins.
        let program = folder.path().join("program");
        write_script(&program, "cat >\"$0.part\"; mv \"$0.part\" \"$0.told\"");
        let told = folder.path().join("program.told");
        let clipboard = SystemClipboard { routes: desktop(), tools: vec![Tool { fill, ..FALSE }], program };
        let secret = canary();
        let mut filling = clipboard.put_secret(&secret);
        tokio::select! {
            _ = &mut filling => {}
            () = until_it_exists(&path) => assert!(!told.exists()),
        }
        // As the end of this program does.
        drop(filling);
        until_it_exists(&told).await;
        assert_eq!(std::fs::read_to_string(told).unwrap(), Fingerprint::of(secret.as_bytes()).0);
    }

    /// Waits until another process has made `path`.
    pub(super) async fn until_it_exists(path: &Path) {
        let appearing = async {
            while !path.exists() {
                tokio::task::yield_now().await;
            }
        };
        let appeared = tokio::time::timeout(Duration::from_secs(20), appearing).await;
        assert!(appeared.is_ok(), "there is no {}", path.display());
    }
}
