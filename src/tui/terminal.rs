//! The terminal: entered, drawn on, and restored however the program ends.

use std::io::{self, IsTerminal as _, Stdout, Write, stderr, stdin, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};

#[cfg(unix)]
use super::job_control::{is_in_foreground, without_stopping};
use crate::error::{Error, Result};

/// Whether the terminal is in raw mode and has to be restored.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal while the program draws on it; restored when dropped.
pub(crate) struct Display {
    terminal: Terminal<CrosstermBackend<Output>>,
    mouse: bool,
}

/// Standard output, where writing to a terminal that is gone succeeds and does nothing: ratatui's destructor would
/// report the error on stderr, which is gone as well, and panic.
struct Output(Stdout);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).or_else(|error| if is_gone() { Ok(bytes.len()) } else { Err(error) })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().or_else(|error| if is_gone() { Ok(()) } else { Err(error) })
    }
}

fn new_terminal() -> Result<Terminal<CrosstermBackend<Output>>> {
    Terminal::new(CrosstermBackend::new(Output(stdout()))).map_err(unusable)
}

impl Display {
    /// Enters raw mode and the alternate screen.
    ///
    /// # Errors
    /// `Usage` where there is no terminal.
    pub(crate) fn enter(mouse: bool) -> Result<Self> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return Err(Error::NoTerminal);
        }
        restore_on_panic();
        enter(mouse)?;
        match new_terminal() {
            Ok(terminal) => Ok(Display { terminal, mouse }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    pub(crate) fn size(&self) -> Size {
        self.terminal.size().unwrap_or_default()
    }

    /// Draws a frame; only the cells that changed are written.
    ///
    /// # Errors
    /// `Failed` when the terminal cannot be written to.
    pub(crate) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> Result<()> {
        self.terminal.draw(view).map(|_| ()).map_err(unusable)
    }

    /// Enters again after another program used the terminal, and draws everything with the next frame.
    ///
    /// # Errors
    /// `Failed` when the terminal cannot be written to.
    pub(crate) fn reenter(&mut self) -> Result<()> {
        restore();
        // A restore in the background left the modes alone, and raw mode is entered only where it was left.
        disable_raw_mode().map_err(unusable)?;
        enter(self.mouse)?;
        // `Terminal::clear` would ask for the cursor's position, and the answer would arrive as key presses.
        execute!(stdout(), Clear(ClearType::All)).map_err(unusable)?;
        self.terminal = new_terminal()?;
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        restore();
    }
}

pub(super) fn unusable(source: io::Error) -> Error {
    Error::System { action: "use the terminal", source }
}

fn enter(mouse: bool) -> Result<()> {
    enable_raw_mode().map_err(unusable)?;
    ENTERED.store(true, Ordering::SeqCst);
    let entered = execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide);
    let entered = entered.and_then(|()| if mouse { execute!(stdout(), EnableMouseCapture) } else { Ok(()) });
    entered.map_err(|error| {
        restore();
        unusable(error)
    })
}

/// Restores the terminal, if it was entered. Each step is tried even if another failed.
pub(crate) fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    if let Err(error) = leave() {
        tracing::warn!(%error, "the terminal could not be restored");
    }
}

#[cfg(unix)]
fn leave() -> io::Result<()> {
    without_stopping(|| {
        let left = leave_screen();
        // Where a shell has taken the terminal back, it has set its own modes.
        if is_in_foreground() { left.and(disable_raw_mode()) } else { left }
    })
}

#[cfg(not(unix))]
fn leave() -> io::Result<()> {
    let left = leave_screen();
    left.and(disable_raw_mode())
}

fn leave_screen() -> io::Result<()> {
    execute!(stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show)
}

/// A panic restores the terminal, and prints where it happened but not its message, which could hold a secret.
fn restore_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        restore();
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

/// Whether the terminal is gone, which not every system announces by SIGHUP.
#[cfg(unix)]
pub(crate) fn is_gone() -> bool {
    rustix::termios::tcgetwinsize(stdin()).is_err()
}

/// Whether the terminal is gone; not known here.
#[cfg(not(unix))]
pub(crate) fn is_gone() -> bool {
    false
}
