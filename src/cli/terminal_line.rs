//! Reads a line that was typed after it was asked for.

use std::io::{self, Write as _};
use std::time::Duration;

use zeroize::Zeroizing;

use self::unseen::Unseen;

mod unseen;

/// Discards what was typed so far, shows `prompt` on stderr and reads one line, without its end; `None` where the person
/// ended the input. Nothing behind the line is read: it belongs to the program that is started next.
///
/// # Errors
/// Standard input is no terminal, or cannot be read.
pub(super) fn read_line(prompt: &str) -> io::Result<Option<String>> {
    discard_input()?;
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(prompt.as_bytes()).and_then(|()| stderr.flush());
    let Some(line) = read()? else {
        let _ = writeln!(stderr);
        return Ok(None);
    };
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Asks on the terminal; an empty answer is a yes, the end of the input a no.
pub(super) fn agrees(question: &str) -> bool {
    let answer = read_line(question).ok().flatten();
    answer.is_some_and(|answer| matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// The same without showing what is typed, which is wiped when dropped; `None` also where Ctrl-C was pressed.
/// `before_a_signal_ends` has what it is given done before a signal ends this process.
///
/// # Errors
/// As [`read_line`].
pub(super) fn read_secret_line(prompt: &str, before_a_signal_ends: fn(fn())) -> io::Result<Option<Zeroizing<String>>> {
    let unseen = Unseen::begin(before_a_signal_ends)?;
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(prompt.as_bytes()).and_then(|()| stderr.flush());
    let line = unseen.read();
    let _ = writeln!(stderr);
    Ok(line?.map(|line| Zeroizing::new(line.trim().to_owned())))
}

/// How long nothing may arrive before what was typed counts as discarded, and how often that is waited for.
const SILENCE: Duration = Duration::from_millis(200);
const MOST_WAITS: usize = 50;

/// Discards until nothing comes any more: a paste may arrive in pieces.
fn discard_input() -> io::Result<()> {
    for _ in 0..MOST_WAITS {
        discard_waiting()?;
        std::thread::sleep(SILENCE);
        if !has_input() {
            // Half a line does not count as input yet.
            return discard_waiting();
        }
    }
    Err(io::Error::other("it goes on sending input"))
}

#[cfg(unix)]
fn has_input() -> bool {
    rustix::io::ioctl_fionread(io::stdin()).is_ok_and(|count| count > 0)
}

#[cfg(unix)]
fn discard_waiting() -> io::Result<()> {
    Ok(rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush)?)
}

/// Without a buffer, which would take what follows. The terminal gives one line at a time, of at most 4096 bytes.
#[cfg(unix)]
fn read() -> io::Result<Option<String>> {
    let mut buffer = [0; 4096];
    let count = rustix::io::retry_on_intr(|| rustix::io::read(io::stdin(), &mut buffer))?;
    Ok((count > 0).then(|| String::from_utf8_lossy(&buffer[..count]).into_owned()))
}

#[cfg(not(unix))]
fn has_input() -> bool {
    crossterm::event::poll(Duration::ZERO).unwrap_or(false)
}

#[cfg(not(unix))]
fn discard_waiting() -> io::Result<()> {
    while crossterm::event::poll(std::time::Duration::ZERO)? {
        crossterm::event::read()?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn read() -> io::Result<Option<String>> {
    let mut line = String::new();
    let count = io::stdin().read_line(&mut line)?;
    Ok((count > 0).then_some(line))
}
