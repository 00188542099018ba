//! Writing to stdout and stderr: stdout carries data, stderr everything for people.

use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::time::Duration;

use jiff::SignedDuration;

use crate::domain::target::Target;
use crate::error::Error;
use crate::report::Result;

/// The exit code where a person gave up, as that of an interrupt.
pub const INTERRUPTED: u8 = 130;

/// Whether stdin and stderr are terminals, so that a person can be asked.
pub fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Writes `text` to stdout. A closed pipe is no error: its reader wants no more.
///
/// # Errors
/// Where stdout cannot be written, as on a full disk.
pub fn stdout(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::System { action: "write the output", source: error }.into())
        }
        _ => Ok(()),
    }
}

/// Writes a line to stderr. A failure is ignored: there is nowhere else to report it.
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
    /// Progress that is shown where stderr is a terminal.
    pub fn new() -> Self {
        Progress { shown: io::stderr().is_terminal() }
    }

    /// Replaces the line.
    pub fn show(&self, text: &str) {
        if self.shown {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[2K{text}");
            let _ = stderr.flush();
        }
    }
}

/// How long an answer may take before the person is told what is waited for.
const SILENCE: Duration = Duration::from_secs(1);

/// Does `work`, and says on a terminal that AWS is asked for `target` where that takes long.
pub async fn while_asking<T>(target: &Target, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if let Ok(answer) = tokio::time::timeout(SILENCE, &mut work).await {
        return answer;
    }
    let progress = Progress::new();
    progress.show(&format!("asking AWS for {target} …"));
    let answer = work.await;
    drop(progress);
    answer
}

/// How long ago something was, in words.
pub fn age_words(age: SignedDuration) -> String {
    let minutes = age.as_mins();
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1440 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1440),
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.show("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_given_in_its_largest_whole_unit() {
        let table = [(-90, "just now"), (59, "just now"), (60, "1 min ago"), (3599, "59 min ago")];
        let longer = [(3600, "1 h ago"), (86_399, "23 h ago"), (86_400, "1 d ago")];
        for (seconds, words) in table.into_iter().chain(longer) {
            assert_eq!(age_words(SignedDuration::from_secs(seconds)), words);
        }
    }
}
