//! Writing to stdout and stderr: stdout carries data, stderr everything for people.

use std::io::{self, IsTerminal, Write};

use crate::error::{Error, Result};

/// Whether a person sits before stdin and stderr.
pub fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Writes all of `text` to stdout in one go. A reader that has gone is no error: nobody is left to tell.
///
/// # Errors
/// Where stdout cannot be written, as on a full disk.
pub fn stdout(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::failed("cannot write the output").because(error))
        }
        _ => Ok(()),
    }
}

/// Says something to the person. There is nobody to tell that it could not be said.
pub fn stderr(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Progress on one line of stderr that is rewritten in place; silent where stderr is no terminal.
pub struct Progress {
    shown: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Progress::new()
    }
}

impl Progress {
    /// Progress that shows itself where someone can see it.
    pub fn new() -> Self {
        Progress { shown: io::stderr().is_terminal() }
    }

    /// Replaces the line.
    pub fn say(&self, text: &str) {
        if self.shown {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[2K{text}");
            let _ = stderr.flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.say("");
    }
}
