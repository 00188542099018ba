//! The terminal: entered, drawn on, and restored however the program ends.

use std::io::{self, IsTerminal as _, Stdout, Write, stderr, stdin, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::execute;
use crossterm::style::Print;
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};

#[cfg(unix)]
use super::job_control::{is_in_foreground, without_stopping};
use super::options::DisplayOptions;
use super::verbatim::{self, Placed, Verbatim};
use crate::error::{Error, Result};

/// Whether the terminal is in raw mode and has to be restored.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal while the program draws on it; restored when dropped.
pub(crate) struct Display {
    terminal: Terminal<CrosstermBackend<Output>>,
    /// Whether the mouse is used, and whether it is captured just now.
    uses_mouse: bool,
    captures_mouse: bool,
    hyperlinks: bool,
    /// The lines that were written in one piece, and the size of the screen that they were written on.
    placed: Vec<Placed>,
    placed_at: Size,
}

/// Asks the terminal for its background.
const ASK_BACKGROUND: &str = "\x1b]11;?\x07";

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
    pub(crate) fn enter(options: &DisplayOptions) -> Result<Self> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return Err(Error::NoTerminal);
        }
        restore_on_panic(restore);
        enter(options.mouse)?;
        match new_terminal().and_then(|terminal| ask(options).map(|()| terminal)) {
            Ok(terminal) => Ok(Display {
                terminal,
                uses_mouse: options.mouse,
                captures_mouse: options.mouse,
                hyperlinks: options.hyperlinks,
                placed: Vec::new(),
                placed_at: Size::ZERO,
            }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    pub(crate) fn size(&self) -> Size {
        self.terminal.size().unwrap_or_default()
    }

    /// Draws a frame; only the cells that changed are written. While it shows `verbatim`, the mouse is left to the
    /// terminal, so that the text can be selected.
    ///
    /// # Errors
    /// `Failed` when the terminal cannot be written to.
    pub(crate) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>), verbatim: Option<Verbatim>) -> Result<()> {
        self.capture_mouse(verbatim.is_none())?;
        let frame = self.terminal.draw(view).map_err(unusable)?;
        let placed = verbatim.map(|verbatim| verbatim::place(frame.buffer, &verbatim)).unwrap_or_default();
        let size = frame.area.as_size();
        if (&placed, size) != (&self.placed, self.placed_at) {
            verbatim::write(&mut stdout().lock(), &placed, self.hyperlinks).map_err(unusable)?;
        }
        (self.placed, self.placed_at) = (placed, size);
        Ok(())
    }

    fn capture_mouse(&mut self, wanted: bool) -> Result<()> {
        let wanted = wanted && self.uses_mouse;
        if wanted == self.captures_mouse {
            return Ok(());
        }
        self.captures_mouse = wanted;
        let switched =
            if wanted { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) };
        switched.map_err(unusable)
    }

    /// Leaves the mouse to the terminal until the next frame is drawn.
    ///
    /// # Errors
    /// `Failed` when the terminal cannot be written to.
    pub(crate) fn release_mouse(&mut self) -> Result<()> {
        self.capture_mouse(false)
    }

    /// Draws everything with the next frame, whatever is on the screen.
    ///
    /// # Errors
    /// `Failed` when the terminal cannot be written to.
    pub(crate) fn redraw(&mut self) -> Result<()> {
        // `Terminal::clear` would ask for the cursor's position, and the answer would arrive as key presses.
        execute!(stdout(), Clear(ClearType::All)).map_err(unusable)?;
        self.terminal = new_terminal()?;
        self.placed.clear();
        Ok(())
    }

    /// Enters again after another program used the terminal, and draws everything with the next frame.
    ///
    /// # Errors
    /// `Failed` when the terminal cannot be written to.
    pub(crate) fn reenter(&mut self) -> Result<()> {
        restore();
        // A restore in the background left the modes alone, and raw mode is entered only where it was left.
        disable_raw_mode().map_err(unusable)?;
        enter(self.captures_mouse)?;
        self.redraw()
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

/// Asks what only the terminal knows; nobody waits for the answer, which arrives as input.
fn ask(options: &DisplayOptions) -> Result<()> {
    if options.asks_background { execute!(stdout(), Print(ASK_BACKGROUND)).map_err(unusable) } else { Ok(()) }
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
    give_back(leave_screen);
}

/// Gives the terminal back by `leave_screen`, and out of raw mode where it is still this program's.
pub(super) fn give_back(leave_screen: fn() -> io::Result<()>) {
    if let Err(error) = leave(leave_screen) {
        tracing::warn!(%error, "the terminal could not be restored");
    }
}

#[cfg(unix)]
fn leave(leave_screen: fn() -> io::Result<()>) -> io::Result<()> {
    without_stopping(|| {
        let left = leave_screen();
        // Where a shell has taken the terminal back, it has set its own modes.
        if is_in_foreground() { left.and(disable_raw_mode()) } else { left }
    })
}

#[cfg(not(unix))]
fn leave(leave_screen: fn() -> io::Result<()>) -> io::Result<()> {
    let left = leave_screen();
    left.and(disable_raw_mode())
}

fn leave_screen() -> io::Result<()> {
    execute!(stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show)
}

/// Writes a line on the restored terminal.
pub(crate) fn write_line(line: &str) -> io::Result<()> {
    writeln!(Output(stdout()), "{line}")
}

/// Drops what was typed and not read yet.
#[cfg(unix)]
pub(crate) fn discard_input() {
    if let Err(error) = rustix::termios::tcflush(stdin(), rustix::termios::QueueSelector::IFlush) {
        tracing::warn!(%error, "the terminal's input could not be discarded");
    }
}

/// Whether something was typed that nobody has read yet.
#[cfg(unix)]
pub(crate) fn has_input() -> bool {
    rustix::io::ioctl_fionread(stdin()).is_ok_and(|count| count > 0)
}

/// Whether something was typed that nobody has read yet.
#[cfg(not(unix))]
pub(crate) fn has_input() -> bool {
    crossterm::event::poll(std::time::Duration::ZERO).unwrap_or(false)
}

/// Drops what was typed and not read yet; here the reader has read everything.
#[cfg(not(unix))]
pub(crate) fn discard_input() {}

/// A panic restores the terminal with `restore`, and prints where it happened but not its message, which could hold a
/// secret.
pub(super) fn restore_on_panic(restore: fn()) {
    std::panic::set_hook(Box::new(move |panic| {
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
