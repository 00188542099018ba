//! The lines below the prompt: drawn, and cleared however the program ends.
//!
//! Between two frames the cursor stands at the beginning of the first line, so that everything from there on is ours to
//! clear, even where the terminal has wrapped lines in another way meanwhile.

use std::io::{self, IsTerminal as _, Write as _, stderr, stdin};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossterm::cursor::{Hide, MoveToColumn, MoveUp, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::{ContentStyle, Print, PrintStyledContent, ResetColor, StyledContent};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, enable_raw_mode};
use crossterm::{execute, queue};
use ratatui::backend::IntoCrossterm as _;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Style};

use crate::domain::text::columns;
use crate::error::{Error, Result};
use crate::tui::terminal::{give_back, restore_on_panic, unusable};

/// Whether there are lines of ours on the terminal. Held while they are written, so that nothing is written once they
/// have been cleared.
static IS_SHOWN: Mutex<bool> = Mutex::new(false);

fn is_shown() -> MutexGuard<'static, bool> {
    IS_SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lines while they are shown; cleared when dropped.
pub(super) struct Display;

impl Display {
    /// Enters raw mode.
    ///
    /// # Errors
    /// There is no terminal, or it cannot be used.
    pub(super) fn enter() -> Result<Self> {
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return Err(Error::NoTerminal);
        }
        restore_on_panic(restore);
        enable_raw_mode().map_err(unusable)?;
        *is_shown() = true;
        let display = Display;
        execute!(stderr(), EnableBracketedPaste, Hide).map_err(unusable)?;
        Ok(display)
    }

    /// Draws `lines` in the place of those that were there.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub(super) fn draw(&mut self, lines: &Buffer) -> Result<()> {
        let frame = frame(lines).map_err(unusable)?;
        let is_shown = is_shown();
        if *is_shown {
            let mut stderr = stderr().lock();
            stderr.write_all(&frame).and_then(|()| stderr.flush()).map_err(unusable)?;
        }
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        restore();
    }
}

/// What draws `lines`, from the beginning of the first to its beginning again.
fn frame(lines: &Buffer) -> io::Result<Vec<u8>> {
    let mut frame = Vec::new();
    queue!(frame, BeginSynchronizedUpdate, MoveToColumn(0))?;
    for y in 0..lines.area.height {
        if y > 0 {
            queue!(frame, Print("\r\n"))?;
        }
        draw_line(&mut frame, lines, y)?;
        queue!(frame, ResetColor, Clear(ClearType::UntilNewLine))?;
    }
    queue!(frame, Clear(ClearType::FromCursorDown), MoveToColumn(0))?;
    if lines.area.height > 1 {
        queue!(frame, MoveUp(lines.area.height - 1))?;
    }
    queue!(frame, EndSynchronizedUpdate)?;
    Ok(frame)
}

/// Draws one line up to its last cell that shows anything, neighbours of one style together.
fn draw_line(frame: &mut Vec<u8>, lines: &Buffer, y: u16) -> io::Result<()> {
    let cell = |x: u16| lines.cell((x, y));
    let shows = |x: &u16| cell(*x).is_some_and(|cell| cell.symbol() != " " || style_of(cell) != ContentStyle::new());
    let end = (0..lines.area.width).rev().find(shows).map_or(0, |last| last + 1);
    let (mut x, mut run, mut style) = (0, String::new(), ContentStyle::new());
    while let Some(cell) = cell(x).filter(|_| x < end) {
        if style_of(cell) != style {
            queue!(frame, PrintStyledContent(StyledContent::new(style, std::mem::take(&mut run))))?;
            style = style_of(cell);
        }
        run.push_str(cell.symbol());
        // A wide character stands in the cells behind it too.
        x += u16::try_from(columns(cell.symbol())).unwrap_or(1).max(1);
    }
    queue!(frame, PrintStyledContent(StyledContent::new(style, run)))
}

fn style_of(cell: &Cell) -> ContentStyle {
    let set = |color: Color| (color != Color::Reset).then_some(color);
    Style { fg: set(cell.fg), bg: set(cell.bg), ..Style::new() }.add_modifier(cell.modifier).into_crossterm()
}

/// Clears the lines and gives the terminal back as it was, if there is anything to clear.
pub fn restore() {
    let mut is_shown = is_shown();
    if !std::mem::replace(&mut *is_shown, false) {
        return;
    }
    give_back(clear);
}

fn clear() -> io::Result<()> {
    execute!(stderr(), MoveToColumn(0), Clear(ClearType::FromCursorDown), DisableBracketedPaste, Show)
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn a_frame_is_drawn_below_what_was_there_and_the_next_one_in_its_place() {
        let mut screen = vt100::Parser::new(6, 12, 0);
        screen.process(b"one\r\ntwo\r\n$ run\r\n");
        let mut lines = Buffer::empty(Rect::new(0, 0, 11, 4));
        lines.set_string(0, 0, "\u{6771}\u{4eac} a", Style::new().fg(Color::Red));
        lines.set_string(1, 3, "last", Style::new());
        for _ in 0..3 {
            screen.process(&frame(&lines).unwrap());
        }
        assert_eq!(screen.screen().contents(), "two\n$ run\n\u{6771}\u{4eac} a\n\n\n last");
        assert_eq!(screen.screen().cursor_position(), (2, 0));
        let fewer = Buffer::empty(Rect::new(0, 0, 11, 1));
        screen.process(&frame(&fewer).unwrap());
        assert_eq!(screen.screen().contents(), "two\n$ run");
    }
}
