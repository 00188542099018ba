//! The terminal itself: taken over, given back in every way the program can end, and lent to the shell.

use std::io::{IsTerminal as _, Stdout, Write as _, stderr, stdin, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use base64::Engine as _;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use zeroize::Zeroizing;

use super::model::Model;
use super::view;
use crate::error::{Error, Result};
use crate::ports::Clipboard;

/// Whether the terminal is ours just now, for whoever has to give it back.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while the program draws on it. Dropped, it is as it was.
pub struct Display {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    mouse: bool,
}

impl Display {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// `Usage` where there is no terminal.
    pub fn take(mouse: bool) -> Result<Self> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return Err(Error::usage("the terminal UI needs a terminal")
                .hint("daypass roles, daypass credentials and daypass exec work without one"));
        }
        give_back_on_panic();
        enter(mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(stdout())).map_err(unusable);
        match terminal {
            Ok(terminal) => Ok(Display { terminal, mouse }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Its size.
    pub fn size(&self) -> Size {
        self.terminal.size().unwrap_or_default()
    }

    /// Draws what has changed.
    ///
    /// # Errors
    /// `Failed` when the terminal takes nothing any more.
    pub fn draw(&mut self, model: &Model) -> Result<()> {
        self.terminal.draw(|frame| view::draw(frame, model)).map(|_| ()).map_err(unusable)
    }

    /// Takes the terminal over anew, after someone else had it, and forgets what was on it.
    ///
    /// # Errors
    /// `Failed` when the terminal takes nothing any more.
    pub fn retake(&mut self) -> Result<()> {
        give_back();
        enter(self.mouse)?;
        // A new terminal remembers nothing of the screen. `Terminal::clear` would ask for the cursor's position,
        // and the answer would go to whoever reads the keys.
        execute!(stdout(), Clear(ClearType::All)).map_err(unusable)?;
        self.terminal = Terminal::new(CrosstermBackend::new(stdout())).map_err(unusable)?;
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        give_back();
    }
}

fn unusable(error: std::io::Error) -> Error {
    Error::failed("the terminal cannot be used").because(error)
}

fn enter(mouse: bool) -> Result<()> {
    enable_raw_mode().map_err(unusable)?;
    TAKEN.store(true, Ordering::SeqCst);
    let entered = execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide);
    let entered = entered.and_then(|()| if mouse { execute!(stdout(), EnableMouseCapture) } else { Ok(()) });
    entered.map_err(|error| {
        give_back();
        unusable(error)
    })
}

/// Gives the terminal back, if we have it. Each step is tried though another failed.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let restored = execute!(stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let cooked = disable_raw_mode();
    if let Err(error) = restored.and(cooked) {
        tracing::warn!(%error, "the terminal could not be restored");
    }
}

/// A panic gives the terminal back first, and says where it happened; never what it carried, which could hold
/// anything.
fn give_back_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        give_back();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let written = writeln!(
            stderr(),
            "daypass: internal error at {place}\n  nothing that was kept is lost; please report this place"
        );
        if written.is_err() {
            tracing::error!(place, "internal error");
        }
    }));
}

/// Whether the terminal has gone away without a signal.
#[cfg(unix)]
pub fn is_gone() -> bool {
    rustix::termios::tcgetwinsize(stdin()).is_err()
}

/// Whether the terminal has gone away without a signal.
#[cfg(not(unix))]
pub fn is_gone() -> bool {
    false
}

/// Whether somebody waits to take the terminal when we stop: a shell in the same session.
#[cfg(unix)]
pub fn has_shell() -> bool {
    let session = rustix::process::getsid(None).ok();
    let parent = rustix::process::getppid().and_then(|parent| rustix::process::getsid(Some(parent)).ok());
    session.is_some() && session == parent
}

/// Stops this job until it is continued; the terminal is given back before.
#[cfg(unix)]
pub fn stop() {
    give_back();
    if let Err(error) = rustix::process::kill_current_process_group(rustix::process::Signal::STOP) {
        tracing::warn!(%error, "the program could not be stopped");
    }
}

/// The clipboard of the terminal, reached by an OSC 52 sequence. Only for those who asked for it: every
/// program between here and the screen sees the text. What is on it cannot be read back, so a secret stays there.
#[derive(Debug, Clone, Copy)]
pub struct TerminalClipboard;

#[async_trait]
impl Clipboard for TerminalClipboard {
    async fn put(&self, text: &str) -> Result<()> {
        let coded = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(text.as_bytes()));
        let mut out = stdout().lock();
        let parts: [&[u8]; 3] = [b"\x1b]52;c;", coded.as_bytes(), b"\x07"];
        parts.iter().try_for_each(|part| out.write_all(part)).and_then(|()| out.flush()).map_err(unusable)
    }

    async fn put_secret(&self, text: &Zeroizing<String>) -> Result<()> {
        self.put(text).await
    }
}
